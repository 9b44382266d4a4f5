/// How a store's scales write their labels: an EAN-13 that begins with a prefix from 20 to 29, then the item, then
/// weight or price, then the check digit. The meaning is the store's own (GS1 leaves these prefixes to it).
public struct ScaleCode: Hashable, Sendable {
    /// What stands behind the item.
    public enum Measure: String, CaseIterable, Sendable {
        /// The weight in grams, thousandths of the unit of sale.
        case weight
        /// The price of the whole in minor units.
        case price
    }

    /// The first two digits, 20 to 29.
    public let prefix: Int
    /// Digits of the item's number, 4 or 5; what is left up to the check digit is the measure. With six an item's code
    /// would have the eight digits of a trade item number.
    public let itemDigits: Int
    /// What stands behind the item.
    public let measure: Measure

    /// A way of writing; nil outside the ranges.
    public init?(prefix: Int, itemDigits: Int, measure: Measure) {
        guard (20...29).contains(prefix), (4...5).contains(itemDigits) else { return nil }
        self.prefix = prefix
        self.itemDigits = itemDigits
        self.measure = measure
    }

    /// Reads `20:5:weight`: prefix, digits of the item, `weight` or `price`.
    public init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let prefix = Int(parts[0]), let digits = Int(parts[1]),
            let measure = Measure(rawValue: String(parts[2]))
        else { return nil }
        self.init(prefix: prefix, itemDigits: digits, measure: measure)
    }

    /// What a label says.
    public struct Label: Hashable, Sendable {
        /// The bar code under which the catalogue has the item: prefix and item.
        public let key: String
        /// Grams or minor units.
        public let value: Int64
        /// Which of them.
        public let measure: Measure

        /// How much it is of a product with this price for one unit; nil when that cannot be told.
        public func quantity(at price: Money?) -> Quantity? {
            let thousandths: Int64
            switch measure {
            case .weight: thousandths = value
            case .price:
                guard let price, price > .zero,
                    let share = try? scaled(value, times: 1_000, over: price.minorUnits, rounding: .halfUp)
                else { return nil }
                thousandths = share
            }
            return thousandths > 0 ? Quantity(thousandths: thousandths) : nil
        }
    }

    /// Reads a scan as a label of this kind; nil when it is none.
    public func label(_ scan: ScannedCode) -> Label? {
        guard let digits = scan.scaleDigits, Int(digits[0]) * 10 + Int(digits[1]) == prefix else { return nil }
        let measureStart = 2 + itemDigits
        let value = digits[measureStart..<12].reduce(Int64(0)) { $0 * 10 + Int64($1) }
        let item = digits[..<measureStart].map { $0 + UInt8(ascii: "0") }
        return Label(key: String(decoding: item, as: UTF8.self), value: value, measure: measure)
    }
}
