/// The request methods that the reader takes; any other is refused with 501.
///
/// Methods are case-sensitive: `get` is not `GET`.
public enum HTTPMethod: String, CaseIterable, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"

    /// Whether a request with this method may carry a body.
    ///
    /// A body on the others has no meaning (RFC 9110, 9.3), and two parsers that disagree on whether to skip it
    /// read different next requests.
    public var mayCarryBody: Bool {
        switch self {
        case .post, .put, .patch: true
        case .get, .head, .delete, .options: false
        }
    }
}
