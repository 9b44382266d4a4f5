import Retail

/// Several products together at a price of their own.
///
/// As many whole bundles as the basket holds are made, one after the other: each item takes its units from the lines
/// that it selects, in the order of the lines, and a unit serves one item only. What the units cost beyond the price of
/// the bundles is split over the lines that gave them, by the value that they gave.
public struct Bundle: DiscountEffect, Hashable {
    struct Item: Hashable, Sendable {
        let products: ProductFilter
        let quantity: Int64
    }

    let items: [Item]
    /// The price of one bundle.
    public let price: Money

    func discounts(on lines: [WorkingLine], _ marks: ProductMarks, touched: [Int], shares: inout [LineShare]) {
        let units = LineUnits.whole(of: lines, touched) { line in
            items.contains { $0.products.matches(line, of: marks) }
        }
        let serves = items.flatMap { item in units.map { item.products.matches(lines[$0.line].marks, of: marks) } }
        var left = units.map(\.count)
        var pattern = [Int64](repeating: 0, count: units.count)
        var bundles = Int128(0)
        while takesBundle(left, &pattern, where: { serves[$0 * units.count + $1] }) {
            // As long as no line runs short, the next bundle takes the same units: all of them are made at once.
            let times = pattern.indices.lazy.filter { pattern[$0] > 0 }.map { left[$0] / pattern[$0] }.min() ?? 0
            for index in pattern.indices { left[index] -= pattern[index] * times }
            bundles += Int128(times)
        }
        guard bundles > 0 else { return }
        let given = units.indices.map { narrowed(Int128(units[$0].count - left[$0]) * Int128(units[$0].value)) }
        let value = given.reduce(Int128(0)) { $0 + Int128($1) }
        let discount = narrowed(value - Int128(price.minorUnits) * bundles)
        guard discount > 0 else { return }
        for (index, part) in split(discount, over: given).enumerated() where part > 0 {
            shares.append(LineShare(line: units[index].line, amount: part))
        }
    }

    /// Works out the units that one more bundle takes of each line; whether the basket holds another one.
    private func takesBundle(
        _ left: [Int64], _ pattern: inout [Int64], where serves: (_ item: Int, _ line: Int) -> Bool
    ) -> Bool {
        for line in pattern.indices { pattern[line] = 0 }
        for item in items.indices {
            var missing = items[item].quantity
            for line in left.indices where missing > 0 && left[line] > pattern[line] && serves(item, line) {
                let taking = min(missing, left[line] - pattern[line])
                pattern[line] += taking
                missing -= taking
            }
            guard missing == 0 else { return false }
        }
        return true
    }
}
