import Retail

extension PointsAccount {
    /// Takes over everything that another account of the same person has: lots as they are, holds and debt. Points
    /// that can be spent then repay the debt.
    ///
    /// - Returns: the entries of the account that goes on and of the one that ends; the latter is empty afterwards.
    /// - Throws: `lotInBoth`, and nothing has changed.
    public mutating func absorb(
        _ other: inout PointsAccount, at now: Instant
    ) throws(PointsError) -> (own: [LedgerEntry], others: [LedgerEntry]) {
        let ownLots = Set(lots.map(\.id))
        if let common = other.lots.first(where: { ownLots.contains($0.id) }) { throw .lotInBoth(common.id) }
        try check(owing: other.debt)
        try check(
            adding: other.lots.reduce(Int64(0)) { sum, lot in
                let (both, overflow) = sum.addingReportingOverflow(lot.points)
                return overflow ? .max : both
            })
        var own = settle(at: now)
        var others = other.settle(at: now)
        for lot in other.lots where lot.points > 0 {
            others.append(LedgerEntry(lot: lot.id, points: -lot.points, reason: .mergedAway, at: now))
            own.append(LedgerEntry(lot: lot.id, points: lot.points, reason: .mergedIn, at: now))
        }
        if other.debt > 0 {
            others.append(LedgerEntry(lot: nil, points: other.debt, reason: .mergedAway, at: now))
            own.append(owe(other.debt, .mergedIn, at: now))
        }
        lots = (lots + other.lots).sorted { $0.id < $1.id }
        holds += other.holds
        nextLot = max(nextLot, other.nextLot)
        other = PointsAccount(nextLot: nextLot)
        own += repayDebt(at: now)
        return (own, others)
    }
}
