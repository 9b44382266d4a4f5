import Locking

/// Posts batches to an upstream over HTTPS, as described by `protocol-spec/upstream.openapi.yaml`.
///
/// The connection is kept alive between batches. Redirects are not followed; a proxy is used
/// only where one is configured, never one of the environment.
public final class HTTPSUpstream: UpstreamAdapter {
    /// The address that batches are posted to.
    public let description: String

    private static let path = "/v1/events"

    private let configuration: HTTPSUpstreamConfiguration
    private let requests: RequestMaker
    private let stopSwitch: StopSwitch
    // The lock is held during a request: a second delivery waits instead of sharing the handle.
    private let session: Mutex<CurlSession>

    /// An adapter that connects with its first batch.
    public init(_ configuration: HTTPSUpstreamConfiguration) throws(HTTPSUpstreamError) {
        requests = try configuration.validated()
        description = requests.url(Self.path)
        let stopSwitch = StopSwitch()
        let session = try CurlSession(configuration: configuration, stopSwitch: stopSwitch)
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
            let headers = headers(for: events, body: body)
            let url = description
            let answer = try session.withLock { (session) throws(TransferError) in
                try session.post(url, body: body, headers: headers)
            }
            return limited(answer.outcome(for: events))
        } catch {
            return .failed(error.failure)
        }
    }

    private func headers(for events: ArraySlice<UpstreamEvent>, body: [UInt8]) -> [String] {
        var headers = requests.requestHeaders(method: "POST", path: Self.path, body: body)
        headers.append("Content-Type: application/json")
        if let first = events.first, let last = events.last {
            headers.append("Idempotency-Key: \"\(first.sequence)-\(last.sequence)\"")
        }
        // Without this libcurl waits up to a second for `100 Continue` before it sends a large batch.
        headers.append("Expect:")
        return headers
    }

    private func limited(_ outcome: RequestOutcome) -> RequestOutcome {
        guard case .failed(let failure) = outcome, let pause = failure.retryAfterMilliseconds else { return outcome }
        let limit = configuration.retryAfterMillisecondsMaximum
        return .failed(
            DeliveryFailure(failure.reason, cause: failure.cause, retryAfterMilliseconds: min(pause, limit)))
    }
}
