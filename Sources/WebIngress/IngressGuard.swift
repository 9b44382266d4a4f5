import EventLoop
import HTTPMessage

/// Who decides at the door, before a body is read and before the endpoints hear of a request, and words the refusals.
/// Called on the connections' loops.
public protocol IngressGuard: Sendable {
    /// The refusal of a request whose head has come; nil lets it in.
    func refusal(of head: HTTPRequestHead, from peer: PeerAddress) -> HTTPResponse?
    /// The answer to a request that the ingress itself refuses.
    func response(to failure: IngressFailure) -> HTTPResponse
    /// Fields that every answer gets, such as `Date`.
    func commonFields() -> [HTTPField]
}

/// Why the ingress refuses a request itself.
public enum IngressFailure: Error, Hashable, Sendable {
    /// It is not a request that every parser understands alike, or too long.
    case refused(HTTPRefusal)
    /// An empty segment, `.` or `..` in the path, or an escape that is no text.
    case ambiguousPath
    /// The head was not complete in time.
    case headTooSlow(limitMilliseconds: Int)
    /// The body was not complete in time.
    case bodyTooSlow(limitMilliseconds: Int)
    /// The endpoints did not answer in time; whether the request had its effect is not known.
    case answerTooSlow(limitMilliseconds: Int)
    /// The endpoints cannot be reached or broke off; whether the request had its effect is not known.
    case noAnswer
}
