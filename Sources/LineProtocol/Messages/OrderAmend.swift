import Retail

/// ORDER_AMEND: a website replaces the content of an order; it is also the consent to what is missing or substituted.
public struct OrderAmend: MessageBody {
    /// The website's id of the order.
    public var order: String
    /// The number of the last transition that the website knows.
    public var basedOn: Int64
    /// The goods. After reading, every line has its number.
    public var lines: [OrderLine]
    /// What the order costs.
    public var total: Money
    /// Whether the customer has paid the website; nil: as it was.
    public var isPrepaid: Bool?
    /// Who will collect it; nil: as it was.
    public var customer: OrderCustomer?
    /// The last moment to collect it; nil: as it was.
    public var pickupUntil: Instant?
    /// The customer's remark; nil: as it was.
    public var comment: String?

    /// Makes an amendment.
    public init(
        order: String, basedOn: Int64, lines: [OrderLine], total: Money, isPrepaid: Bool? = nil,
        customer: OrderCustomer? = nil, pickupUntil: Instant? = nil, comment: String? = nil
    ) {
        self.order = order
        self.basedOn = basedOn
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
        basedOn = try fields.integer("based_on", in: 1...Int64.max)
        lines = try fields.numberedOrderLines()
        total = try fields.nonNegativeMoney("total")
        isPrepaid = fields.value("prepaid") == nil ? nil : try fields.bool("prepaid")
        customer = try fields.optionalBody("customer")
        pickupUntil = try fields.optionalInstant("pickup_until")
        comment = try fields.optionalNoteText("comment")
    }

    /// The order's content after the amendment.
    public func applied(to push: OrderPush) -> OrderPush {
        OrderPush(
            order: push.order, store: push.store, lines: lines, total: total, isPrepaid: isPrepaid ?? push.isPrepaid,
            customer: customer ?? push.customer, pickupUntil: pickupUntil ?? push.pickupUntil,
            comment: comment ?? push.comment)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("order", order)
        writer.field("based_on", basedOn)
        writer.field("lines", lines)
        writer.field("total", total)
        writer.optionalField("prepaid", isPrepaid)
        writer.optionalField("customer", customer)
        writer.optionalField("pickup_until", pickupUntil)
        writer.optionalField("comment", comment)
    }
}

extension FieldReader {
    /// The goods of an order; each line gets its place in the list as its number where it has none.
    func numberedOrderLines() throws(FieldError) -> [OrderLine] {
        var lines: [OrderLine] = try bodies("lines", minimum: 1, limit: ProtocolLimits.orderLines)
        var taken: Set<Int> = []
        for position in lines.indices {
            let line = lines[position].line ?? position + 1
            guard taken.insert(line).inserted else {
                throw .bad("\(path("lines"))[\(position)].line", "another line has the number \(line)")
            }
            lines[position].line = line
        }
        return lines
    }
}
