import Retail

/// RELAY_STATUS: how the relay to upstream stands.
public struct RelayStatusRequest: MessageBody {
    /// Whether what is unsent of each stream is to be told, too.
    public var wantsStreams: Bool

    /// Makes a request.
    public init(wantsStreams: Bool = false) {
        self.wantsStreams = wantsStreams
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        wantsStreams = try fields.optionalBool("streams") ?? false
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        if wantsStreams { writer.field("streams", true) }
    }
}

/// The reply to RELAY_STATUS.
public struct RelayStatusReply: MessageBody {
    /// How requests go.
    public enum State: String, CaseIterable, Sendable {
        /// Events go out as they come.
        case sending
        /// Requests fail; after pauses a single event is tried.
        case away
        /// Nothing is relayed.
        case none
    }

    /// A stream that waits behind an event that upstream did not take.
    public struct Held: MessageBody {
        /// Store and till, or the store alone.
        public var stream: String
        /// The event.
        public var id: String
        /// Its type.
        public var type: String
        /// Since when the stream is held.
        public var since: Instant
        /// Attempts that failed.
        public var attempts: Int
        /// When it is tried next.
        public var nextAttemptAt: Instant
        /// Why the last attempt failed.
        public var lastError: String

        /// Makes an entry.
        public init(
            stream: String, id: String, type: String, since: Instant, attempts: Int, nextAttemptAt: Instant,
            lastError: String
        ) {
            self.stream = stream
            self.id = id
            self.type = type
            self.since = since
            self.attempts = attempts
            self.nextAttemptAt = nextAttemptAt
            self.lastError = lastError
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            stream = try fields.text("stream", max: RelayFields.streamCharacters)
            id = try fields.text("id", max: ProtocolLimits.eventIDCharacters)
            type = try fields.text("type", max: RelayFields.typeCharacters)
            since = try fields.instant("since")
            attempts = try fields.count("attempts")
            nextAttemptAt = try fields.instant("next_attempt_at")
            lastError = try fields.text("last_error", min: 0, max: ProtocolLimits.noteCharacters)
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("stream", stream)
            writer.field("id", id)
            writer.field("type", type)
            writer.field("since", since)
            writer.field("attempts", attempts)
            writer.field("next_attempt_at", nextAttemptAt)
            writer.field("last_error", lastError)
        }
    }

    /// What is unsent of a stream.
    public struct Stream: MessageBody {
        /// Store and till, or the store alone.
        public var stream: String
        /// Events that upstream has not taken.
        public var unsent: Int
        /// When the oldest of them was stored.
        public var oldestAt: Instant
        /// Its age.
        public var oldestAgeSeconds: Int

        /// Makes an entry.
        public init(stream: String, unsent: Int, oldestAt: Instant, oldestAgeSeconds: Int) {
            self.stream = stream
            self.unsent = unsent
            self.oldestAt = oldestAt
            self.oldestAgeSeconds = oldestAgeSeconds
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            stream = try fields.text("stream", max: RelayFields.streamCharacters)
            unsent = try fields.count("unsent")
            oldestAt = try fields.instant("oldest_at")
            oldestAgeSeconds = try fields.count("oldest_age_s")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("stream", stream)
            writer.field("unsent", unsent)
            writer.field("oldest_at", oldestAt)
            writer.field("oldest_age_s", oldestAgeSeconds)
        }
    }

    /// Where events go; nil when nothing is relayed.
    public var upstream: String?
    /// How requests go.
    public var state = State.none
    /// Since when it is so; nil when nothing is relayed.
    public var since: Instant?
    /// Requests that failed one after the other.
    public var failures = 0
    /// When the next request may go out; nil when it may now.
    public var nextAttemptAt: Instant?
    /// Why the last request that failed did.
    public var lastError: String?
    /// When that was.
    public var failedAt: Instant?
    /// When upstream last took something.
    public var storedAt: Instant?
    /// Events that upstream has not taken.
    public var unsent: Int
    /// When the oldest of them was stored.
    public var oldestAt: Instant?
    /// Its age; 0 when there is none.
    public var oldestAgeSeconds: Int
    /// Events that upstream refused for good.
    public var quarantined: Int
    /// Streams that wait.
    public var held = 0
    /// The first of them, up to `ProtocolLimits.relayHeldStreams`.
    public var heldStreams: [Held] = []
    /// Streams of which something is unsent; nil when nobody asked.
    public var streams: [Stream]?

    /// A reply of a gateway that relays nothing.
    public init(unsent: Int, oldestAt: Instant?, oldestAgeSeconds: Int, quarantined: Int) {
        self.unsent = unsent
        self.oldestAt = oldestAt
        self.oldestAgeSeconds = oldestAgeSeconds
        self.quarantined = quarantined
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        upstream = try fields.optionalText("upstream", max: RelayFields.addressCharacters)
        state = try fields.choice("state")
        since = try fields.optionalInstant("since")
        failures = try fields.count("failures")
        nextAttemptAt = try fields.optionalInstant("next_attempt_at")
        lastError = try fields.optionalNoteText("last_error")
        failedAt = try fields.optionalInstant("failed_at")
        storedAt = try fields.optionalInstant("stored_at")
        unsent = try fields.count("unsent")
        oldestAt = try fields.optionalInstant("oldest_at")
        oldestAgeSeconds = try fields.count("oldest_age_s")
        quarantined = try fields.count("quarantined")
        held = try fields.count("held")
        heldStreams = try fields.bodies("held_streams", limit: ProtocolLimits.relayHeldStreams)
        streams =
            fields.value("streams") == nil ? nil : try fields.bodies("streams", limit: ProtocolLimits.relayStreams)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        func nullable(_ name: StaticString, _ instant: Instant?) {
            if let instant { writer.field(name, instant) } else { writer.nullField(name) }
        }
        writer.nullableField("upstream", upstream)
        writer.field("state", state.rawValue)
        nullable("since", since)
        writer.field("failures", failures)
        nullable("next_attempt_at", nextAttemptAt)
        writer.nullableField("last_error", lastError)
        nullable("failed_at", failedAt)
        nullable("stored_at", storedAt)
        writer.field("unsent", unsent)
        nullable("oldest_at", oldestAt)
        writer.field("oldest_age_s", oldestAgeSeconds)
        writer.field("quarantined", quarantined)
        writer.field("held", held)
        writer.field("held_streams", heldStreams)
        if let streams { writer.field("streams", streams) }
    }
}

/// Lengths of what stands in the relay's messages.
enum RelayFields {
    /// A store and a till.
    static let streamCharacters = 200
    /// What an event is.
    static let typeCharacters = 100
    /// Where upstream is.
    static let addressCharacters = 1_000
    /// Longest body of an event that RELAY_QUARANTINE shows: the reply must fit into a line.
    static let bodyBytes = 900_000
}
