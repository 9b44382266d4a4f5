import Retail

extension ReceiptRequest {
    /// Takes the fields of a receipt of the given kind.
    public init(_ fields: FieldReader, kind: ReceiptKind) throws(FieldError) {
        for name in Self.reservedNames where fields.object[name] != nil { throw fields.bad(name, "reserved") }
        self.init(
            kind: kind, shift: Int(try fields.integer("shift", in: 0...Int64(ReceiptKey.shiftMaximum))),
            number: try fields.receiptNumber("number"), at: try fields.instant("at"))
        switch kind {
        case .sale, .return: try takePaidFields(fields)
        case .void: try takeVoidFields(fields)
        case .correction: try takeCorrectionFields(fields)
        }
        cashier = try fields.optionalCashier("cashier")
        fiscal = try fields.optionalObject("fiscal").map { JSONText($0.object) }
    }

    private mutating func takeVoidFields(_ fields: FieldReader) throws(FieldError) {
        reason = try fields.optionalNoteText("reason")
        if fields.value("lines") != nil {
            lines = try fields.bodies("lines", limit: ProtocolLimits.receiptLines)
        }
        total = try fields.optionalNonNegativeMoney("total")
    }

    private mutating func takeCorrectionFields(_ fields: FieldReader) throws(FieldError) {
        direction = try fields.choice("direction")
        reason = try fields.text("reason", max: ProtocolLimits.noteCharacters)
        original = try fields.optionalReceiptKey("original")
        document = try fields.optionalBody("document")
        if fields.value("lines") != nil {
            lines = try fields.bodies("lines", limit: ProtocolLimits.receiptLines)
        }
        payments = try takePayments(fields)
        total = try fields.nonNegativeMoney("total")
        takeFigures(fields)
    }

    private func takePayments(_ fields: FieldReader) throws(FieldError) -> [Tender] {
        try fields.array("payments", limit: ProtocolLimits.payments) { payment throws(FieldError) in
            Tender(kind: try payment.idText("kind"), amount: try payment.nonNegativeMoney("amount"))
        }
    }

    private mutating func takePaidFields(_ fields: FieldReader) throws(FieldError) {
        customer = try fields.optionalCustomerID("customer_id")
        if let order = try fields.optionalIDText("order") {
            self.order = OrderKey(source: try fields.idText("source"), order: order)
        }
        if kind == .sale { basket = try takeBasket(fields) }
        quote = try fields.optionalIDText("quote")
        hold = try fields.optionalIDText("hold")
        coupons = try fields.optionalIDTextArray("coupons", limit: ProtocolLimits.coupons) ?? []
        lines = try fields.bodies("lines", minimum: 1, limit: ProtocolLimits.receiptLines)
        payments = try takePayments(fields)
        total = try fields.nonNegativeMoney("total")
        takeFigures(fields)
        if kind == .return { original = try fields.optionalReceiptKey("original") }
    }

    /// Either both names of a basket or none: half of them would be a mark that nobody understands.
    private func takeBasket(_ fields: FieldReader) throws(FieldError) -> BasketReference? {
        guard fields.value("basket") != nil || fields.value("app") != nil else { return nil }
        return BasketReference(app: try fields.idText("app"), basket: try fields.idText("basket"))
    }

    /// Writes the whole object.
    public func write(to writer: ByteWriter) {
        writer.beginObject()
        writer.field("shift", shift)
        writer.field("number", number)
        writer.field("at", at)
        if let cashier { writer.field("cashier", cashier) }
        writer.optionalField("customer_id", customer?.text)
        writer.optionalField("order", order?.order)
        writer.optionalField("source", order?.source)
        writer.optionalField("basket", basket?.basket)
        writer.optionalField("app", basket?.app)
        writer.optionalField("quote", quote)
        writer.optionalField("hold", hold)
        if !coupons.isEmpty { writer.field("coupons", coupons) }
        writer.optionalField("direction", direction?.rawValue)
        writer.optionalField("reason", reason)
        writer.optionalField("document", document)
        if kind == .sale || kind == .return || !lines.isEmpty { writer.field("lines", lines) }
        if kind != .void { writePayments(to: writer) }
        writer.optionalField("change", change)
        writer.optionalField("total", total)
        if !taxes.isEmpty { writer.field("taxes", taxes) }
        if let contact {
            writer.name("contact")
            contact.write(to: writer)
        }
        writer.optionalField("original", original?.text)
        writer.optionalField("fiscal", fiscal)
        writer.endObject()
    }

    private func writePayments(to writer: ByteWriter) {
        writer.name("payments")
        writer.beginArray()
        for payment in payments {
            writer.beginObject()
            writer.field("kind", payment.kind)
            writer.field("amount", payment.amount)
            writer.endObject()
        }
        writer.endArray()
    }
}

extension FieldReader {
    /// The person at the till, or nil if it is absent.
    func optionalCashier(_ name: StaticString) throws(FieldError) -> Cashier? {
        guard let fields = try optionalObject(name) else { return nil }
        return Cashier(id: try fields.idText("id"), name: try fields.optionalNameText("name"))
    }
}

extension ByteWriter {
    /// Writes a member that is the person at the till.
    func field(_ name: StaticString, _ cashier: Cashier) {
        self.name(name)
        beginObject()
        field("id", cashier.id)
        optionalField("name", cashier.name)
        endObject()
    }
}
