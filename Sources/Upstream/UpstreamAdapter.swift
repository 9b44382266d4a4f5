/// One event of the journal on its way upstream.
public struct UpstreamEvent: Hashable, Sendable {
    /// The event's place in the journal; grows from event to event.
    public let sequence: Int64
    /// The idempotency key: the upstream keeps one event per id, however often it arrives.
    public let id: String
    /// What the body is: `receipt`, `customer.enrolled`, `order.state`.
    public let type: String
    /// One JSON object, passed on byte for byte.
    public let body: [UInt8]

    /// An event of these parts.
    public init(sequence: Int64, id: String, type: String, body: [UInt8]) {
        self.sequence = sequence
        self.id = id
        self.type = type
        self.body = body
    }
}

/// What became of one event.
public enum EventVerdict: Hashable, Sendable {
    /// The upstream has it, now or from an earlier attempt.
    case stored
    /// The upstream will never take it. Others may go on.
    case refused(reason: String)
    /// Nothing is known or the upstream asks for another attempt: deliver it again.
    case retry(reason: String)
}

/// What became of one batch.
public enum DeliveryOutcome: Hashable, Sendable {
    /// One verdict per event, in the order of the batch.
    case answered([EventVerdict])
    /// Nothing is known of any event: deliver the batch again, not before the pause if the upstream named one.
    case failed(reason: String, retryAfterMilliseconds: Int?)
}

/// A way to hand events to an upstream.
///
/// Delivery is at least once: an event whose fate is not known is delivered again, and the upstream tells it by its id.
public protocol UpstreamAdapter: AnyObject, Sendable {
    /// Where the events go, for logs and the operator; holds no secret.
    var description: String { get }

    /// Hands over a batch, with sequences growing, and returns when its fate is known or the adapter's deadline has
    /// passed. Blocks; call it on a thread of its own, one call at a time.
    func deliver(_ events: [UpstreamEvent]) -> DeliveryOutcome

    /// Ends a delivery that is under way within about a second and makes later ones fail. May be called on any thread.
    func stop()
}
