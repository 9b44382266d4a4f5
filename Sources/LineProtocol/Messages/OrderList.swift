import Retail

/// ORDER_LIST: the orders of a till's or app's store, or those that a website pushed.
public struct OrderList: MessageBody {
    /// Only orders in one of these states; nil for all.
    public var states: [OrderState]?
    /// Where the last page ended.
    public var after: String?
    /// How many orders at most.
    public var limit: Int

    /// Makes a request.
    public init(states: [OrderState]? = nil, after: String? = nil, limit: Int = ProtocolLimits.orderListPage) {
        self.states = states
        self.after = after
        self.limit = limit
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        states = try fields.optionalChoices("state")
        after = try fields.pageCursor()
        limit = try fields.pageLimit(usual: ProtocolLimits.orderListPage)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        if let states { writer.field("state", states.map(\.rawValue)) }
        writer.pageFields(after: after, limit: limit, usual: ProtocolLimits.orderListPage)
    }

    /// The reply.
    public struct Reply: MessageBody {
        /// The orders of this page.
        public var orders: [OrderDetails]
        /// Where the next page begins; nil when this is the last.
        public var next: String?

        /// Makes a reply.
        public init(orders: [OrderDetails], next: String?) {
            self.orders = orders
            self.next = next
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            orders = try fields.bodies("orders", limit: ProtocolLimits.orderListPage)
            next = try fields.pageCursor("next")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("orders", orders)
            writer.nullableField("next", next)
        }
    }
}
