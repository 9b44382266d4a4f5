import Retail

extension PointsAccount {
    /// Days that points live on which a return gives back after their own lot has burnt.
    public static let restoredDays = 14

    /// Goods have come back: gives back the points that they had cost, then takes back those that they had earned.
    ///
    /// In this order, so that a customer who returns everything ends without a debt wherever that is possible.
    ///
    /// - Parameters:
    ///   - earned: the points to take back; see `reversal(total:quantity:returnedBefore:returnedNow:)`.
    ///   - spent: the points to give back.
    ///   - receipt: the receipt that the goods were sold with.
    ///   - history: all entries of that receipt.
    ///   - zone: the store's clock, for the last day of points that are given back anew.
    /// - Throws: `overflow` when points or debt would leave 64 bits.
    public mutating func takeBack(
        earned: Int64, spent: Int64, of receipt: ReceiptKey, history: [LedgerEntry], at now: Instant,
        zone: StoreZone
    ) throws(PointsError) -> [LedgerEntry] {
        try check(adding: spent)
        try check(owing: earned)
        return settle(at: now)
            + restore(spent, of: receipt, history: history, at: now, zone: zone)
            + reverse(earned, of: receipt, at: now)
            + repayDebt(at: now)
    }

    /// Takes back points that a receipt earned: from its own lots first, pending or active, then from the others in
    /// the order of spending, and what is missing becomes a debt.
    mutating func reverse(_ points: Int64, of receipt: ReceiptKey, at now: Instant) -> [LedgerEntry] {
        precondition(points >= 0, "a return does not take back fewer than no points")
        var entries: [LedgerEntry] = []
        var missing = points
        for lot in lots where lot.receipt == receipt && missing > 0 {
            let taking = min(missing, lot.points - held(of: lot.id, at: now))
            guard taking > 0 else { continue }
            entries.append(move(-taking, lot: lot.id, .reversed, receipt: receipt, at: now))
            missing -= taking
        }
        for part in freeParts(missing, at: now) {
            entries.append(move(-part.points, lot: part.lot, .reversed, receipt: receipt, at: now))
            missing -= part.points
        }
        if missing > 0 { entries.append(owe(missing, .reversed, receipt: receipt, at: now)) }
        return entries
    }

    /// Gives back points that a receipt spent, the last taken first: a debt that it made is lowered, then the points go
    /// to the lots that they came from with their own expiry; where that has passed, into a new lot that lives 14 more
    /// days.
    mutating func restore(
        _ points: Int64, of receipt: ReceiptKey, history: [LedgerEntry], at now: Instant, zone: StoreZone
    ) -> [LedgerEntry] {
        precondition(points >= 0, "a return does not give back fewer than no points")
        var entries: [LedgerEntry] = []
        var homeless: Int64 = 0
        for part in toRestore(points, of: receipt, history: history) {
            guard let lot = part.lot else {
                let repaid = min(debt, part.points)
                if repaid > 0 { entries.append(owe(-repaid, .restored, receipt: receipt, at: now)) }
                homeless += part.points - repaid
                continue
            }
            if let home = lots.first(where: { $0.id == lot }), !home.isExpired(at: now) {
                entries.append(move(part.points, lot: lot, .restored, receipt: receipt, at: now))
            } else {
                homeless += part.points
            }
        }
        if homeless > 0 {
            let end = zone.start(ofDay: PointsAccount.restoredDays + 1, after: now)
            let lot = open(Grant(points: homeless, origin: .restored, activeFrom: now, expiresAt: end))
            entries.append(move(homeless, lot: lot, .restored, receipt: receipt, at: now))
        }
        return entries
    }

    /// What the receipt took, the last first, less what earlier returns have given back already.
    private func toRestore(
        _ points: Int64, of receipt: ReceiptKey, history: [LedgerEntry]
    ) -> [(lot: LotID?, points: Int64)] {
        let ofReceipt = history.filter { $0.receipt == receipt }
        var given = ofReceipt.reduce(Int64(0)) { $1.reason == .restored ? $0 + $1.points : $0 }
        var left = points
        var parts: [(lot: LotID?, points: Int64)] = []
        for entry in ofReceipt.reversed() where entry.reason == .spent && left > 0 {
            let already = min(given, -entry.points)
            given -= already
            let taking = min(left, -entry.points - already)
            if taking > 0 { parts.append((entry.lot, taking)) }
            left -= taking
        }
        // A receipt from before there were lots has one entry for all that it did: its points are in that entry's lot. Points
        // of which nothing is known go into a new lot: they are not lost for want of a history.
        if left > 0 { parts.append((ofReceipt.last { $0.lot != nil }?.lot ?? LotID(number: 0), left)) }
        return parts
    }
}
