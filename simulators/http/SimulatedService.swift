import HTTPMessage

/// What the server does about a request.
public struct Reply: Hashable, Sendable {
    /// How the answer goes out.
    public enum Manner: Hashable, Sendable {
        /// As it should.
        case whole
        /// The first half, then the connection ends.
        case cut
        /// Never; the connection stays.
        case never
        /// Never; the connection ends.
        case reset
        /// One byte after the other, with a pause behind each.
        case byteByByte(pauseMilliseconds: Int)
    }

    /// The answer.
    public let response: HTTPResponse
    /// How it goes out.
    public let manner: Manner
    /// How long it is held back.
    public let delayMilliseconds: Int

    /// An answer that goes out so.
    public init(response: HTTPResponse, manner: Manner = .whole, delayMilliseconds: Int = 0) {
        self.response = response
        self.manner = manner
        self.delayMilliseconds = delayMilliseconds
    }
}

/// What a ``SimulatedServer`` serves: a peer that is reached over HTTP, such as upstream or a website's end of webhooks.
public protocol SimulatedService {
    /// The longest request body that is taken.
    var bodyBytesMaximum: Int { get }
    /// What is to be done about the request.
    mutating func reply(to request: HTTPRequest) -> Reply
}
