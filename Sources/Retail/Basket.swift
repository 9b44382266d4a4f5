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
    /// The path of the product's category, such as `food/dairy`, if it is known.
    public var category: String?
    /// The product's brand, if it is known.
    public var brand: String?
    /// What else the product is marked with: `new`, `clearance`.
    public var tags: [String]
    /// What one unit costs at least, by law or by contract.
    public var minimumPrice: Money?

    /// A line of a basket.
    public init(
        sku: String, quantity: Quantity, price: Money, tillDiscount: Money = .zero, category: String? = nil,
        brand: String? = nil, tags: [String] = [], minimumPrice: Money? = nil
    ) {
        self.sku = sku
        self.quantity = quantity
        self.price = price
        self.tillDiscount = tillDiscount
        self.category = category
        self.brand = brand
        self.tags = tags
        self.minimumPrice = minimumPrice
    }

    /// Price × quantity rounded half up, before any discount.
    public func gross() throws(ArithmeticError) -> Money {
        try price.times(quantity)
    }
}
