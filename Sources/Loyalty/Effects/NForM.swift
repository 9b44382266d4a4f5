import Retail

/// N units for the price of M: of every full group of N the cheapest N − M are free.
///
/// Whole units of all touched lines count together, the dearest first, so the groups are made to the shop's favour
/// within a group and to the customer's between them.
public struct NForM: DiscountEffect, Hashable {
    /// Units of a group.
    public let n: Int64
    /// Units of a group that are paid.
    public let m: Int64

    func discounts(on lines: [WorkingLine], _ marks: ProductMarks, touched: [Int], shares: inout [LineShare]) {
        var units = LineUnits.whole(of: lines, touched) { _ in true }
        units.sort { ($1.value, $0.line) < ($0.value, $1.line) }
        let total = units.reduce(Int128(0)) { $0 + Int128($1.count) }
        let grouped = total / Int128(n) * Int128(n)
        var first = Int128(0)
        for unit in units {
            let next = first + Int128(unit.count)
            let free = freeUnits(before: min(next, grouped)) - freeUnits(before: min(first, grouped))
            first = next
            if free > 0 {
                shares.append(LineShare(line: unit.line, amount: narrowed(free * Int128(unit.value))))
            }
        }
    }

    /// How many of the first units, in groups of N with the free ones last, are free.
    private func freeUnits(before position: Int128) -> Int128 {
        let (groups, rest) = position.quotientAndRemainder(dividingBy: Int128(n))
        return groups * Int128(n - m) + max(0, rest - Int128(m))
    }
}

/// The whole units of a line and what each of them costs now.
struct LineUnits {
    let line: Int
    let count: Int64
    let value: Int64

    /// Those of lines that have any and are wanted.
    static func whole(
        of lines: [WorkingLine], _ touched: [Int], where isWanted: (ProductMarks.Line) -> Bool
    ) -> [LineUnits] {
        var units: [LineUnits] = []
        units.reserveCapacity(touched.count)
        for line in touched where lines[line].wholeUnits > 0 && isWanted(lines[line].marks) {
            units.append(LineUnits(line: line, count: lines[line].wholeUnits, value: lines[line].unitValue))
        }
        return units
    }
}
