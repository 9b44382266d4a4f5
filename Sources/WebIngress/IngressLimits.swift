import HTTPMessage

/// What one client of the HTTPS port may take.
public struct IngressLimits: Sendable {
    /// Sizes of head, target and body.
    public var http: HTTPLimits
    /// From the end of the handshake, or a request's first byte, to the end of its head; absolute.
    public var headMilliseconds: Int
    /// From the end of the head to the end of the body; absolute.
    public var bodyMilliseconds: Int
    /// From the end of the body to the answer.
    public var answerMilliseconds: Int
    /// From an answer to the first byte of the next request.
    public var idleMilliseconds: Int
    /// Longest answer that is taken from the endpoints.
    public var responseBytes: Int
    /// Requests that the endpoints have at a time, per loop; the others wait their turn.
    public var requestsUnderWay: Int
    /// Connections at a time.
    public var connections: Int
    /// Connections from one address at a time; loopback is exempt.
    public var connectionsPerAddress: Int
    /// From the accepted connection to the end of the TLS handshake.
    public var handshakeMilliseconds: Int

    /// Limits with every field given.
    public init(
        http: HTTPLimits, headMilliseconds: Int, bodyMilliseconds: Int, answerMilliseconds: Int, idleMilliseconds: Int,
        responseBytes: Int, requestsUnderWay: Int, connections: Int, connectionsPerAddress: Int,
        handshakeMilliseconds: Int
    ) {
        self.http = http
        self.headMilliseconds = headMilliseconds
        self.bodyMilliseconds = bodyMilliseconds
        self.answerMilliseconds = answerMilliseconds
        self.idleMilliseconds = idleMilliseconds
        self.responseBytes = responseBytes
        self.requestsUnderWay = requestsUnderWay
        self.connections = connections
        self.connectionsPerAddress = connectionsPerAddress
        self.handshakeMilliseconds = handshakeMilliseconds
    }
}
