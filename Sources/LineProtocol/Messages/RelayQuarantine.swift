import Retail

/// RELAY_QUARANTINE: what upstream refused for good.
public struct RelayQuarantine: MessageBody {
    /// One event, which is answered with its body; nil for a page of all.
    public var id: String?
    /// Where the last page ended.
    public var after: String?
    /// How many events at most.
    public var limit: Int

    /// Makes a request.
    public init(id: String? = nil, after: String? = nil, limit: Int = ProtocolLimits.relayQuarantinePage) {
        self.id = id
        self.after = after
        self.limit = limit
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        id = try fields.optionalText("id", max: ProtocolLimits.eventIDCharacters)
        after = try fields.pageCursor()
        limit = try fields.pageLimit(usual: ProtocolLimits.relayQuarantinePage)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.optionalField("id", id)
        writer.pageFields(after: after, limit: limit, usual: ProtocolLimits.relayQuarantinePage)
    }

    /// An event that upstream refused.
    public struct Entry: MessageBody {
        /// The event; for a receipt its key.
        public var id: String
        /// Store and till, or the store alone.
        public var stream: String
        /// What it is.
        public var type: String
        /// Why it was refused.
        public var reason: String
        /// When.
        public var refusedAt: Instant
        /// When it was stored.
        public var createdAt: Instant
        /// What upstream was sent: one JSON object; nil when it was not asked for or is too long to be shown.
        public var body: [UInt8]?

        /// Makes an entry; a body that is too long is left out.
        public init(
            id: String, stream: String, type: String, reason: String, refusedAt: Instant, createdAt: Instant,
            body: [UInt8]? = nil
        ) {
            self.id = id
            self.stream = stream
            self.type = type
            self.reason = reason
            self.refusedAt = refusedAt
            self.createdAt = createdAt
            self.body = body.flatMap { $0.count <= RelayFields.bodyBytes ? $0 : nil }
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            id = try fields.text("id", max: ProtocolLimits.eventIDCharacters)
            stream = try fields.text("stream", max: RelayFields.streamCharacters)
            type = try fields.text("type", max: RelayFields.typeCharacters)
            reason = try fields.text("reason", min: 0, max: ProtocolLimits.noteCharacters)
            refusedAt = try fields.instant("refused_at")
            createdAt = try fields.instant("created_at")
            body = try fields.optionalObject("body").map { Array($0.object.rawBytes) }
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("id", id)
            writer.field("stream", stream)
            writer.field("type", type)
            writer.field("reason", reason)
            writer.field("refused_at", refusedAt)
            writer.field("created_at", createdAt)
            body?.withUnsafeBytes { writer.field("body", raw: $0) }
        }
    }

    /// The reply.
    public struct Reply: MessageBody {
        /// The events, in the order in which they were stored.
        public var entries: [Entry]
        /// Where the next page begins; nil when this is the last.
        public var next: String?

        /// Makes a reply.
        public init(entries: [Entry], next: String?) {
            self.entries = entries
            self.next = next
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            entries = try fields.bodies("entries", limit: ProtocolLimits.relayQuarantinePage)
            next = try fields.pageCursor("next")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("entries", entries)
            writer.nullableField("next", next)
        }
    }
}

/// RELAY_RETRY: what upstream refused is sent again.
public struct RelayRetry: MessageBody {
    /// One event; nil for all.
    public var id: String?

    /// Makes a request.
    public init(id: String? = nil) {
        self.id = id
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        id = try fields.optionalText("id", max: ProtocolLimits.eventIDCharacters)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.optionalField("id", id)
    }

    /// The reply.
    public struct Reply: MessageBody {
        /// Events that are sent again.
        public var requeued: Int

        /// Makes a reply.
        public init(requeued: Int) {
            self.requeued = requeued
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            requeued = try fields.count("requeued")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("requeued", requeued)
        }
    }
}
