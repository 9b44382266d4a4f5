/// The request line and the header fields, before the body.
public struct HTTPRequestHead: Hashable, Sendable {
    /// What is to be done.
    public let method: HTTPMethod
    /// The target in origin form, as sent: an absolute path and perhaps a query, still percent-encoded.
    public let target: String
    /// The header fields. `Host` is there exactly once.
    public let headers: HTTPHeaders

    /// A head of these parts; nothing is checked, the reader does that.
    public init(method: HTTPMethod, target: String, headers: HTTPHeaders) {
        self.method = method
        self.target = target
        self.headers = headers
    }
}

/// One whole, checked request.
public struct HTTPRequest: Hashable, Sendable {
    /// The request line and the header fields.
    public let head: HTTPRequestHead
    /// The body, byte for byte; empty without one.
    public let body: [UInt8]

    /// A request of these parts; nothing is checked, the reader does that.
    public init(head: HTTPRequestHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }

    /// What is to be done.
    public var method: HTTPMethod { head.method }
    /// The target in origin form, as sent: an absolute path and perhaps a query, still percent-encoded.
    public var target: String { head.target }
    /// The header fields.
    public var headers: HTTPHeaders { head.headers }

    /// The part of the target before the first `?`, still percent-encoded.
    public var path: Substring {
        target.prefix { $0 != "?" }
    }

    /// The part of the target after the first `?`, still percent-encoded; nil without a `?`.
    public var query: Substring? {
        target.firstIndex(of: "?").map { target[target.index(after: $0)...] }
    }

    /// Whether the connection may serve another request after this one.
    public var keepsAlive: Bool {
        !headers.list("Connection", contains: "close")
    }

    /// The bytes for the wire, in one form: the fields as given, and `Content-Length` with any method that takes a
    /// body.
    public func serialized() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512 + body.count)
        bytes.append(contentsOf: "\(method.rawValue) \(target) HTTP/1.1\r\n".utf8)
        for field in headers.fields {
            bytes.append(contentsOf: "\(field.name): \(field.value)\r\n".utf8)
        }
        if method.mayCarryBody { bytes.append(contentsOf: "Content-Length: \(body.count)\r\n".utf8) }
        bytes.append(contentsOf: "\r\n".utf8)
        bytes.append(contentsOf: body)
        return bytes
    }
}
