import Retail

/// An amount off each unit: amount × quantity, rounded half up line by line.
public struct AmountOffUnit: DiscountEffect, Hashable {
    /// The amount for one unit.
    public let amount: Money

    func discounts(on lines: [WorkingLine], _ marks: ProductMarks, touched: [Int], shares: inout [LineShare]) {
        for line in touched {
            shares.append(LineShare(line: line, amount: lines[line].worth(ofUnit: amount)))
        }
    }
}
