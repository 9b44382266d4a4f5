import Retail

/// The body of PING, BACKLOG, BYE and other messages that say nothing more.
public struct EmptyBody: MessageBody {
    /// Makes an empty body.
    public init() {}

    /// Takes nothing; members that are there are ignored.
    public init(_ fields: FieldReader) throws(FieldError) {}

    /// Writes nothing.
    public func writeMembers(to writer: ByteWriter) {}
}

/// The reply to PING.
public struct PingReply: MessageBody {
    /// The gateway's clock.
    public var now: Instant

    /// Makes a reply.
    public init(now: Instant) {
        self.now = now
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        now = try fields.instant("now")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("now", now)
    }
}

/// ACK: events that the device has dealt with.
public struct Acknowledge: MessageBody {
    /// The number of the last one; all up to it are acknowledged.
    public var through: Int64

    /// Makes an acknowledgement.
    public init(through: Int64) {
        self.through = through
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        through = try fields.integer("through", in: 0...Int64.max)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("through", through)
    }
}

/// The reply to ACK.
public struct AcknowledgeReply: MessageBody {
    /// Events that still wait for the device's acknowledgement.
    public var unacknowledged: Int

    /// Makes a reply.
    public init(unacknowledged: Int) {
        self.unacknowledged = unacknowledged
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        unacknowledged = try fields.count("unacknowledged")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("unacknowledged", unacknowledged)
    }
}

/// The reply to BACKLOG: what the upstream system has not taken yet.
public struct BacklogReply: MessageBody {
    /// How many receipts and other events.
    public var unsent: Int
    /// When the oldest of them was stored; nil when there is none.
    public var oldestAt: Instant?
    /// Its age in seconds; 0 when there is none.
    public var oldestAgeSeconds: Int
    /// Changes that websites with a webhook have not acknowledged; nil for a till.
    public var webhooksWaiting: Int?

    /// Makes a reply.
    public init(unsent: Int, oldestAt: Instant?, oldestAgeSeconds: Int, webhooksWaiting: Int? = nil) {
        self.unsent = unsent
        self.oldestAt = oldestAt
        self.oldestAgeSeconds = oldestAgeSeconds
        self.webhooksWaiting = webhooksWaiting
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        unsent = try fields.count("unsent")
        oldestAt = try fields.optionalInstant("oldest_at")
        oldestAgeSeconds = try fields.count("oldest_age_s")
        webhooksWaiting = try fields.optionalInteger("webhooks_waiting", in: 0...Int64(Int32.max)).map { Int($0) }
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("unsent", unsent)
        if let oldestAt { writer.field("oldest_at", oldestAt) } else { writer.nullField("oldest_at") }
        writer.field("oldest_age_s", oldestAgeSeconds)
        writer.optionalField("webhooks_waiting", webhooksWaiting)
    }
}

/// EVENT drain: the gateway is about to close the connection. Finish, and connect again.
public struct Drain: MessageBody {
    /// Why, in one word.
    public var reason: String
    /// How long it goes on answering what is under way.
    public var withinMilliseconds: Int

    /// Makes an event.
    public init(reason: String = "restart", withinMilliseconds: Int) {
        self.reason = reason
        self.withinMilliseconds = withinMilliseconds
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        reason = try fields.idText("reason")
        withinMilliseconds = try fields.count("within_ms")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("reason", reason)
        writer.field("within_ms", withinMilliseconds)
    }
}
