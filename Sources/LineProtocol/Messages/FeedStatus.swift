import Retail

/// The reply to FEED_STATUS: how far what upstream sends down has been taken in.
public struct FeedStatusReply: MessageBody {
    /// What the feed is doing.
    public enum State: String, CaseIterable, Sendable {
        /// The gateway asks no upstream.
        case off
        /// A snapshot is being taken in.
        case snapshot
        /// Changes are taken in as they come.
        case following
        /// Upstream does not answer.
        case failing
        /// Upstream sends nothing down.
        case notOffered = "not_offered"
    }

    /// Questions for single customers.
    public struct Lookups: MessageBody {
        /// Whether upstream is asked.
        public enum State: String, CaseIterable, Sendable {
            /// Never.
            case off
            /// Yes.
            case ready
            /// Not at present: it has not answered.
            case paused
        }

        /// Whether upstream is asked.
        public var state: State
        /// Questions since the gateway started.
        public var asked: Int64
        /// Customers that were found.
        public var found: Int64
        /// Identifiers that upstream does not know.
        public var unknown: Int64
        /// Questions without a usable answer.
        public var failed: Int64
        /// Tills that went on before the answer.
        public var late: Int64

        /// Makes the counts.
        public init(state: State, asked: Int64, found: Int64, unknown: Int64, failed: Int64, late: Int64) {
            self.state = state
            self.asked = asked
            self.found = found
            self.unknown = unknown
            self.failed = failed
            self.late = late
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            state = try fields.choice("state")
            asked = try fields.total("asked")
            found = try fields.total("found")
            unknown = try fields.total("unknown")
            failed = try fields.total("failed")
            late = try fields.total("late")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("state", state.rawValue)
            writer.field("asked", asked)
            writer.field("found", found)
            writer.field("unknown", unknown)
            writer.field("failed", failed)
            writer.field("late", late)
        }
    }

    /// What the feed is doing.
    public var state: State
    /// Where the changes come from.
    public var source: String?
    /// Changes that did something, over the gateway's life.
    public var applied: Int64
    /// Changes that were known already, or older than what is known.
    public var known: Int64
    /// Changes that were refused, those that were applied later included.
    public var refused: Int64
    /// Refused changes that are kept.
    public var kept: Int64
    /// When a page was last taken in.
    public var takenAt: Instant?
    /// When a snapshot was last complete.
    public var snapshotAt: Instant?
    /// Since when upstream does not answer.
    public var failingSince: Instant?
    /// Why.
    public var lastError: String?
    /// When it is asked next.
    public var nextAttemptAt: Instant?
    /// Questions for single customers.
    public var lookups: Lookups

    /// A feed of which only the counts are known.
    public init(
        state: State, source: String?, applied: Int64, known: Int64, refused: Int64, kept: Int64, lookups: Lookups
    ) {
        self.state = state
        self.source = source
        self.applied = applied
        self.known = known
        self.refused = refused
        self.kept = kept
        self.lookups = lookups
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        state = try fields.choice("state")
        source = try fields.optionalText("source", max: ProtocolLimits.webhookURLCharacters)
        applied = try fields.total("applied")
        known = try fields.total("known")
        refused = try fields.total("refused")
        kept = try fields.total("kept")
        takenAt = try fields.optionalInstant("taken_at")
        snapshotAt = try fields.optionalInstant("snapshot_at")
        failingSince = try fields.optionalInstant("failing_since")
        lastError = try fields.optionalNoteText("last_error")
        nextAttemptAt = try fields.optionalInstant("next_attempt_at")
        lookups = try fields.body("lookups")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("state", state.rawValue)
        writer.nullableField("source", source)
        writer.field("applied", applied)
        writer.field("known", known)
        writer.field("refused", refused)
        writer.field("kept", kept)
        for (name, moment) in [
            ("taken_at", takenAt), ("snapshot_at", snapshotAt), ("failing_since", failingSince),
        ] as [(StaticString, Instant?)] {
            if let moment { writer.field(name, moment) } else { writer.nullField(name) }
        }
        writer.nullableField("last_error", lastError)
        if let nextAttemptAt {
            writer.field("next_attempt_at", nextAttemptAt)
        } else {
            writer.nullField("next_attempt_at")
        }
        writer.field("lookups", lookups)
    }
}

extension FieldReader {
    /// A number that is counted for years.
    fileprivate func total(_ name: StaticString) throws(FieldError) -> Int64 {
        try integer(name, in: 0...Int64(ProtocolLimits.moneyMinorUnits))
    }
}
