/// One event of the journal on its way upstream.
public struct UpstreamEvent: Hashable, Sendable {
    /// The event's place in the journal; grows from event to event.
    public let sequence: Int64
    /// Whose events these are, `store/till` or the store alone: within a stream the order counts.
    public let stream: String
    /// The idempotency key: the upstream keeps one event per id, however often it arrives.
    public let id: String
    /// What the body is: `receipt`, `customer.enrolled`, `order.state`.
    public let type: String
    /// One JSON object, passed on byte for byte.
    public let body: [UInt8]

    /// An event of these parts.
    public init(sequence: Int64, stream: String, id: String, type: String, body: [UInt8]) {
        self.sequence = sequence
        self.stream = stream
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
    /// The upstream cannot take it now: deliver it again, and no later event of its stream before it.
    case retry(reason: String)
}

/// Why nothing is known of events that were to be delivered.
public struct DeliveryFailure: Error, Hashable, Sendable {
    /// What a failure says of the events.
    public enum Cause: Hashable, Sendable {
        /// Nothing: the upstream is not there, is busy, or does not let the gateway in.
        case away
        /// The upstream had them before it failed, so that one of them may be the reason.
        case unclear
    }

    /// For the operator; it may have the upstream's own words in it.
    public let reason: String
    /// The same without the upstream's words, which may name a customer: for the log.
    public let loggable: String
    /// What it says of the events.
    public let cause: Cause
    /// The pause that the upstream asked for.
    public let retryAfterMilliseconds: Int?

    /// A failure for this reason.
    ///
    /// - Parameter loggable: what of it the log may have; nil: all of it, as the gateway itself has said it.
    public init(_ reason: String, loggable: String? = nil, cause: Cause, retryAfterMilliseconds: Int? = nil) {
        self.reason = reason
        self.loggable = loggable ?? reason
        self.cause = cause
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }
}

/// What became of one batch.
public enum DeliveryOutcome: Hashable, Sendable {
    /// One verdict per event, in the order of the batch.
    case answered([EventVerdict])
    /// Nothing is known of the events behind those, the first of the batch, that have a verdict.
    case failed(DeliveryFailure, after: [EventVerdict] = [])
}

/// A way to hand events to an upstream.
///
/// Delivery is at least once: an event whose fate is not known is delivered again, and the upstream tells it by its id.
public protocol UpstreamAdapter: AnyObject, Sendable {
    /// Where the events go, for logs and the operator; holds no secret.
    var description: String { get }

    /// Hands over a batch, in an order that grows within each stream, and returns when its fate is known or the adapter's deadline has
    /// passed. Blocks; call it on a thread of its own, one call at a time.
    func deliver(_ events: [UpstreamEvent]) -> DeliveryOutcome

    /// Ends a delivery that is under way within about a second and makes later ones fail. May be called on any thread.
    func stop()
}
