import Certificates
import HTTPMessage
import LineProtocol
import Upstream
import WebhookReceiver

extension FuzzTarget {
    /// Pages of what upstream sends down, and the changes in them; the first byte chooses changes or a snapshot.
    static let feed = FuzzTarget("feed", bytesMaximum: 4_096) { input in
        guard let choice = input.first else { return }
        let body = Array(input.dropFirst())
        let reader = FeedPageReader()
        let changes =
            choice & 1 == 0 ? try? reader.changes(body).changes : try? reader.snapshot(body).changes
        for change in changes ?? [] {
            change.withUnsafeBytes { bytes in
                _ = try? withJSON(bytes) { value in
                    guard let fields = try? FieldReader(value) else { return }
                    roundTrip(
                        fields, read: { fields throws(FieldError) in try UpstreamChange(fields) },
                        write: { $0.write(to: $1) })
                }
            }
        }
    }

    /// What upstream answers to events: the first byte chooses the status.
    static let upstream = FuzzTarget("upstream") { input in
        guard let choice = input.first else { return }
        let statuses = [200, 200, 200, 200, 400, 413, 422, 429, 503, 500, 302, 410]
        let answer = UpstreamAnswer(
            status: statuses[Int(choice) % statuses.count], body: Array(input.dropFirst()), retryAfterMilliseconds: nil)
        let events = ["e-1", "e-2", "e-3"].enumerated().map { place, id in
            UpstreamEvent(sequence: Int64(place + 1), stream: "S1/T01", id: id, type: "receipt", body: [])
        }
        guard case .answered(let verdicts) = answer.outcome(for: events[...]) else { return }
        precondition(verdicts.count == events.count, "each event has one verdict")
        precondition(answer.status == 200, "only a 200 says what became of events")
    }

    /// The three headers of a webhook and its body, a line each, as a website reads them. A signature that is `=` stands
    /// for the right one.
    static let signatures = FuzzTarget("signatures") { input in
        let lines = input.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count == 4 else { return }
        let texts = lines.prefix(3).map { String(decoding: $0, as: UTF8.self) }
        let body = Array(lines[3])
        let isSigned = texts[2] == "="
        let code = hexadecimal(hmacSHA256(key: "secret".utf8, Array("\(texts[1]).".utf8) + body))
        let signature = isSigned ? "t=\(texts[1]),v1=\(code)" : texts[2]
        let request = HTTPRequest(
            head: HTTPRequestHead(
                method: .post, target: "/",
                headers: [
                    "Tillgate-Id": texts[0], "Tillgate-Timestamp": texts[1], "Tillgate-Signature": signature,
                ]), body: body)
        let now: Int64 = 1_795_339_800
        guard let id = try? WebhookSeal(secrets: ["secret", "other"]).id(of: request, nowSeconds: now) else { return }
        precondition(isSigned, "nothing is believed that was not signed")
        precondition(id == texts[0] && !id.isEmpty, "the id is the message's")
        guard let seconds = Int64(texts[1]) else { preconditionFailure("a time is a number") }
        precondition((now - 300...now + 300).contains(seconds), "nor what is old")
    }
}
