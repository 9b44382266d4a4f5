import Retail

/// What a receipt has spent.
public struct Spending: Hashable, Sendable {
    /// The entries for the ledger.
    public let entries: [LedgerEntry]
    /// Points that were spent without being there: now a debt.
    public let debt: Int64
    /// Points that no hold had kept for the receipt; above zero the receipt is marked as a discrepancy.
    public let notHeld: Int64
}

extension PointsAccount {
    /// Keeps points for a receipt, so that nobody else can spend them; a receipt that holds points already holds so
    /// many from now on.
    ///
    /// - Throws: `notPositive`, or `notEnough` with what could be held; the account is as before then, an earlier hold
    ///   of this receipt included.
    public mutating func hold(
        _ points: Int64, for receipt: ReceiptKey, until end: Instant, at now: Instant
    ) throws(PointsError) -> [LedgerEntry] {
        guard points > 0 else { throw .notPositive }
        var settled = self
        let entries = settled.settle(at: now)
        try settled.keep(points, for: receipt, until: end, at: now)
        self = settled
        return entries
    }

    private mutating func keep(
        _ points: Int64, for receipt: ReceiptKey, until end: Instant, at now: Instant
    ) throws(PointsError) {
        let earlier = holds.first { $0.receipt == receipt && $0.expiresAt > now }?.parts ?? []
        let kept = PointsAccount.first(points, of: earlier)
        let keptPoints = kept.reduce(0) { $0 + $1.points }
        let more = freeParts(points - keptPoints, at: now)
        guard keptPoints + more.reduce(0, { $0 + $1.points }) == points else {
            throw .notEnough(available: available(at: now) + earlier.reduce(0) { $0 + $1.points })
        }
        holds.removeAll { $0.receipt == receipt }
        holds.append(Hold(receipt: receipt, parts: PointsAccount.joined(kept + more), expiresAt: end))
    }

    /// Gives up the hold of a receipt; says whether there was one.
    public mutating func release(_ receipt: ReceiptKey, at now: Instant) -> (wasHeld: Bool, entries: [LedgerEntry]) {
        let wasHeld = holds.contains { $0.receipt == receipt && $0.expiresAt > now }
        holds.removeAll { $0.receipt == receipt }
        return (wasHeld, settle(at: now))
    }

    /// A receipt has been paid and has spent these points: first what it held, then what is available, and what is
    /// missing becomes a debt, because the money has changed hands. The rest of its hold ends.
    ///
    /// - Throws: `overflow` when the debt would leave 64 bits.
    public mutating func commit(
        _ points: Int64, of receipt: ReceiptKey, at now: Instant
    ) throws(PointsError) -> Spending {
        precondition(points >= 0, "a receipt does not spend fewer than no points")
        try check(owing: points)
        var entries = settle(at: now)
        let heldParts = holds.first { $0.receipt == receipt && $0.expiresAt > now }?.parts ?? []
        holds.removeAll { $0.receipt == receipt }
        var missing = points
        for part in PointsAccount.first(points, of: heldParts) {
            entries.append(move(-part.points, lot: part.lot, .spent, receipt: receipt, at: now))
            missing -= part.points
        }
        let notHeld = missing
        for part in freeParts(missing, at: now) {
            entries.append(move(-part.points, lot: part.lot, .spent, receipt: receipt, at: now))
            missing -= part.points
        }
        if missing > 0 { entries.append(owe(missing, .spent, receipt: receipt, at: now)) }
        entries += settle(at: now)
        return Spending(entries: entries, debt: missing, notHeld: notHeld)
    }

    private static func first(_ points: Int64, of parts: [LotPart]) -> [LotPart] {
        var left = points
        var first: [LotPart] = []
        for part in parts where left > 0 {
            let taking = min(left, part.points)
            first.append(LotPart(lot: part.lot, points: taking))
            left -= taking
        }
        return first
    }

    private static func joined(_ parts: [LotPart]) -> [LotPart] {
        var joined: [LotPart] = []
        for part in parts {
            if let index = joined.firstIndex(where: { $0.lot == part.lot }) {
                joined[index].points += part.points
            } else {
                joined.append(part)
            }
        }
        return joined
    }
}
