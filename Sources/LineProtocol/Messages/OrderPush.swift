import Retail

/// ORDER_PUSH: a website brings an order to a store. Pushing the same content again answers as the first time.
public struct OrderPush: MessageBody {
    /// The website's id of the order.
    public var order: String
    /// The store that it is for.
    public var store: String
    /// The goods. After reading, every line has its number.
    public var lines: [OrderLine]
    /// What the order costs.
    public var total: Money
    /// Whether the customer has paid the website already.
    public var isPrepaid: Bool
    /// Who will collect it.
    public var customer: OrderCustomer?
    /// The last moment to collect it.
    public var pickupUntil: Instant?
    /// The customer's remark.
    public var comment: String?

    /// Makes a push.
    public init(
        order: String, store: String, lines: [OrderLine], total: Money, isPrepaid: Bool,
        customer: OrderCustomer? = nil, pickupUntil: Instant? = nil, comment: String? = nil
    ) {
        self.order = order
        self.store = store
        self.lines = lines
        self.total = total
        self.isPrepaid = isPrepaid
        self.customer = customer
        self.pickupUntil = pickupUntil
        self.comment = comment
    }

    /// Takes the fields. Lines without a number get their place in the list, counted from 1.
    public init(_ fields: FieldReader) throws(FieldError) {
        order = try fields.idText("order")
        store = try fields.idText("store")
        lines = try fields.numberedOrderLines()
        total = try fields.nonNegativeMoney("total")
        isPrepaid = try fields.bool("prepaid")
        customer = try fields.optionalBody("customer")
        pickupUntil = try fields.optionalInstant("pickup_until")
        comment = try fields.optionalNoteText("comment")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("order", order)
        writer.field("store", store)
        writer.field("lines", lines)
        writer.field("total", total)
        writer.field("prepaid", isPrepaid)
        writer.optionalField("customer", customer)
        writer.optionalField("pickup_until", pickupUntil)
        writer.optionalField("comment", comment)
    }
}
