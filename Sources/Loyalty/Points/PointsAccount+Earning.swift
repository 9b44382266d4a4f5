import Retail

extension PointsAccount {
    /// Points come in as a lot of their own; a debt is repaid from them at once, active or not.
    ///
    /// - Throws: `notPositive`, or `overflow` when the balance would leave 64 bits.
    public mutating func earn(_ grant: Grant, at now: Instant) throws(PointsError) -> [LedgerEntry] {
        guard grant.points > 0 else { throw .notPositive }
        try check(adding: grant.points)
        var entries = settle(at: now)
        let lot = open(grant)
        entries.append(move(grant.points, lot: lot, .earned, receipt: grant.receipt, at: now))
        let repaid = min(debt, grant.points)
        if repaid > 0 {
            entries.append(move(-repaid, lot: lot, .debtRepaid, receipt: grant.receipt, at: now))
            entries.append(owe(-repaid, .debtRepaid, receipt: grant.receipt, at: now))
        }
        return entries
    }

    /// The first purchase has been made: points that waited for it can be spent from now on.
    public mutating func activateUponFirstPurchase(at now: Instant) {
        for index in lots.indices where lots[index].activeFrom == Lot.uponFirstPurchase {
            lots[index].activeFrom = now
        }
    }

    /// An empty lot for the points of a grant.
    mutating func open(_ grant: Grant) -> LotID {
        let id = nextLot
        nextLot = LotID(number: id.number + 1)
        lots.append(
            Lot(
                id: id, origin: grant.origin, receipt: grant.receipt, activeFrom: grant.activeFrom,
                expiresAt: grant.expiresAt, points: 0))
        return id
    }

    /// Lets time do its work: holds that have ended go, lots whose last day is over burn, except for what is held, and
    /// points that have become active pay a debt.
    public mutating func settle(at now: Instant) -> [LedgerEntry] {
        if holds.contains(where: { $0.expiresAt <= now }) { holds.removeAll { $0.expiresAt <= now } }
        var entries: [LedgerEntry] = []
        for index in lots.indices where lots[index].points > 0 && lots[index].isExpired(at: now) {
            let lot = lots[index]
            let burning = lot.points - held(of: lot.id, at: now)
            if burning > 0 {
                entries.append(move(-burning, lot: lot.id, .burnt, receipt: lot.receipt, at: now))
            }
        }
        if debt > 0 { entries += repayDebt(at: now) }
        return entries
    }

    /// Points that can be spent repay the debt: nobody owes points and has points to spend at the same time.
    mutating func repayDebt(at now: Instant) -> [LedgerEntry] {
        guard debt > 0 else { return [] }
        var entries: [LedgerEntry] = []
        for part in freeParts(debt, at: now) {
            entries.append(move(-part.points, lot: part.lot, .debtRepaid, at: now))
            entries.append(owe(-part.points, .debtRepaid, at: now))
        }
        return entries
    }
}
