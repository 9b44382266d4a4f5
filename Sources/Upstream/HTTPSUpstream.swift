import Gzip
import Locking

/// Posts batches to an upstream over HTTPS, as described by `protocol-spec/upstream.openapi.yaml`.
///
/// The connection is kept alive between batches. Redirects are not followed; a proxy is used
/// only where one is configured, never one of the environment.
public final class HTTPSUpstream: UpstreamAdapter {
    /// The address that batches are posted to.
    public let description: String

    private static let path = "/v1/events"
    /// A shorter body fits into a packet or two either way.
    private static let compressedBytesMinimum = 1_024

    private let configuration: HTTPSUpstreamConfiguration
    private let requests: RequestMaker
    private let stopSwitch: StopSwitch
    // The lock is held during a request: a second delivery waits instead of sharing the handle.
    private let session: Mutex<CurlSession>
    private let takesOnlyPlain = Atomic(false)

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
        let plain = EventEnvelope.batch(events)
        do throws(TransferError) {
            if let compressed = compressed(plain) {
                let answer = try post(compressed, of: events, encoding: "gzip")
                guard answer.status == 415 else { return limited(answer.outcome(for: events)) }
                // For as long as the adapter lives: an upstream does not change its mind between two batches.
                takesOnlyPlain.store(true, ordering: .relaxed)
                configuration.onNotice?("upstream does not take gzip (415); bodies are sent as they are from now on")
            }
            return limited(try post(plain, of: events, encoding: nil).outcome(for: events))
        } catch {
            return .failed(error.failure)
        }
    }

    /// The body in gzip's form where that is worth it and the upstream takes it.
    private func compressed(_ body: [UInt8]) -> [UInt8]? {
        guard configuration.compression == .gzip, body.count >= Self.compressedBytesMinimum,
            !takesOnlyPlain.load(ordering: .relaxed)
        else { return nil }
        return try? Gzip.compress(body)
    }

    private func post(
        _ body: [UInt8], of events: ArraySlice<UpstreamEvent>, encoding: String?
    ) throws(TransferError) -> UpstreamAnswer {
        guard !stopSwitch.isOn else { throw .stopped }
        var headers = requests.requestHeaders(method: "POST", path: Self.path, body: body)
        headers.append("Content-Type: application/json")
        if let encoding { headers.append("Content-Encoding: \(encoding)") }
        if let first = events.first, let last = events.last {
            headers.append("Idempotency-Key: \"\(first.sequence)-\(last.sequence)\"")
        }
        // Without this libcurl waits up to a second for `100 Continue` before it sends a large batch.
        headers.append("Expect:")
        let url = description
        return try session.withLock { (session) throws(TransferError) in
            try session.post(url, body: body, headers: headers)
        }
    }

    private func limited(_ outcome: RequestOutcome) -> RequestOutcome {
        guard case .failed(let failure) = outcome, let pause = failure.retryAfterMilliseconds else { return outcome }
        let limit = configuration.retryAfterMillisecondsMaximum
        return .failed(
            DeliveryFailure(
                failure.reason, loggable: failure.loggable, cause: failure.cause,
                retryAfterMilliseconds: min(pause, limit)))
    }
}
