import Retail

/// A receipt on a customer's card.
public struct CustomerPurchase: MessageBody {
    /// One thing that was bought or came back.
    public struct Line: MessageBody {
        /// The product.
        public var sku: String
        /// Its name as it was printed.
        public var name: String
        /// How much of it.
        public var quantity: Quantity
        /// What the line cost after its discounts.
        public var amount: Money

        /// Makes a line.
        public init(sku: String, name: String, quantity: Quantity, amount: Money) {
            self.sku = sku
            self.name = name
            self.quantity = quantity
            self.amount = amount
        }

        /// Takes the fields; those of a receipt's line will do.
        public init(_ fields: FieldReader) throws(FieldError) {
            sku = try fields.skuText("sku")
            name = try fields.printedText("name")
            quantity = try fields.quantity("quantity")
            amount = try fields.nonNegativeMoney("amount")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("sku", sku)
            writer.field("name", name)
            writer.field("quantity", quantity)
            writer.field("amount", amount)
        }
    }

    /// What purchases are.
    public enum Kind: String, CaseIterable, Sendable {
        /// Something was sold.
        case sale
        /// Something came back.
        case `return`
    }

    /// The receipt.
    public var key: ReceiptKey
    /// Sale or return.
    public var kind: Kind
    /// The time at the till.
    public var at: Instant
    /// The receipt's total.
    public var total: Money
    /// The first lines.
    public var lines: [Line]
    /// How many more there are.
    public var moreLines: Int

    /// Makes a purchase.
    public init(key: ReceiptKey, kind: Kind, at: Instant, total: Money, lines: [Line], moreLines: Int = 0) {
        self.key = key
        self.kind = kind
        self.at = at
        self.total = total
        self.lines = lines
        self.moreLines = moreLines
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        key = try fields.receiptKey("key")
        kind = try fields.choice("kind")
        at = try fields.instant("at")
        total = try fields.nonNegativeMoney("total")
        lines = try fields.bodies("lines", limit: ProtocolLimits.cardPurchaseLines)
        moreLines = Int(try fields.optionalInteger("more_lines", in: 1...Int64(ProtocolLimits.receiptLines)) ?? 0)
    }

    /// What a receipt's own text says, as far as it fits on a card.
    public init(key: ReceiptKey, kind: Kind, receipt: FieldReader) throws(FieldError) {
        let all: [FieldReader] = try receipt.array("lines", limit: ProtocolLimits.receiptLines) {
            line throws(FieldError) in line
        }
        var shown: [Line] = []
        for line in all.prefix(ProtocolLimits.cardPurchaseLines) { shown.append(try Line(line)) }
        self.init(
            key: key, kind: kind, at: try receipt.instant("at"), total: try receipt.nonNegativeMoney("total"),
            lines: shown, moreLines: all.count - shown.count)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("key", key.text)
        writer.field("kind", kind.rawValue)
        writer.field("at", at)
        writer.field("total", total)
        writer.field("lines", lines)
        if moreLines > 0 { writer.field("more_lines", moreLines) }
    }
}
