import HTTPMessage
import LineProtocol
import Locking
import Retail
import SimulatedHTTP
import Testing

@testable import WebhookReceiver

@Suite("The website's end of webhooks")
struct WebhookInboxTests {
    /// The message of `protocol-spec/webhooks.md`, whose signature is Python's (see `protocol-spec/checking/webhooks.py`).
    private enum Example {
        static let secret = "5c6e0a6d1b3f4c8a9d7e2f10b4a5c3d2"
        static let seconds: Int64 = 1_795_340_468
        static let code = "43acb4ccdb7f6250e8740c9cac7db58d1289e1cfc05a3359dc81afe313a41a07"
        static let body =
            #"{"sequence":4711,"store":"S1","source":"WEB1","order":"1001","state":"ready","number":5,"#
            + #""at":"2026-11-22T09:41:07Z","by":{"role":"register","device":"T01","person":"Olga"}}"#
    }

    private func request(
        id: String = "WEB1/1001/5", stamp: String = "\(Example.seconds)",
        signature: String = "t=\(Example.seconds),v1=\(Example.code)", body: String = Example.body
    ) -> HTTPRequest {
        let headers: HTTPHeaders = [
            "Host": "web", "Tillgate-Id": id, "Tillgate-Timestamp": stamp, "Tillgate-Signature": signature,
        ]
        return HTTPRequest(
            head: HTTPRequestHead(method: .post, target: "/hooks", headers: headers), body: Array(body.utf8))
    }

    private func flaw(_ request: HTTPRequest, secrets: [String] = [Example.secret], at seconds: Int64 = Example.seconds)
        -> WebhookSeal.Flaw?
    {
        do throws(WebhookSeal.Flaw) {
            _ = try WebhookSeal(secrets: secrets).id(of: request, nowSeconds: seconds)
            return nil
        } catch {
            return error
        }
    }

    @Test("believes what is signed with one of its secrets, and not long ago")
    func genuine() {
        #expect(flaw(request()) == nil)
        #expect(flaw(request(), secrets: ["another secret!!", Example.secret]) == nil)
        #expect(flaw(request(signature: "t=\(Example.seconds),v1=00,v1=\(Example.code)")) == nil)
        #expect(flaw(request(), at: Example.seconds + 300) == nil)
        #expect(flaw(request(), at: Example.seconds - 300) == nil)
    }

    @Test("does not believe another body, secret, time or form")
    func forged() {
        #expect(flaw(request(body: Example.body + " ")) == .wrongSignature)
        #expect(flaw(request(), secrets: ["another secret!!"]) == .wrongSignature)
        #expect(flaw(request(), secrets: []) == .wrongSignature)
        #expect(flaw(request(), at: Example.seconds + 301) == .wrongTime)
        #expect(flaw(request(), at: Example.seconds - 301) == .wrongTime)
        let other = "\(Example.seconds + 1)"
        #expect(flaw(request(stamp: other)) == .malformed)
        #expect(flaw(request(stamp: other, signature: "t=\(other),v1=\(Example.code)")) == .wrongSignature)
        #expect(flaw(request(signature: "v1=\(Example.code)")) == .malformed)
        #expect(flaw(request(signature: "t=\(Example.seconds)")) == .wrongSignature)
        #expect(flaw(request(id: "")) == .malformed)
    }

    @Test("a time that is out of every reach is a wrong one, also when it was signed")
    func outOfReach() {
        let earliest = "-9223372036854775808"
        let code = "6be0158ec5bd0a7b99085a6c22631ffbab17e59b333722ba5734575a4c4c381b"
        let signed = request(stamp: earliest, signature: "t=\(earliest),v1=\(code)")
        #expect(flaw(signed) == .wrongTime)
    }

    private func change(_ order: String, _ number: Int64) -> OrderChange {
        let transition = TransitionReply(
            key: OrderKey(source: "WEB1", order: order), state: .accepted, number: number,
            at: Instant(millisecondsSinceEpoch: 0), by: TransitionActor(role: .app, device: "APP1"))
        return OrderChange(sequence: 1, store: "S1", transition: transition)
    }

    @Test("tells the next change of an order from one that comes again, too late, or after a gap")
    func ledger() {
        var ledger = WebhookLedger()
        let heard: [(String, String, Int64, WebhookLedger.Novelty)] = [
            ("a1", "A", 1, .new), ("b1", "B", 1, .new), ("a2", "A", 2, .new), ("a2", "A", 2, .duplicate),
            ("b4", "B", 4, .gap), ("b3", "B", 3, .late), ("b5", "B", 5, .new), ("c2", "C", 2, .gap),
        ]
        for (id, order, number, novelty) in heard {
            #expect(ledger.take(id: id, change(order, number)) == novelty, "\(id)")
        }
        #expect(ledger.count(.new) == 4)
        #expect(ledger.count(.gap) == 2)
        #expect(ledger.orders.count == 3)
    }

    @Test("answers as it is told to, writes a line for each message, and counts")
    func inbox() {
        var misbehaviour = WebhookMisbehaviour()
        misbehaviour.failEvery = 2
        misbehaviour.busyEvery = 3
        misbehaviour.silentEvery = 5
        let lines = Mutex<[String]>([])
        let inbox = WebhookInbox(
            seal: WebhookSeal(secrets: [Example.secret]), misbehaviour: misbehaviour,
            now: { Instant(millisecondsSinceEpoch: Example.seconds * 1_000) },
            note: { line in lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } })
        let replies = (1...5).map { _ in inbox.reply(to: request()) }
        #expect(replies.map(\.response.status) == [204, 500, 429, 500, 204])
        #expect(replies[2].response.headers["Retry-After"] == "1")
        #expect(replies.map(\.manner) == [.whole, .whole, .whole, .whole, .never])
        #expect(inbox.reply(to: request(body: "{}")).response.status == 401)
        let all = lines.withLock { $0 }
        #expect(all.count == 6)
        #expect(all.allSatisfy { $0.hasSuffix("}\n") })
        #expect(all[0].hasPrefix(#"{"event":"gap","at":""#))
        #expect(all[0].contains(#""id":"WEB1/1001/5","body":{"sequence":4711,"#))
        #expect(all[4].contains(#""event":"duplicate""#))
        #expect(all[5].contains(#""event":"bad_signature""#))
        #expect(
            String(decoding: inbox.statistics(), as: UTF8.self)
                == #"{"orders":1,"new":0,"duplicates":1,"gaps":1,"late":0,"failed_on_purpose":3,"not_believed":1}"#)
    }
}
