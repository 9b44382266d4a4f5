/// One answer with a body of known length.
public struct HTTPResponse: Hashable, Sendable {
    /// The status code, 200...599.
    public var status: Int
    /// Header fields other than `Content-Length` and `Connection`, which are written by ``serialized(keepAlive:)``.
    public var headers: HTTPHeaders
    /// The body; must be empty with 204 and 304.
    public var body: [UInt8]

    /// The interim answer to `Expect: 100-continue`.
    public static let continueBytes: [UInt8] = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// An answer of these parts.
    public init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        precondition((200...599).contains(status), "\(status) is not a final status")
        precondition(body.isEmpty || (status != 204 && status != 304), "\(status) has no body")
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The bytes for the wire.
    ///
    /// - Parameters:
    ///   - keepAlive: false tells the peer that the connection closes after this answer.
    ///   - omittingBody: true for the answer to HEAD, which announces the length of a body that does not follow.
    public func serialized(keepAlive: Bool, omittingBody: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256 + (omittingBody ? 0 : body.count))
        bytes.append(contentsOf: "HTTP/1.1 \(status) \(Self.phrase(status))\r\n".utf8)
        for field in headers.fields {
            precondition(
                !field.name.isEmpty && field.name.utf8.allSatisfy(HTTPCharacters.isToken), "a field name is a token")
            bytes.append(contentsOf: field.name.utf8)
            bytes.append(contentsOf: ": ".utf8)
            bytes.append(contentsOf: field.value.utf8.map(Self.defused))
            bytes.append(contentsOf: "\r\n".utf8)
        }
        if status != 204 && status != 304 {
            bytes.append(contentsOf: "Content-Length: \(body.count)\r\n".utf8)
        }
        bytes.append(contentsOf: keepAlive ? "\r\n".utf8 : "Connection: close\r\n\r\n".utf8)
        if !omittingBody { bytes.append(contentsOf: body) }
        return bytes
    }

    /// A value may hold text from outside; a CR or LF in it would write a header, or a whole answer, of its own.
    private static func defused(_ byte: UInt8) -> UInt8 {
        byte < 0x20 && byte != HTTPCharacters.tab || byte == 0x7F ? HTTPCharacters.space : byte
    }

    private static func phrase(_ status: Int) -> String {
        phrases[status] ?? "Status"
    }

    private static let phrases: [Int: String] = [
        200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 301: "Moved Permanently", 302: "Found",
        303: "See Other", 304: "Not Modified", 307: "Temporary Redirect", 400: "Bad Request", 401: "Unauthorized",
        403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout",
        409: "Conflict",
        410: "Gone", 411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long",
        415: "Unsupported Media Type", 417: "Expectation Failed", 421: "Misdirected Request",
        422: "Unprocessable Content", 428: "Precondition Required", 429: "Too Many Requests",
        431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented",
        502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
        505: "HTTP Version Not Supported",
    ]
}
