import Retail

/// Units of a product for nothing, if the basket holds it; the cashier is told when it does not.
public struct Gift: DiscountEffect, Hashable {
    /// The product.
    public let sku: String
    /// How many units at most.
    public let quantity: Int64

    func discounts(on lines: [WorkingLine], _ marks: ProductMarks, touched: [Int], shares: inout [LineShare]) {
        var left = quantity
        for line in lines.indices where lines[line].isOpen && lines[line].sku == sku {
            let units = min(left, lines[line].wholeUnits)
            guard units > 0 else { continue }
            left -= units
            let value = narrowed(Int128(units) * Int128(lines[line].unitValue))
            shares.append(LineShare(line: line, amount: value))
        }
    }
}
