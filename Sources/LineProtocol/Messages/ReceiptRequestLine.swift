import Retail

/// A tax on a line.
public struct LineTax: MessageBody {
    /// The rate.
    public var rate: BasisPoints
    /// The tax contained in the line's amount, if the till says it.
    public var amount: Money?

    /// Makes a tax.
    public init(rate: BasisPoints, amount: Money? = nil) {
        self.rate = rate
        self.amount = amount
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        rate = try fields.rate("rate")
        amount = try fields.optionalNonNegativeMoney("amount")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("rate", rate)
        writer.optionalField("amount", amount)
    }
}

/// A line of a receipt on the wire: what rules are applied to, and what is only carried.
public struct ReceiptRequestLine: MessageBody {
    /// What rules are applied to.
    public var content: ReceiptLine
    /// The tax.
    public var tax: LineTax?
    /// Marking codes of the goods, with whatever characters they have.
    public var marks: [String]

    /// Makes a line.
    public init(_ content: ReceiptLine, tax: LineTax? = nil, marks: [String] = []) {
        self.content = content
        self.tax = tax
        self.marks = marks
    }

    /// What rules are applied to, with the rate of the tax.
    var taxed: ReceiptLine {
        guard let tax else { return content }
        var content = content
        content.taxRate = tax.rate
        return content
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        let discounts = try fields.optionalArray("discounts", limit: ProtocolLimits.lineDiscounts) {
            discount throws(FieldError) in
            LineDiscount(
                origin: try discount.idText("origin"), id: try discount.optionalIDText("id"),
                amount: try discount.nonNegativeMoney("amount"))
        }
        let originalLine = try fields.optionalInteger("original_line", in: 1...Int64(ProtocolLimits.receiptLines))
        content = ReceiptLine(
            sku: try fields.skuText("sku"), name: try fields.printedText("name"),
            quantity: try fields.quantity("quantity"), price: try fields.nonNegativeMoney("price"),
            amount: try fields.nonNegativeMoney("amount"), discounts: discounts ?? [],
            originalLine: originalLine.map { Int($0) }, category: try fields.optionalNameText("category"),
            brand: try fields.optionalNameText("brand"),
            tags: try fields.optionalIDTextArray("tags", limit: ProtocolLimits.lineTags) ?? [],
            minimumPrice: try fields.optionalNonNegativeMoney("min_price"))
        tax = try fields.optionalBody("tax")
        // The line's own limit bounds both; a marking code is carried through whatever its length.
        marks =
            try fields.optionalTextArray("marks", limit: ProtocolLimits.lineBytes, max: ProtocolLimits.lineBytes) ?? []
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("sku", content.sku)
        writer.field("name", content.name)
        writer.field("quantity", content.quantity)
        writer.field("price", content.price)
        writer.field("amount", content.amount)
        writer.productFields(
            category: content.category, brand: content.brand, tags: content.tags, minimumPrice: content.minimumPrice)
        if !content.discounts.isEmpty { writer.field("discounts", content.discounts) }
        writer.optionalField("tax", tax)
        if !marks.isEmpty { writer.field("marks", marks) }
        writer.optionalField("original_line", content.originalLine)
    }
}
