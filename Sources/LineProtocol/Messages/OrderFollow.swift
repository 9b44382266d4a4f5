import Retail

/// ORDER_FOLLOW: what became of a website's own orders, page by page.
public struct OrderFollow: MessageBody {
    /// Where the last page ended; nil for the oldest change there is.
    public var after: String?
    /// How many changes at most.
    public var limit: Int

    /// Makes a request.
    public init(after: String? = nil, limit: Int = ProtocolLimits.orderFollowPage) {
        self.after = after
        self.limit = limit
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        after = try fields.pageCursor()
        limit = try fields.pageLimit(usual: ProtocolLimits.orderFollowPage)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.pageFields(after: after, limit: limit, usual: ProtocolLimits.orderFollowPage)
    }

    /// The reply.
    public struct Reply: MessageBody {
        /// The changes of this page, the oldest first.
        public var changes: [OrderChange]
        /// Where the next page begins; the same again when there was nothing new.
        public var next: String

        /// Makes a reply.
        public init(changes: [OrderChange], next: String) {
            self.changes = changes
            self.next = next
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            changes = try fields.bodies("changes", limit: ProtocolLimits.orderFollowPage)
            next = try fields.text("next", max: PageFields.cursorCharacters)
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("changes", changes)
            writer.field("next", next)
        }
    }
}

/// One transition of an order with its place in the gateway's feed: what ORDER_FOLLOW lists and webhooks carry.
public struct OrderChange: MessageBody {
    /// The place among all changes of all orders of the gateway; grows, with gaps for other websites' orders.
    public var sequence: Int64
    /// The store where the order is picked up.
    public var store: String
    /// What happened.
    public var transition: TransitionReply

    /// Makes a change.
    public init(sequence: Int64, store: String, transition: TransitionReply) {
        self.sequence = sequence
        self.store = store
        self.transition = transition
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        sequence = try fields.integer("sequence", in: 1...Int64.max)
        store = try fields.idText("store")
        transition = try TransitionReply(fields)
    }

    /// Writes the members: the transition's own, and the other two before them.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("sequence", sequence)
        writer.field("store", store)
        transition.writeMembers(to: writer)
    }
}
