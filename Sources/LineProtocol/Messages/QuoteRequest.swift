import Retail

/// QUOTE: what a basket costs and earns. It has no effect and can be asked at every change of the basket.
public struct QuoteRequest: MessageBody {
    /// The customer, if one was identified.
    public var customer: CustomerID?
    /// The basket.
    public var lines: [BasketLine]
    /// Points that the customer wants to spend.
    public var spend: Int64
    /// Coupons that the customer showed.
    public var coupons: [String]
    /// The hold of the receipt to come, whose points count as available.
    public var hold: String?

    /// Makes a request.
    public init(
        customer: CustomerID? = nil, lines: [BasketLine], spend: Int64 = 0, coupons: [String] = [],
        hold: String? = nil
    ) {
        self.customer = customer
        self.lines = lines
        self.spend = spend
        self.coupons = coupons
        self.hold = hold
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        customer = try fields.optionalCustomerID("customer_id")
        lines = try fields.array("lines", limit: ProtocolLimits.basketLines) { line throws(FieldError) in
            try BasketLine(line)
        }
        guard !lines.isEmpty else { throw fields.bad("lines", "must not be empty") }
        spend = try fields.optionalPoints("spend") ?? 0
        coupons = try fields.optionalIDTextArray("coupons", limit: ProtocolLimits.coupons) ?? []
        hold = try fields.optionalIDText("hold")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.optionalField("customer_id", customer?.text)
        writer.name("lines")
        writer.beginArray()
        for line in lines {
            writer.beginObject()
            writer.basketLineMembers(line)
            writer.endObject()
        }
        writer.endArray()
        if spend != 0 { writer.field("spend", spend) }
        if !coupons.isEmpty { writer.field("coupons", coupons) }
        writer.optionalField("hold", hold)
    }
}

extension BasketLine {
    /// Takes the fields of a line of QUOTE or BASKET_SEND.
    init(_ line: FieldReader) throws(FieldError) {
        self.init(
            sku: try line.skuText("sku"), quantity: try line.quantity("quantity"),
            price: try line.nonNegativeMoney("price"),
            tillDiscount: try line.optionalNonNegativeMoney("discount") ?? .zero,
            category: try line.optionalNameText("category"), brand: try line.optionalNameText("brand"),
            tags: try line.optionalIDTextArray("tags", limit: ProtocolLimits.lineTags) ?? [],
            minimumPrice: try line.optionalNonNegativeMoney("min_price"))
    }
}

extension ByteWriter {
    /// Writes the members of a line of QUOTE or BASKET_SEND.
    func basketLineMembers(_ line: BasketLine) {
        field("sku", line.sku)
        field("quantity", line.quantity)
        field("price", line.price)
        if line.tillDiscount != .zero { field("discount", line.tillDiscount) }
        productFields(category: line.category, brand: line.brand, tags: line.tags, minimumPrice: line.minimumPrice)
    }

    /// Writes what promotions may ask about a line's product; what is not known is left out.
    func productFields(category: String?, brand: String?, tags: [String], minimumPrice: Money?) {
        optionalField("category", category)
        optionalField("brand", brand)
        if !tags.isEmpty { field("tags", tags) }
        optionalField("min_price", minimumPrice)
    }
}
