import Retail

/// Goods that simulators sell when nobody tells them what.
public struct Assortment: Sendable {
    /// One product.
    public struct Product: Hashable, Sendable {
        /// The product.
        public let sku: String
        /// Its name.
        public let name: String
        /// The price of one unit, or of one kilogram.
        public let price: Money
        /// Sold by weight.
        public let isWeighed: Bool
    }

    /// The products.
    public let products: [Product]

    /// A small household and grocery shop.
    public static let standard = Assortment(products: [
        piece("KETTLE", "Kettle 1.7 l", 150_000), piece("LAMP", "Desk lamp", 100_000),
        piece("MUG", "Mug, white", 25_500), piece("PLATE", "Plate 24 cm", 34_900),
        piece("TOWEL", "Towel 50 × 90", 49_900), piece("SOAP", "Soap, lavender", 8_990),
        piece("CANDLE", "Candle holder, hanging heart", 25_500), piece("BOOK", "Notebook A5", 17_950),
        piece("BATTERY", "Batteries AA, 4 pieces", 39_900), piece("BAG", "Carrier bag", 500),
        weighed("APPLE", "Apples", 12_990), weighed("CHEESE", "Cheese, matured", 119_900),
        weighed("COFFEE", "Coffee beans", 189_000), weighed("NUTS", "Walnuts", 99_950),
    ])

    /// Between one and so many lines of random goods, a product at most once.
    public func basket(
        linesMaximum: Int, using generator: inout some RandomNumberGenerator
    ) -> [PlannedReceipt.Line] {
        let count = Int.random(in: 1...min(linesMaximum, products.count), using: &generator)
        return products.shuffled(using: &generator).prefix(count).map { product in
            let thousandths =
                product.isWeighed
                ? Int64.random(in: 50...2_500, using: &generator) : 1_000 * Int64.random(in: 1...4, using: &generator)
            return PlannedReceipt.Line(
                sku: product.sku, name: product.name, quantity: Quantity(thousandths: thousandths), price: product.price
            )
        }
    }

    private static func piece(_ sku: String, _ name: String, _ price: Int64) -> Product {
        Product(sku: sku, name: name, price: Money(minorUnits: price), isWeighed: false)
    }

    private static func weighed(_ sku: String, _ name: String, _ price: Int64) -> Product {
        Product(sku: sku, name: name, price: Money(minorUnits: price), isWeighed: true)
    }
}

/// Invents receipts of a busy till, the same for the same seed but for their time.
public struct ReceiptInventor: Sendable {
    private var generator: SeededGenerator
    private let seed: UInt64
    private let shift: Int
    private let customers: Int
    private var made = 0

    /// - Parameters:
    ///   - customers: how many different customers come; half of the receipts are of walk-ins.
    public init(seed: UInt64, shift: Int, customers: Int) {
        generator = SeededGenerator(seed: seed)
        self.seed = seed
        self.shift = shift
        self.customers = customers
    }

    /// The next receipt: mostly a sale, now and then a return of a few things.
    public mutating func next(at instant: Instant) -> PlannedReceipt {
        made += 1
        let isReturn = Int.random(in: 0..<20, using: &generator) == 0
        let isKnown = customers > 0 && Bool.random(using: &generator)
        let customer = isKnown ? Int.random(in: 1...customers, using: &generator) : 0
        return PlannedReceipt(
            number: "\(seed)-\(made)", shift: shift, kind: isReturn ? .return : .sale, at: instant,
            customer: isKnown ? "auto-\(customer)" : nil, customerName: isKnown ? "Customer \(customer)" : nil,
            spend: isReturn || made % 4 != 0 ? 0 : 1_000,
            lines: Assortment.standard.basket(linesMaximum: isReturn ? 2 : 10, using: &generator))
    }
}
