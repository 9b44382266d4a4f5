import Retail

/// Percent off each line, rounded half up line by line.
public struct PercentOff: DiscountEffect, Hashable {
    /// The part taken off.
    public let rate: BasisPoints

    func discounts(on lines: [WorkingLine], _ marks: ProductMarks, touched: [Int], shares: inout [LineShare]) {
        for line in touched {
            let amount = wideShare(lines[line].left, of: Int64(rate.value), over: BasisPoints.whole, rounding: .halfUp)
            shares.append(LineShare(line: line, amount: amount))
        }
    }
}
