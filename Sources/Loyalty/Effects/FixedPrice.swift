import Retail

/// A price of its own for one unit; a line that costs less already is left alone.
public struct FixedPrice: DiscountEffect, Hashable {
    /// The price of one unit.
    public let price: Money

    func discounts(on lines: [WorkingLine], _ marks: ProductMarks, touched: [Int], shares: inout [LineShare]) {
        for line in touched {
            let target = lines[line].worth(ofUnit: price)
            if target < lines[line].left {
                shares.append(LineShare(line: line, amount: lines[line].left - target))
            }
        }
    }
}
