/// What a whole receipt contains of one tax.
public struct TaxTotal: Hashable, Sendable {
    /// The rate.
    public var rate: BasisPoints
    /// The till's own code of the tax; it tells an exemption from a rate of 0 %.
    public var code: String?
    /// What is taxed, without the tax.
    public var base: Money
    /// The tax.
    public var amount: Money

    /// A tax of a receipt.
    public init(rate: BasisPoints, code: String? = nil, base: Money, amount: Money) {
        self.rate = rate
        self.code = code
        self.base = base
        self.amount = amount
    }
}

extension Receipt {
    /// Whether the taxes by rate agree with the total, with the lines and with themselves; true when there are none.
    ///
    /// Bases and taxes together are the total. At each rate they are what the lines with this rate come to, as far as lines
    /// say their rate. A tax is its rate's share, but for what rounding line by line can make of it, because fiscal law
    /// lets tills round either way.
    var taxesAddUp: Bool {
        guard !taxes.isEmpty else { return true }
        var charged: [BasisPoints: Int128] = [:]
        for tax in taxes { charged[tax.rate, default: 0] += tax.charged }
        guard charged.values.reduce(0, +) == Int128(total.minorUnits) else { return false }
        var sold: [BasisPoints: Int128] = [:]
        var lineCounts: [BasisPoints: Int] = [:]
        for line in lines {
            guard let rate = line.taxRate else { continue }
            sold[rate, default: 0] += Int128(line.amount.minorUnits)
            lineCounts[rate, default: 0] += 1
        }
        let isWhole = lineCounts.values.reduce(0, +) == lines.count
        for (rate, amount) in sold {
            // Less than the total at one rate is more than the lines at another: looking for too little finds both.
            guard amount <= charged[rate] ?? 0 else { return false }
        }
        return taxes.allSatisfy { tax in
            tax.isShare(within: max(1, isWhole ? lineCounts[tax.rate] ?? 0 : lines.count))
        }
    }
}

extension TaxTotal {
    /// What customers were charged at this rate, tax included.
    fileprivate var charged: Int128 { Int128(base.minorUnits) + Int128(amount.minorUnits) }

    /// Whether the tax is the rate's share of what was charged, give or take so many minor units.
    fileprivate func isShare(within units: Int) -> Bool {
        guard rate > .zero else { return amount == .zero }
        let whole = Int128(BasisPoints.whole) + Int128(rate.value)
        let difference = Int128(amount.minorUnits) * whole - charged * Int128(rate.value)
        return difference.magnitude <= UInt128(units) * whole.magnitude
    }
}
