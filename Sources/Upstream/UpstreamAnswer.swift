import Foundation

/// One HTTP answer of the upstream.
package struct UpstreamAnswer: Hashable, Sendable {
    package let status: Int
    let body: [UInt8]
    /// The pause of `Retry-After`, from either of its forms; nil without it.
    let retryAfterMilliseconds: Int?

    package init(status: Int, body: [UInt8], retryAfterMilliseconds: Int?) {
        self.status = status
        self.body = body
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    /// What the answer says about the events that were sent.
    package func outcome(for events: ArraySlice<UpstreamEvent>) -> RequestOutcome {
        switch status {
        case 200:
            do throws(MalformedAnswer) {
                return .answered(try verdicts(for: events))
            } catch {
                return .failed(DeliveryFailure(error.reason, loggable: "malformed answer", cause: .unclear))
            }
        case 400, 413, 422:
            return .refused(reason: statusText)
        case 429, 503:
            return .failed(
                DeliveryFailure(
                    statusText, loggable: statusAlone, cause: .away, retryAfterMilliseconds: retryAfterMilliseconds))
        case 500...599:
            return .failed(DeliveryFailure(statusText, loggable: statusAlone, cause: .unclear))
        default:
            // A wrong address, an expired token, a redirect: nothing that one of the events could be the reason of.
            return .failed(DeliveryFailure(statusText, loggable: statusAlone, cause: .away))
        }
    }

    /// The status, and the upstream's own words where it gave some.
    private var statusText: String {
        guard let problem = try? JSONDecoder().decode(Problem.self, from: Data(body)),
            let message = problem.message ?? problem.detail ?? problem.error
        else { return statusAlone }
        return "\(statusAlone): \(printable(message))"
    }

    /// What a log may have: upstream's words may name a customer.
    private var statusAlone: String { "HTTP \(status)" }

    private func verdicts(for events: ArraySlice<UpstreamEvent>) throws(MalformedAnswer) -> [EventVerdict] {
        guard let results = try? JSONDecoder().decode(Results.self, from: Data(body)).results else { throw .notResults }
        var verdicts: [String: EventVerdict] = [:]
        for result in results {
            let verdict = try verdict(of: result)
            if let other = verdicts.updateValue(verdict, forKey: result.id), other != verdict {
                throw .contradiction(id: result.id)
            }
        }
        guard events.contains(where: { verdicts[$0.id] != nil }) else { throw .otherEvents }
        return events.map { verdicts[$0.id] ?? .retry(reason: "the answer has no result for it") }
    }

    private func verdict(of result: Results.Result) throws(MalformedAnswer) -> EventVerdict {
        switch result.status {
        case "stored", "duplicate": .stored
        case "refused": .refused(reason: printable(result.reason ?? "no reason given"))
        case "later": .retry(reason: printable(result.reason ?? "upstream takes it later"))
        default: throw .unknownStatus(id: result.id, status: result.status)
        }
    }

    /// The body of a 200.
    private struct Results: Decodable {
        struct Result: Decodable {
            let id: String
            let status: String
            let reason: String?
        }
        let results: [Result]
    }

    /// The body of a refusal; `detail` is the member of RFC 9457, `error` what many others use.
    private struct Problem: Decodable {
        let message: String?
        let detail: String?
        let error: String?
    }
}

/// Why a 200 says nothing that can be relied on.
enum MalformedAnswer: Error, Hashable, Sendable {
    case notResults
    case otherEvents
    case unknownStatus(id: String, status: String)
    case contradiction(id: String)

    var reason: String {
        switch self {
        case .notResults: "malformed answer: not {\"results\":[{\"id\",\"status\"}]}"
        case .otherEvents: "malformed answer: results for none of the events that were sent"
        case .unknownStatus(let id, let status):
            "malformed answer: unknown status \"\(printable(status))\" of \(printable(id))"
        case .contradiction(let id): "malformed answer: two different results of \(printable(id))"
        }
    }
}

/// Text from outside, made fit for a log line: no control characters, and not endless.
func printable(_ text: String) -> String {
    let safe = text.unicodeScalars.prefix(500).map { scalar in
        scalar.properties.generalCategory == .control ? " " : Character(scalar)
    }
    return String(safe)
}
