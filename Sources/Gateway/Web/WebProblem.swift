import Foundation
import HTTPMessage
import LineProtocol
import Retail
import WebIngress

/// An error answer over HTTP: an error of the line protocol, or one that only HTTP has.
/// `protocol-spec/website.problems.json` says the same to strangers.
struct WebProblem: Error {
    var kind: WebProblemKind
    /// What the line protocol would have answered; for the others only the message.
    var body: ErrorBody
    var headers: HTTPHeaders = [:]

    init(_ kind: WebProblemKind, _ message: String) {
        self.kind = kind
        body = ErrorBody(message: message)
    }

    init(_ refusal: Refusal) {
        kind = .line(refusal.code)
        body = refusal.body
        if let milliseconds = refusal.body.retryAfterMilliseconds { retry(afterMilliseconds: milliseconds) }
        if refusal.code == .unauthenticated {
            headers.append(name: "WWW-Authenticate", value: #"Bearer realm="tillgate""#)
        }
    }

    /// Says in which time the same request may come again; HTTP counts whole seconds.
    mutating func retry(afterMilliseconds milliseconds: Int) {
        body.retryAfterMilliseconds = milliseconds
        headers.remove("Retry-After")
        headers.append(name: "Retry-After", value: "\((milliseconds + 999) / 1_000)")
    }

    /// The answer (RFC 9457): the members of a problem, then those that the line protocol's error has.
    var response: HTTPResponse {
        let writer = ByteWriter(capacity: 256)
        writer.beginObject()
        writer.field("type", "urn:tillgate:error:\(kind.code)")
        writer.field("title", kind.title)
        writer.field("status", kind.status)
        writer.field("detail", body.message)
        writer.field("code", kind.code)
        body.writeMembers(to: writer)
        writer.endObject()
        var headers = headers
        headers.append(name: "Content-Type", value: "application/problem+json")
        headers.append(name: "Cache-Control", value: "no-store")
        return HTTPResponse(status: kind.status, headers: headers, body: Array(writer.bytes))
    }
}

/// The kinds of problems.
enum WebProblemKind: Hashable, Sendable {
    /// An error of the line protocol.
    case line(ErrorCode)
    /// The message is not one that every parser understands alike, or of a form that is not taken; the status is
    /// HTTP's.
    case http(Int)
    /// `If-Match` names another transition than the last.
    case preconditionFailed
    /// A change that must say what it is based on does not.
    case preconditionRequired
    /// The idempotency key was used for another request.
    case keyReused
    /// A request under the same idempotency key is under way.
    case keyUnderWay

    /// The statuses that only HTTP has.
    static let httpStatuses = [400, 404, 405, 406, 408, 411, 413, 414, 415, 417, 429, 431, 501, 503, 504, 505]

    /// Every kind that an answer can have.
    static let all: [WebProblemKind] =
        ErrorCode.allCases.filter { $0.httpStatus != nil }.map { .line($0) } + httpStatuses.map { .http($0) }
        + [.preconditionFailed, .preconditionRequired, .keyReused, .keyUnderWay]

    var status: Int {
        switch self {
        case .line(let code): code.httpStatus ?? 500
        case .http(let status): status
        case .preconditionFailed: 412
        case .preconditionRequired: 428
        case .keyReused: 422
        case .keyUnderWay: 409
        }
    }

    /// The last part of the problem's type.
    var code: String {
        switch self {
        case .line(let code): "\(code.name)"
        case .http(let status):
            switch status {
            case 404: "no_such_path"
            case 405: "method_not_allowed"
            case 406: "not_acceptable"
            case 408: "request_too_slow"
            case 411: "length_required"
            case 413: "content_too_large"
            case 414: "target_too_long"
            case 415: "unsupported_media_type"
            case 417: "expectation_failed"
            case 429: "too_many_requests"
            case 431: "head_too_large"
            case 501: "method_not_implemented"
            case 503: "unavailable"
            case 504: "answer_too_slow"
            case 505: "version_not_supported"
            default: "bad_request"
            }
        case .preconditionFailed: "precondition_failed"
        case .preconditionRequired: "precondition_required"
        case .keyReused: "key_reused"
        case .keyUnderWay: "key_under_way"
        }
    }

    /// The same for every problem of this kind.
    var title: String {
        let words = code.split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

extension ErrorCode {
    /// The status that stands for a code over HTTP; nil for codes that only a line can have.
    var httpStatus: Int? {
        switch self {
        case .badJSON: 400
        case .unauthenticated: 401
        case .forbidden: 403
        case .notFound: 404
        case .conflict, .badState, .stale, .claimed, .ambiguous: 409
        case .missingField, .badField, .limit, .unknownCustomer: 422
        case .internal: 500
        case .notBuilt: 501
        case .busy, .storeUnavailable, .draining: 503
        case .malformed, .lineTooLong, .tooSlow, .helloFirst, .alreadyGreeted, .badVersion, .unknownVerb, .rateLimited:
            nil
        }
    }
}

extension WebProblem {
    /// What the ingress refuses itself.
    init(_ failure: IngressFailure) {
        switch failure {
        case .refused(let refusal):
            self.init(.http(refusal.status), refusal.reason)
            body.limit = refusal.limit
        case .ambiguousPath:
            self.init(.http(400), "the target has an empty, '.' or '..' segment or an escape that is no text")
        case .headTooSlow(let limit):
            self.init(.http(408), "the head was not complete within \(limit) ms")
            body.limit = limit
        case .bodyTooSlow(let limit):
            self.init(.http(408), "the body was not complete within \(limit) ms")
            body.limit = limit
        case .answerTooSlow(let limit):
            self.init(.http(504), "no answer within \(limit) ms; sending the same request again is safe")
            retry(afterMilliseconds: 1_000)
        case .noAnswer:
            self.init(.http(503), "the gateway could not answer; sending the same request again is safe")
            retry(afterMilliseconds: 1_000)
        }
    }
}

extension HTTPRefusal {
    /// The limit that a request exceeded.
    fileprivate var limit: Int? {
        switch self {
        case .targetTooLong(let limit), .headTooLong(let limit), .tooManyHeaders(let limit), .bodyTooLong(let limit):
            limit
        default: nil
        }
    }
}
