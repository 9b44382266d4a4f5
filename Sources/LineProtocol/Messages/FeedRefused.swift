import Retail

/// FEED_REFUSED: changes from upstream that changed nothing.
public struct FeedRefusedRequest: MessageBody {
    /// Only this change, with its text.
    public var id: String?
    /// Where the page before ended.
    public var after: String?
    /// How many are wanted at most.
    public var limit: Int

    /// Makes a request.
    public init(id: String? = nil, after: String? = nil, limit: Int = ProtocolLimits.refusedChangesPage) {
        self.id = id
        self.after = after
        self.limit = limit
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        id = fields.value("id") == nil ? nil : try fields.changeID()
        after = try fields.pageCursor()
        limit = try fields.pageLimit(usual: ProtocolLimits.refusedChangesPage)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.optionalField("id", id)
        writer.pageFields(after: after, limit: limit, usual: ProtocolLimits.refusedChangesPage)
    }
}

/// The reply to FEED_REFUSED.
public struct FeedRefusedReply: MessageBody {
    /// A change that changed nothing.
    public struct Change: MessageBody {
        private static let typeCharacters = 40
        private static let needCharacters = 128

        /// The upstream's id.
        public var id: String
        /// The type; empty when it could not be read.
        public var type: String
        /// The error code.
        public var code: String
        /// Which field.
        public var field: String?
        /// What is wrong.
        public var reason: String
        /// What it names and is not known yet; with it the change is applied by itself.
        public var waitsFor: String?
        /// When it was refused.
        public var refusedAt: Instant
        /// The change as it came; only for one that was asked for by its id.
        public var text: JSONText?

        /// A refused change without its text.
        public init(
            id: String, type: String, code: String, field: String?, reason: String, waitsFor: String?,
            refusedAt: Instant
        ) {
            self.id = id
            self.type = type
            self.code = code
            self.field = field
            self.reason = reason
            self.waitsFor = waitsFor
            self.refusedAt = refusedAt
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            id = try fields.changeID()
            type = try fields.text("type", min: 0, max: Self.typeCharacters)
            code = try fields.text("code", max: ProtocolLimits.codeCharacters)
            field = try fields.optionalText("field", min: 0, max: ProtocolLimits.noteCharacters)
            reason = try fields.text("reason", min: 0, max: ProtocolLimits.noteCharacters)
            waitsFor = try fields.optionalText("waits_for", max: Self.needCharacters)
            refusedAt = try fields.instant("refused_at")
            text = fields.value("change").map { JSONText($0) }
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("id", id)
            writer.field("type", type)
            writer.field("code", code)
            writer.optionalField("field", field)
            writer.field("reason", reason)
            writer.optionalField("waits_for", waitsFor)
            writer.field("refused_at", refusedAt)
            writer.optionalField("change", text)
        }
    }

    /// The changes, the oldest refusal first.
    public var changes: [Change]
    /// Where the next page begins; nil when there is none.
    public var next: String?

    /// Makes a reply.
    public init(changes: [Change], next: String?) {
        self.changes = changes
        self.next = next
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        changes = try fields.bodies("changes", limit: ProtocolLimits.refusedChangesPage)
        next = try fields.pageCursor("next")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("changes", changes)
        writer.nullableField("next", next)
    }
}

/// FEED_RETRY: applies refused changes again, and asks upstream at once.
public struct FeedRetry: MessageBody {
    /// The reply.
    public struct Reply: MessageBody {
        /// Changes that are applied now.
        public var applied: Int
        /// Changes that are still refused.
        public var refused: Int

        /// Makes a reply.
        public init(applied: Int, refused: Int) {
            self.applied = applied
            self.refused = refused
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            applied = try fields.count("applied")
            refused = try fields.count("refused")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("applied", applied)
            writer.field("refused", refused)
        }
    }

    /// Only this change; all that are kept if nil.
    public var id: String?
    /// Whether everything is asked for again, as by a gateway that knows nothing.
    public var takesSnapshot: Bool

    /// Makes a request.
    public init(id: String? = nil, takesSnapshot: Bool = false) {
        self.id = id
        self.takesSnapshot = takesSnapshot
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        id = fields.value("id") == nil ? nil : try fields.changeID()
        takesSnapshot = try fields.optionalBool("snapshot") ?? false
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.optionalField("id", id)
        if takesSnapshot { writer.field("snapshot", true) }
    }
}
