import Retail

/// What is offered to the customer instead of goods that are missing.
public struct OrderSubstitute: MessageBody {
    /// The product instead.
    public var sku: String
    /// Its name.
    public var name: String
    /// How much of it.
    public var quantity: Quantity
    /// The price of one unit.
    public var price: Money

    /// Makes an offer.
    public init(sku: String, name: String, quantity: Quantity, price: Money) {
        self.sku = sku
        self.name = name
        self.quantity = quantity
        self.price = price
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        sku = try fields.skuText("sku")
        name = try fields.nameText("name")
        quantity = try fields.quantity("quantity")
        price = try fields.nonNegativeMoney("price")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("sku", sku)
        writer.field("name", name)
        writer.field("quantity", quantity)
        writer.field("price", price)
    }
}

/// How far one line of an order has been put together, in all so far.
public struct OrderPickedLine: MessageBody {
    /// The line of the order.
    public var line: Int
    /// What has been picked.
    public var picked: Quantity
    /// What is not to be had.
    public var missing: Quantity
    /// What is offered instead.
    public var substitute: OrderSubstitute?

    /// Makes a line's progress.
    public init(line: Int, picked: Quantity, missing: Quantity = .zero, substitute: OrderSubstitute? = nil) {
        self.line = line
        self.picked = picked
        self.missing = missing
        self.substitute = substitute
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        line = Int(try fields.integer("line", in: 1...Int64(ProtocolLimits.orderLines)))
        picked = try fields.quantityOrZero("picked")
        missing = fields.value("missing") == nil ? .zero : try fields.quantityOrZero("missing")
        substitute = try fields.optionalBody("substitute")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("line", line)
        writer.field("picked", picked)
        if missing > .zero { writer.field("missing", missing) }
        writer.optionalField("substitute", substitute)
    }
}

/// ORDER_PICK: what has been put together; lines that are not named stay as they are.
public struct OrderPick: MessageBody {
    /// The website that the order came from.
    public var source: String
    /// The website's id of the order.
    public var order: String
    /// The lines, each with the whole of it so far.
    public var lines: [OrderPickedLine]
    /// The person who does it.
    public var person: String?

    /// Makes a report.
    public init(source: String, order: String, lines: [OrderPickedLine], person: String? = nil) {
        self.source = source
        self.order = order
        self.lines = lines
        self.person = person
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        source = try fields.idText("source")
        order = try fields.idText("order")
        lines = try fields.bodies("lines", minimum: 1, limit: ProtocolLimits.orderLines)
        person = try fields.optionalNameText("person")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("source", source)
        writer.field("order", order)
        writer.field("lines", lines)
        writer.optionalField("person", person)
    }
}

/// The reply to ORDER_PICK.
public struct OrderPickReply: MessageBody {
    /// The transition.
    public var transition: TransitionReply
    /// Lines that are neither wholly picked nor reported missing.
    public var openLines: Int

    /// Makes a reply.
    public init(_ transition: TransitionReply, openLines: Int) {
        self.transition = transition
        self.openLines = openLines
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        transition = try TransitionReply(fields)
        openLines = try fields.count("open_lines")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        transition.writeMembers(to: writer)
        writer.field("open_lines", openLines)
    }
}
