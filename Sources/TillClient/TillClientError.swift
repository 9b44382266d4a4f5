import LineProtocol

/// The gateway's refusal of a request.
public struct Refusal: Hashable, Sendable {
    /// The code, if this version of the client knows it.
    public let code: ErrorCode?
    /// The code as it stood in the answer: `bad_field`.
    public let codeText: String
    /// What came with it: the message for a technician, and the fields that belong to the code.
    public let body: ErrorBody

    /// Makes a refusal.
    public init(code: ErrorCode?, codeText: String, body: ErrorBody) {
        self.code = code
        self.codeText = codeText
        self.body = body
    }

    /// What is wrong, in English, for a technician.
    public var message: String { body.message }

    /// What to do with the request. A code that the client does not know is treated like `internal`.
    public var retry: Retry { code?.retry ?? ErrorCode.internal.retry }
}

/// How a call can end without a result.
public enum TillClientError: Error, Hashable, Sendable {
    /// The gateway refused the request.
    case refused(Refusal)
    /// No answer came in time. Whether the request had its effect is not known; making the same one again is safe.
    /// `problem` says what the connection suffers from, if it is down.
    case deadline(milliseconds: Int, problem: String?)
    /// There is no connection, and the call was not to wait for one. `problem` says why, if it is known.
    case notConnected(problem: String?)
    /// A connection without TLS was asked for to another machine; the token would go there in the clear.
    case insecure(address: String)
    /// The client was closed.
    case closed
    /// The task that waited was cancelled. Whether the request had its effect is not known.
    case cancelled
    /// So many requests wait already.
    case tooManyRequests(limit: Int)
    /// The request is longer than a line may be. Nothing was sent.
    case lineTooLong(bytes: Int, limit: Int)
    /// The request is not one JSON object. Nothing was sent.
    case badRequest(reason: String)
    /// The request was done, but its answer does not look as the protocol says.
    case badReply(verb: String, reason: String)
}

extension TillClientError: CustomStringConvertible {
    /// One sentence for a log.
    public var description: String {
        switch self {
        case .refused(let refusal): "refused: \(refusal.codeText): \(refusal.message)"
        case .deadline(let milliseconds, let problem):
            "no answer within \(milliseconds) ms" + (problem.map { " (\($0))" } ?? "")
        case .notConnected(let problem): "not connected" + (problem.map { " (\($0))" } ?? "")
        case .insecure(let address): "\(address) is on another machine and can only be reached with TLS"
        case .closed: "the client was closed"
        case .cancelled: "the call was cancelled"
        case .tooManyRequests(let limit): "more than \(limit) requests wait for an answer"
        case .lineTooLong(let bytes, let limit): "the request has \(bytes) bytes, the limit is \(limit)"
        case .badRequest(let reason): "not a request: \(reason)"
        case .badReply(let verb, let reason): "the answer to \(verb) cannot be read: \(reason)"
        }
    }
}
