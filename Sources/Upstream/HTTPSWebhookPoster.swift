import Locking

/// Posts webhooks over HTTPS and keeps connections alive between messages. Certificates are checked, redirects are not
/// followed, proxies of the environment are not used.
public final class HTTPSWebhookPoster: WebhookPoster {
    /// Deadlines and limits of one message.
    public struct Settings: Hashable, Sendable {
        /// A PEM file of the only authorities to trust; nil for those of the system.
        public var authorityPath: String?
        /// Name look-up, connection and TLS handshake together.
        public var connectDeadlineMilliseconds = 5_000
        /// From the first step to the last byte of the answer.
        public var requestDeadlineMilliseconds = 10_000
        /// How much of an answer's body is read: nobody looks at it, but the connection can be used again.
        public var answerBytesMaximum = 65_536

        /// The usual deadlines.
        public init() {}
    }

    /// A connection that waits for the next message to its address.
    private final class Idle: @unchecked Sendable {
        let url: String
        let session: CurlSession

        init(url: String, session: CurlSession) {
            self.url = url
            self.session = session
        }
    }

    /// Connections that are kept although nothing is under way on them, of all sites together.
    private static let idleMaximum = 64

    private let settings: Settings
    private let stopSwitch = StopSwitch()
    private let idle = Mutex<[Idle]>([])

    /// A poster that connects with its first message.
    public init(_ settings: Settings = Settings()) throws(HTTPSUpstreamError) {
        self.settings = settings
        // Everything but the address is checked here, where the operator sees it.
        _ = try Self.configuration(settings, url: "https://localhost").validated()
    }

    /// Posts the message on a connection that is kept from before, or on a new one.
    public func post(_ message: WebhookMessage) -> WebhookOutcome {
        guard !stopSwitch.isOn else { return .stopped }
        let connection: Idle
        do throws(HTTPSUpstreamError) {
            connection = try take(message.url)
        } catch {
            return .unreachable(reason: error.description)
        }
        // Without `Expect:` libcurl waits up to a second for `100 Continue` before it sends a large body.
        let headers = ["Content-Type: application/json", "Expect:"] + message.headers
        do throws(TransferError) {
            let answer = try connection.session.post(message.url, body: message.body, headers: headers)
            give(connection)
            return .answered(status: answer.status, retryAfterMilliseconds: answer.retryAfterMilliseconds)
        } catch {
            switch error {
            // The status came first, and nobody reads the rest.
            case .answerTooLong: return .answered(status: connection.session.lastStatus, retryAfterMilliseconds: nil)
            case .stopped: return .stopped
            case .unreachable(let reason): return .unreachable(reason: reason)
            case .failed(let reason, _), .timedOut(let reason): return .unanswered(reason: reason)
            }
        }
    }

    /// Ends the requests that are under way, within about a second, and makes later ones end at once.
    public func stop() {
        stopSwitch.turnOn()
        idle.withLock { $0.removeAll() }
    }

    private func take(_ url: String) throws(HTTPSUpstreamError) -> Idle {
        let known = idle.withLock { idle in
            idle.lastIndex { $0.url == url }.map { idle.remove(at: $0) }
        }
        if let known { return known }
        return Idle(
            url: url,
            session: try CurlSession(configuration: Self.configuration(settings, url: url), stopSwitch: stopSwitch))
    }

    private func give(_ connection: Idle) {
        idle.withLock { idle in
            idle.append(connection)
            if idle.count > Self.idleMaximum { idle.removeFirst() }
        }
    }

    private static func configuration(_ settings: Settings, url: String) -> HTTPSUpstreamConfiguration {
        var configuration = HTTPSUpstreamConfiguration(baseURL: url)
        configuration.authorityPath = settings.authorityPath
        configuration.connectDeadlineMilliseconds = settings.connectDeadlineMilliseconds
        configuration.requestDeadlineMilliseconds = settings.requestDeadlineMilliseconds
        configuration.answerBytesMaximum = settings.answerBytesMaximum
        return configuration
    }
}
