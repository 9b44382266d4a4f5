/// One line of a basket that is not paid yet, as a till or an app sends it for a quote.
public struct BasketLine: Hashable, Sendable {
    /// The product.
    public var sku: String
    /// How much of it; more than zero.
    public var quantity: Quantity
    /// The price of one unit before any discount.
    public var price: Money
    /// What the till itself takes off the line (price changed by the cashier, damaged goods).
    public var tillDiscount: Money
    /// The path of the product's category, if the till knows it.
    public var category: String?

    /// A line of a basket.
    public init(
        sku: String, quantity: Quantity, price: Money, tillDiscount: Money = .zero, category: String? = nil
    ) {
        self.sku = sku
        self.quantity = quantity
        self.price = price
        self.tillDiscount = tillDiscount
        self.category = category
    }

    /// Price × quantity rounded half up, before any discount.
    public func gross() throws(ArithmeticError) -> Money {
        try price.times(quantity)
    }
}
