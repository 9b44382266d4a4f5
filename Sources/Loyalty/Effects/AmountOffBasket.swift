import Retail

/// An amount off the lines together, split by what is left of each.
///
/// A part that does not fit into its line is not moved to another one.
public struct AmountOffBasket: DiscountEffect, Hashable {
    /// The amount for all lines together.
    public let amount: Money

    func discounts(on lines: [WorkingLine], _ marks: ProductMarks, touched: [Int], shares: inout [LineShare]) {
        let parts = split(amount.minorUnits, over: touched.map { lines[$0].left })
        for (line, part) in zip(touched, parts) { shares.append(LineShare(line: line, amount: part)) }
    }
}
