/// One message to a website.
public struct WebhookMessage: Hashable, Sendable {
    /// Where it goes; must have passed ``WebhookMessage/check(url:)``.
    public var url: String
    /// Header lines beside those that every message has: `Name: value`.
    public var headers: [String]
    /// One JSON object.
    public var body: [UInt8]

    /// A message of these parts.
    public init(url: String, headers: [String], body: [UInt8]) {
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// Checks that an address is https, or http on this machine, without user, password and fragment.
    public static func check(url: String) throws(WebAddressError) {
        _ = try WebAddress.parts(of: url, allowsQuery: true)
    }
}

/// What became of one message.
public enum WebhookOutcome: Hashable, Sendable {
    /// The site answered with this status.
    case answered(status: Int, retryAfterMilliseconds: Int?)
    /// The message went out, at least in part, and no answer came: the site may have it.
    case unanswered(reason: String)
    /// No connection came about: the site cannot have it.
    case unreachable(reason: String)
    /// The gateway is stopping; nothing is known.
    case stopped
}

/// Posts messages to websites.
public protocol WebhookPoster: AnyObject, Sendable {
    /// Posts a message and returns when its fate is known or the deadline has passed. Blocks; may be called on several
    /// threads at once.
    func post(_ message: WebhookMessage) -> WebhookOutcome

    /// Ends what is under way within about a second. May be called on any thread.
    func stop()
}
