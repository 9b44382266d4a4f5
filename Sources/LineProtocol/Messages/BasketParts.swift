import Retail

/// One line of a basket on its way from the shop floor to a till.
public struct FloorBasketLine: MessageBody {
    /// What a quote is asked with.
    public var content: BasketLine
    /// The product's name for the till's screen.
    public var name: String?

    /// Makes a line.
    public init(_ content: BasketLine, name: String? = nil) {
        self.content = content
        self.name = name
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        content = try BasketLine(fields)
        name = try fields.optionalNameText("name")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.basketLineMembers(content)
        writer.optionalField("name", name)
    }
}

/// A basket as a request about it names it.
public struct BasketReference: MessageBody {
    /// The device name of the app that sent it.
    public var app: String
    /// The app's own id of the basket.
    public var basket: String

    /// Names a basket.
    public init(app: String, basket: String) {
        self.app = app
        self.basket = basket
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        app = try fields.idText("app")
        basket = try fields.idText("basket")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("app", app)
        writer.field("basket", basket)
    }
}

/// One change of a basket: the reply to BASKET_RETURN and BASKET_WITHDRAW, and the event `basket.changed`.
public struct BasketChange: MessageBody {
    /// The basket.
    public var reference: BasketReference
    /// The till it was sent to.
    public var till: String
    /// The state after the change.
    public var state: BasketState
    /// When it was made.
    public var at: Instant
    /// Why, where the request gave a reason.
    public var reason: String?
    /// The sale that was made of it.
    public var receipt: ReceiptKey?

    /// Makes a change.
    public init(
        _ reference: BasketReference, till: String, state: BasketState, at: Instant, reason: String? = nil,
        receipt: ReceiptKey? = nil
    ) {
        self.reference = reference
        self.till = till
        self.state = state
        self.at = at
        self.reason = reason
        self.receipt = receipt
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        reference = try BasketReference(fields)
        till = try fields.idText("till")
        state = try fields.choice("state")
        at = try fields.instant("at")
        reason = try fields.optionalNoteText("reason")
        receipt = try fields.optionalReceiptKey("receipt")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        reference.writeMembers(to: writer)
        writer.field("till", till)
        writer.field("state", state.rawValue)
        writer.field("at", at)
        writer.optionalField("reason", reason)
        writer.optionalField("receipt", receipt?.text)
    }
}

/// A whole basket: the event `basket.offered`, and the reply to BASKET_OPEN.
public struct BasketDetails: MessageBody {
    /// The basket.
    public var reference: BasketReference
    /// The till it was sent to.
    public var till: String
    /// Where it stands.
    public var state: BasketState
    /// The seller.
    public var person: String?
    /// The customer, if one was identified.
    public var customer: CustomerID?
    /// The goods.
    public var lines: [FloorBasketLine]
    /// For the cashier.
    public var note: String?
    /// When it was sent.
    public var at: Instant

    /// A basket that an app has sent.
    public init(_ message: BasketSend, from app: String, state: BasketState, at: Instant) {
        reference = BasketReference(app: app, basket: message.basket)
        till = message.till
        self.state = state
        person = message.person
        customer = message.customer
        lines = message.lines
        note = message.note
        self.at = at
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        reference = try BasketReference(fields)
        till = try fields.idText("till")
        state = try fields.choice("state")
        person = try fields.optionalNameText("person")
        customer = try fields.optionalCustomerID("customer_id")
        lines = try fields.bodies("lines", minimum: 1, limit: ProtocolLimits.basketLines)
        note = try fields.optionalNoteText("note")
        at = try fields.instant("at")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        reference.writeMembers(to: writer)
        writer.field("till", till)
        writer.field("state", state.rawValue)
        writer.optionalField("person", person)
        writer.nullableField("customer_id", customer?.text)
        writer.field("lines", lines)
        writer.optionalField("note", note)
        writer.field("at", at)
    }
}
