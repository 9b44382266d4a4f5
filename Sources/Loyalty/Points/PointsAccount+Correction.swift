import Retail

extension PointsAccount {
    /// Another system has found that points are missing: they come in as a lot of their own, and a debt is repaid
    /// from them first.
    ///
    /// - Parameter receipt: the receipt that the correction is about. The lot is not the receipt's: a return of that
    ///   receipt takes back what it earned itself.
    /// - Throws: `notPositive`, or `overflow` when the balance would leave 64 bits.
    public mutating func correct(
        adding grant: Grant, about receipt: ReceiptKey? = nil, at now: Instant
    ) throws(PointsError) -> [LedgerEntry] {
        guard grant.points > 0 else { throw .notPositive }
        try check(adding: grant.points)
        var entries = settle(at: now)
        let lot = open(grant)
        entries.append(move(grant.points, lot: lot, .corrected, receipt: receipt, at: now))
        let repaid = min(debt, grant.points)
        if repaid > 0 {
            entries.append(move(-repaid, lot: lot, .debtRepaid, receipt: receipt, at: now))
            entries.append(owe(-repaid, .debtRepaid, receipt: receipt, at: now))
        }
        return entries
    }

    /// Another system has found that there are points too many: they are taken as a receipt would take them, those that
    /// are held stay where they are, and what is missing becomes a debt.
    ///
    /// - Parameter receipt: the receipt that the correction is about.
    /// - Throws: `notPositive`, or `overflow` when the debt would leave 64 bits.
    public mutating func correct(
        taking points: Int64, about receipt: ReceiptKey? = nil, at now: Instant
    ) throws(PointsError) -> [LedgerEntry] {
        guard points > 0 else { throw .notPositive }
        try check(owing: points)
        var entries = settle(at: now)
        var missing = points
        for part in freeParts(points, at: now) {
            entries.append(move(-part.points, lot: part.lot, .corrected, receipt: receipt, at: now))
            missing -= part.points
        }
        if missing > 0 { entries.append(owe(missing, .corrected, receipt: receipt, at: now)) }
        return entries
    }
}
