import Retail

/// One invoice of a trading day: what one till rings up as one receipt.
public struct Invoice: Hashable, Sendable {
    /// One thing sold or taken back.
    public struct Line: Hashable, Sendable {
        /// The stock code as it stands in the file.
        public var sku: String
        /// The description as it stands in the file, blanks included; often empty for stock corrections.
        public var name: String
        /// How much of it: always positive, the invoice's kind says the direction.
        public var quantity: Quantity
        /// The price of one unit.
        public var price: Money
        /// Price × quantity, rounded half up.
        public var amount: Money

        /// A line; its amount is computed.
        public init(sku: String, name: String, quantity: Quantity, price: Money) throws(ArithmeticError) {
            self.sku = sku
            self.name = name
            self.quantity = quantity
            self.price = price
            amount = try price.times(quantity)
        }
    }

    /// The invoice's number, unique among the days of a dataset.
    public var number: String
    /// Sale or return.
    public var kind: ReceiptKind
    /// When it was rung up.
    public var at: Instant
    /// The customer's number as it stands in the file; nil for a walk-in.
    public var customer: String?
    /// The goods, in the file's order.
    public var lines: [Line]
    /// The sum of the lines' amounts.
    public var total: Money

    /// An invoice; its total is computed.
    public init(
        number: String, kind: ReceiptKind, at: Instant, customer: String?, lines: [Line]
    ) throws(ArithmeticError) {
        self.number = number
        self.kind = kind
        self.at = at
        self.customer = customer
        self.lines = lines
        var sum = Money.zero
        for line in lines { sum = try sum.adding(line.amount) }
        total = sum
    }
}
