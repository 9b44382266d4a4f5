import Retail

/// A whole order: the event `order.offered`, and what ORDER_GET and ORDER_LIST answer with.
public struct OrderDetails: MessageBody {
    /// The last transition: key, state, number, time and actor.
    public var last: TransitionReply
    /// The store that the order is for.
    public var store: String
    /// The till that it was offered to or that has claimed it.
    public var till: String?
    /// Whether the customer has paid the website already.
    public var isPrepaid: Bool
    /// Who will collect it.
    public var customer: OrderCustomer?
    /// The goods.
    public var lines: [OrderLine]
    /// What the order costs.
    public var total: Money
    /// The last moment to collect it.
    public var pickupUntil: Instant?
    /// The customer's remark.
    public var comment: String?
    /// When it was pushed.
    public var createdAt: Instant

    /// Makes an order.
    public init(
        last: TransitionReply, store: String, till: String?, isPrepaid: Bool, customer: OrderCustomer? = nil,
        lines: [OrderLine], total: Money, pickupUntil: Instant? = nil, comment: String? = nil, createdAt: Instant
    ) {
        self.last = last
        self.store = store
        self.till = till
        self.isPrepaid = isPrepaid
        self.customer = customer
        self.lines = lines
        self.total = total
        self.pickupUntil = pickupUntil
        self.comment = comment
        self.createdAt = createdAt
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        last = try TransitionReply(fields)
        store = try fields.idText("store")
        till = try fields.optionalIDText("till")
        isPrepaid = try fields.bool("prepaid")
        customer = try fields.optionalBody("customer")
        lines = try fields.bodies("lines", minimum: 1, limit: ProtocolLimits.orderLines)
        total = try fields.nonNegativeMoney("total")
        pickupUntil = try fields.optionalInstant("pickup_until")
        comment = try fields.optionalNoteText("comment")
        createdAt = try fields.instant("created_at")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        last.writeMembers(to: writer)
        writer.field("store", store)
        writer.nullableField("till", till)
        writer.field("prepaid", isPrepaid)
        writer.optionalField("customer", customer)
        writer.field("lines", lines)
        writer.field("total", total)
        writer.optionalField("pickup_until", pickupUntil)
        writer.optionalField("comment", comment)
        writer.field("created_at", createdAt)
    }
}

/// The reply to ORDER_GET.
public struct OrderReply: MessageBody {
    /// More transitions than an order's life cycle has room for, claims and releases by turns included.
    private static let historyMaximum = 10_000

    /// The order.
    public var order: OrderDetails
    /// All its transitions, first one first.
    public var history: [TransitionReply]
    /// How it stands against its store's promises; nil from a gateway that does not tell.
    public var service: OrderService?
    /// How far it has been put together; empty while nothing was reported.
    public var picks: [OrderPickedLine]

    /// Makes a reply.
    public init(
        order: OrderDetails, history: [TransitionReply], service: OrderService? = nil, picks: [OrderPickedLine] = []
    ) {
        self.order = order
        self.history = history
        self.service = service
        self.picks = picks
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        order = try OrderDetails(fields)
        history = try fields.bodies("history", minimum: 1, limit: Self.historyMaximum)
        service = try fields.optionalBody("service")
        picks =
            fields.value("picks") == nil
            ? [] : try fields.bodies("picks", minimum: 0, limit: ProtocolLimits.orderLines)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        order.writeMembers(to: writer)
        if !picks.isEmpty { writer.field("picks", picks) }
        writer.optionalField("service", service)
        writer.field("history", history)
    }
}
