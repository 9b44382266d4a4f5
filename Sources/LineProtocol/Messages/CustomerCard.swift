import Retail

/// CUSTOMER: everything that a seller wants to know of a customer.
public struct CustomerCardRequest: MessageBody {
    /// The customer.
    public var customer: CustomerID

    /// Makes a request.
    public init(_ customer: CustomerID) {
        self.customer = customer
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        customer = try fields.customerID("customer_id")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("customer_id", customer.text)
    }
}

/// What the seller does best next.
public struct NextStep: MessageBody {
    /// The rule that it comes from.
    public var id: String
    /// The advice, for the seller.
    public var text: String
    /// The order that it is about.
    public var order: OrderKey?

    /// Makes a step.
    public init(id: String, text: String, order: OrderKey? = nil) {
        self.id = id
        self.text = text
        self.order = order
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        id = try fields.idText("id")
        text = try fields.text("text", max: ProtocolLimits.noteCharacters)
        order = try fields.optionalOrderKey("order")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("id", id)
        writer.field("text", text)
        writer.optionalField("order", order)
    }
}

/// What a customer thought of seller or store.
public struct CustomerRating: MessageBody {
    private static let values: ClosedRange<Int64> = 1...5

    /// 1 to 5.
    public var value: Int
    /// When it was given.
    public var at: Instant
    /// In the customer's words.
    public var text: String?

    /// Makes a rating.
    public init(value: Int, at: Instant, text: String? = nil) {
        self.value = value
        self.at = at
        self.text = text
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        value = Int(try fields.integer("value", in: Self.values))
        at = try fields.instant("at")
        text = try fields.optionalNoteText("text")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("value", value)
        writer.field("at", at)
        writer.optionalField("text", text)
    }
}

/// The reply to CUSTOMER.
public struct CustomerCard: MessageBody {
    /// Days of points that burn on one card: one for each day that is looked ahead.
    public static let burningDaysMaximum = 30

    /// The customer, as IDENTIFY would answer.
    public var customer: CustomerReply
    /// Points that burn soon, by their last day.
    public var burning: [PointsBalance.Expiring]
    /// The last purchases and returns, the newest first.
    public var purchases: [CustomerPurchase]
    /// Open orders in this store.
    public var orders: [OrderDetails]
    /// Notes, the newest first.
    public var notes: [CustomerNote]
    /// What the seller does best next; nil when nothing stands out.
    public var nextStep: NextStep?
    /// The last rating; nil where none is known.
    public var rating: CustomerRating?

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        customer = try CustomerReply(fields)
        burning = try fields.bodies("burning", limit: Self.burningDaysMaximum)
        purchases = try fields.bodies("purchases", limit: ProtocolLimits.cardPurchases)
        orders = try fields.bodies("orders", limit: ProtocolLimits.cardOrders)
        notes = try fields.bodies("notes", limit: ProtocolLimits.cardNotes)
        nextStep = try fields.optionalBody("next_step")
        rating = try fields.optionalBody("rating")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        customer.writeMembers(to: writer)
        writer.field("burning", burning)
        writer.field("purchases", purchases)
        writer.field("orders", orders)
        writer.field("notes", notes)
        writer.nullableField("next_step", nextStep)
        writer.nullableField("rating", rating)
    }
}

extension FieldReader {
    /// A field that is an order's key, or nil if it is absent.
    func optionalOrderKey(_ name: StaticString) throws(FieldError) -> OrderKey? {
        guard let fields = try optionalObject(name) else { return nil }
        return OrderKey(source: try fields.idText("source"), order: try fields.idText("order"))
    }
}

extension ByteWriter {
    /// Writes a member that is an order's key, or nothing.
    func optionalField(_ name: StaticString, _ key: OrderKey?) {
        guard let key else { return }
        self.name(name)
        beginObject()
        field("source", key.source)
        field("order", key.order)
        endObject()
    }
}
