import Retail

/// BASKET_SEND: a basket goes from the shop floor to a till.
public struct BasketSend: MessageBody {
    /// The app's own id of the basket.
    public var basket: String
    /// The till that shall sell it.
    public var till: String
    /// The goods.
    public var lines: [FloorBasketLine]
    /// The customer, if one was identified.
    public var customer: CustomerID?
    /// The seller.
    public var person: String?
    /// For the cashier.
    public var note: String?

    /// Makes a request.
    public init(
        basket: String, till: String, lines: [FloorBasketLine], customer: CustomerID? = nil, person: String? = nil,
        note: String? = nil
    ) {
        self.basket = basket
        self.till = till
        self.lines = lines
        self.customer = customer
        self.person = person
        self.note = note
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        basket = try fields.idText("basket")
        till = try fields.idText("till")
        lines = try fields.bodies("lines", minimum: 1, limit: ProtocolLimits.basketLines)
        customer = try fields.optionalCustomerID("customer_id")
        person = try fields.optionalNameText("person")
        note = try fields.optionalNoteText("note")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("basket", basket)
        writer.field("till", till)
        writer.field("lines", lines)
        writer.optionalField("customer_id", customer?.text)
        writer.optionalField("person", person)
        writer.optionalField("note", note)
    }

    /// The reply.
    public struct Reply: MessageBody {
        /// The basket.
        public var basket: String
        /// The till.
        public var till: String
        /// The state after the request.
        public var state: BasketState
        /// When it was stored.
        public var at: Instant
        /// Whether the till was there to show it at once.
        public var isConnected: Bool

        /// Makes a reply.
        public init(basket: String, till: String, state: BasketState, at: Instant, isConnected: Bool) {
            self.basket = basket
            self.till = till
            self.state = state
            self.at = at
            self.isConnected = isConnected
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            basket = try fields.idText("basket")
            till = try fields.idText("till")
            state = try fields.choice("state")
            at = try fields.instant("at")
            isConnected = try fields.bool("connected")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("basket", basket)
            writer.field("till", till)
            writer.field("state", state.rawValue)
            writer.field("at", at)
            writer.field("connected", isConnected)
        }
    }
}

/// BASKET_OPEN: the till makes a sale of a basket.
public struct BasketOpen: MessageBody {
    /// The basket.
    public var reference: BasketReference
    /// Who opens it.
    public var cashier: Cashier?

    /// Makes a request.
    public init(_ reference: BasketReference, cashier: Cashier? = nil) {
        self.reference = reference
        self.cashier = cashier
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        reference = try BasketReference(fields)
        cashier = try fields.optionalCashier("cashier")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        reference.writeMembers(to: writer)
        if let cashier { writer.field("cashier", cashier) }
    }
}

/// BASKET_RETURN: the till gives a basket back.
public struct BasketReturn: MessageBody {
    /// The basket.
    public var reference: BasketReference
    /// Why.
    public var reason: String?

    /// Makes a request.
    public init(_ reference: BasketReference, reason: String? = nil) {
        self.reference = reference
        self.reason = reason
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        reference = try BasketReference(fields)
        reason = try fields.optionalNoteText("reason")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        reference.writeMembers(to: writer)
        writer.optionalField("reason", reason)
    }
}

/// BASKET_WITHDRAW: the app takes its own basket back before a till has opened it.
public struct BasketWithdraw: MessageBody {
    /// The app's own id of the basket.
    public var basket: String
    /// Why.
    public var reason: String?

    /// Makes a request.
    public init(basket: String, reason: String? = nil) {
        self.basket = basket
        self.reason = reason
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        basket = try fields.idText("basket")
        reason = try fields.optionalNoteText("reason")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("basket", basket)
        writer.optionalField("reason", reason)
    }
}
