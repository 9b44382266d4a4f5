import Locking

/// Posts batches to an upstream over HTTPS, as described by `protocol-spec/upstream.openapi.yaml`.
///
/// The connection is kept alive between batches. Redirects are not followed, proxies of the environment are not used.
public final class HTTPSUpstream: UpstreamAdapter {
    /// The address that batches are posted to.
    public let description: String

    private let configuration: HTTPSUpstreamConfiguration
    private let stopSwitch: StopSwitch
    // The lock is held during a request: a second delivery waits instead of sharing the handle.
    private let session: Mutex<CurlSession>

    /// An adapter that connects with its first batch.
    public init(_ configuration: HTTPSUpstreamConfiguration) throws(HTTPSUpstreamError) {
        description = try configuration.validated()
        let stopSwitch = StopSwitch()
        let session = try CurlSession(url: description, configuration: configuration, stopSwitch: stopSwitch)
        self.configuration = configuration
        self.stopSwitch = stopSwitch
        self.session = Mutex(session)
    }

    /// Posts the batch, in halves where the upstream refuses it whole.
    public func deliver(_ events: [UpstreamEvent]) -> DeliveryOutcome {
        let deadline = ContinuousClock.now + .milliseconds(configuration.deliveryDeadlineMilliseconds)
        return BatchSplitter.deliver(
            events, mayContinue: { ContinuousClock.now < deadline }, send: { send($0) })
    }

    /// Ends the request that is under way, within about a second, and makes later ones fail.
    public func stop() {
        stopSwitch.turnOn()
    }

    private func send(_ events: ArraySlice<UpstreamEvent>) -> RequestOutcome {
        do throws(TransferError) {
            guard !stopSwitch.isOn else { throw .stopped }
            let body = EventEnvelope.batch(events)
            let headers = headers(for: events)
            let answer = try session.withLock { (session) throws(TransferError) in
                try session.post(body, headers: headers)
            }
            return limited(answer.outcome(for: events))
        } catch {
            return .failed(reason: error.reason, retryAfterMilliseconds: nil)
        }
    }

    private func headers(for events: ArraySlice<UpstreamEvent>) -> [String] {
        var headers = ["Content-Type: application/json", "Accept: application/json"]
        if let first = events.first, let last = events.last {
            headers.append("Idempotency-Key: \"\(first.sequence)-\(last.sequence)\"")
        }
        // Without this libcurl waits up to a second for `100 Continue` before it sends a large batch.
        headers.append("Expect:")
        if let token = configuration.bearerToken { headers.append("Authorization: Bearer \(token)") }
        return headers
    }

    private func limited(_ outcome: RequestOutcome) -> RequestOutcome {
        guard case .failed(let reason, let pause?) = outcome else { return outcome }
        let limit = configuration.retryAfterMillisecondsMaximum
        return .failed(reason: reason, retryAfterMilliseconds: min(pause, limit))
    }
}
