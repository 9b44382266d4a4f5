/// Why a request was refused. The connection must be closed after the answer: where the request ends is unknown.
public enum HTTPRefusal: Error, Hashable, Sendable {
    /// A line of the head ends with LF alone.
    case bareLineFeed
    /// A CR in the head is not followed by LF.
    case bareCarriageReturn
    /// A byte that has no place in the head: NUL, another control character, or one beyond ASCII.
    case badCharacter(UInt8)
    /// The request line is not `METHOD SP target SP version`.
    case malformedRequestLine
    /// The method is none of ``HTTPMethod``.
    case unsupportedMethod
    /// The target is not in origin form: it must begin with `/`.
    case targetNotOriginForm
    /// The target holds a character that must be percent-encoded, or a broken percent-encoding.
    case malformedTarget
    /// The target is longer than the limit.
    case targetTooLong(limitBytes: Int)
    /// The version is not HTTP/1.1.
    case unsupportedVersion
    /// A header line without a colon or with a name that is not a token.
    case malformedField
    /// White space between a header's name and its colon.
    case spaceBeforeColon
    /// A header line that begins with white space: a folded value, or one smuggled past another parser.
    case foldedField
    /// The head is longer than the limit.
    case headTooLong(limitBytes: Int)
    /// More header fields than the limit.
    case tooManyHeaders(limit: Int)
    /// A field that may stand only once stands twice.
    case repeatedField(name: String)
    /// No `Host`.
    case missingHost
    /// `Host` is empty or not a host with an optional port.
    case malformedHost
    /// `Content-Length` is not a plain decimal number.
    case malformedContentLength
    /// The announced body is longer than the limit.
    case bodyTooLong(limitBytes: Int)
    /// A body on a method that has none.
    case bodyNotAllowed(method: HTTPMethod)
    /// `Transfer-Encoding` together with `Content-Length`.
    case transferEncodingWithContentLength
    /// `Transfer-Encoding`; only bodies of announced length are taken.
    case transferEncoding
    /// An `Expect` other than `100-continue`.
    case unsupportedExpectation

    /// The status to answer with.
    public var status: Int {
        switch self {
        case .transferEncoding: 411
        case .bodyTooLong: 413
        case .targetTooLong: 414
        case .unsupportedExpectation: 417
        case .headTooLong, .tooManyHeaders: 431
        case .unsupportedMethod: 501
        case .unsupportedVersion: 505
        case .bareLineFeed, .bareCarriageReturn, .badCharacter, .malformedRequestLine, .targetNotOriginForm,
            .malformedTarget, .malformedField, .spaceBeforeColon, .foldedField, .repeatedField, .missingHost,
            .malformedHost, .malformedContentLength, .bodyNotAllowed, .transferEncodingWithContentLength:
            400
        }
    }

    /// One English sentence for a technician. Nothing of the request is quoted in it but a byte's number.
    public var reason: String {
        switch self {
        case .bareLineFeed: "a line ends with LF alone, CR LF is required"
        case .bareCarriageReturn: "CR without LF"
        case .badCharacter(let byte): "byte \(byte) is not allowed in the head"
        case .malformedRequestLine: "the request line is not `METHOD target HTTP/1.1`"
        case .unsupportedMethod: "the method is not supported"
        case .targetNotOriginForm: "the target must be an absolute path"
        case .malformedTarget: "the target holds a character that must be percent-encoded"
        case .targetTooLong(let limit): "the target is longer than \(limit) bytes"
        case .unsupportedVersion: "only HTTP/1.1 is supported"
        case .malformedField: "a header line is not `name: value`"
        case .spaceBeforeColon: "white space before the colon of a header"
        case .foldedField: "a header line begins with white space"
        case .headTooLong(let limit): "the head is longer than \(limit) bytes"
        case .tooManyHeaders(let limit): "more than \(limit) header fields"
        case .repeatedField(let name): "\(name) stands more than once"
        case .missingHost: "Host is missing"
        case .malformedHost: "Host is not a host with an optional port"
        case .malformedContentLength: "Content-Length is not a plain decimal number"
        case .bodyTooLong(let limit): "the body is longer than \(limit) bytes"
        case .bodyNotAllowed(let method): "\(method.rawValue) takes no body"
        case .transferEncodingWithContentLength: "both Transfer-Encoding and Content-Length"
        case .transferEncoding: "Transfer-Encoding is not supported, Content-Length is required"
        case .unsupportedExpectation: "only `Expect: 100-continue` is supported"
        }
    }
}
