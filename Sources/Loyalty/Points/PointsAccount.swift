import Retail

/// Why points cannot be moved as asked.
public enum PointsError: Error, Hashable, Sendable {
    /// A number of points that is not more than zero.
    case notPositive
    /// More than can be spent now.
    case notEnough(available: Int64)
    /// The balance would leave 64 bits.
    case overflow
    /// Two accounts with the same lot cannot be merged.
    case lotInBoth(LotID)
}

/// The points of one customer: lots, holds on them, and a debt if a receipt spent what was not there.
///
/// A value without a clock or a store: every operation is told the time, changes the value and returns the entries
/// that the ledger must keep. Every operation first settles what time has done (holds that ended, lots whose last day is
/// over), so an account that nobody looked at for years is right again when it is touched.
///
/// An account that is loaded must hold all lots with points, and those that a receipt spent from when it comes back.
public struct PointsAccount: Hashable, Sendable {
    /// The lots, the older first.
    public internal(set) var lots: [Lot]
    /// Holds that have not ended.
    public internal(set) var holds: [Hold]
    /// Points that receipts have spent without having them.
    public internal(set) var debt: Int64
    /// The number that the next lot gets.
    public internal(set) var nextLot: LotID

    /// An account as it was stored; a new one when nothing is given.
    public init(lots: [Lot] = [], holds: [Hold] = [], debt: Int64 = 0, nextLot: LotID = LotID(number: 1)) {
        self.lots = lots.sorted { $0.id < $1.id }
        self.holds = holds
        self.debt = debt
        let afterLast = LotID(number: (self.lots.last?.id.number ?? 0) + 1)
        self.nextLot = max(nextLot, afterLast)
    }

    /// The debt as it was stored.
    public mutating func adopt(debt: Int64) {
        self.debt = debt
    }

    /// Lots get numbers from this one on.
    public mutating func numberLots(from next: LotID) {
        nextLot = max(next, nextLot)
    }

    /// All points less the debt: the sum of all entries.
    public var balance: Int64 {
        lots.reduce(0) { $0 + $1.points } - debt
    }

    /// Points that can be spent now: active lots less what is held.
    public func available(at now: Instant) -> Int64 {
        lots.reduce(0) { $0 + free($1, at: now) }
    }

    /// Points that are held now.
    public func held(at now: Instant) -> Int64 {
        holds.reduce(0) { $1.expiresAt > now ? $0 + $1.points : $0 }
    }

    /// Points that are held for one receipt now.
    public func held(for receipt: ReceiptKey, at now: Instant) -> Int64 {
        holds.reduce(0) { $1.receipt == receipt && $1.expiresAt > now ? $0 + $1.points : $0 }
    }

    /// Points that will become active. What is held is none of them, also when a clock that was put back makes the lot
    /// wait once more: available, held and pending points never have one in common.
    public func pending(at now: Instant) -> Int64 {
        lots.reduce(0) { sum, lot in
            guard lot.activeFrom > now, !lot.isExpired(at: now) else { return sum }
            return sum + lot.points - held(of: lot.id, at: now)
        }
    }

    /// The active points that burn first, and when.
    public func nextToExpire(at now: Instant) -> (points: Int64, expiresAt: Instant)? {
        let expiring = lots.filter { $0.points > 0 && $0.isActive(at: now) }
        guard let first = expiring.compactMap(\.expiresAt).min() else { return nil }
        return (expiring.reduce(0) { $1.expiresAt == first ? $0 + $1.points : $0 }, first)
    }

    /// When time next changes something: a hold ends, a lot becomes active or burns. `nil`: never.
    ///
    /// With this an account can stand in a queue of its own instead of being looked for.
    public func nextChange(after now: Instant) -> Instant? {
        var next: Instant?
        func consider(_ instant: Instant?) {
            if let instant, instant > now { next = min(next ?? instant, instant) }
        }
        for lot in lots where lot.points > 0 {
            consider(lot.expiresAt)
            if lot.activeFrom != Lot.uponFirstPurchase { consider(lot.activeFrom) }
        }
        for hold in holds { consider(hold.expiresAt) }
        return next
    }

    // MARK: Shared by the operations

    /// The points of a lot that can be spent now.
    func free(_ lot: Lot, at now: Instant) -> Int64 {
        lot.isActive(at: now) ? lot.points - held(of: lot.id, at: now) : 0
    }

    /// The points of a lot that holds keep from everybody else.
    func held(of lot: LotID, at now: Instant) -> Int64 {
        holds.reduce(0) { sum, hold in
            guard hold.expiresAt > now else { return sum }
            return hold.parts.reduce(sum) { $1.lot == lot ? $0 + $1.points : $0 }
        }
    }

    /// Up to so many points that can be spent now, by lot, in the order of spending.
    func freeParts(_ points: Int64, at now: Instant) -> [LotPart] {
        guard points > 0 else { return [] }
        var missing = points
        var parts: [LotPart] = []
        for lot in lots.sorted(by: Lot.isSpentBefore) where missing > 0 {
            let taking = min(missing, free(lot, at: now))
            guard taking > 0 else { continue }
            parts.append(LotPart(lot: lot.id, points: taking))
            missing -= taking
        }
        return parts
    }

    /// Refuses points that would take the account out of 64 bits, before anything has changed.
    func check(adding points: Int64) throws(PointsError) {
        let all = lots.reduce(Int128(points)) { $0 + Int128($1.points) }
        guard all + Int128(debt) <= Int128(Int64.max) else { throw .overflow }
    }

    /// Refuses points of which, at worst, all become a debt.
    func check(owing points: Int64) throws(PointsError) {
        guard !debt.addingReportingOverflow(points).overflow else { throw .overflow }
    }

    /// Moves points of a lot and returns the entry for it.
    mutating func move(
        _ points: Int64, lot: LotID, _ reason: LedgerEntry.Reason, receipt: ReceiptKey? = nil, at now: Instant
    ) -> LedgerEntry {
        if let index = lots.firstIndex(where: { $0.id == lot }) {
            lots[index].points += points
            precondition(lots[index].points >= 0, "a lot never holds fewer than no points")
        }
        return LedgerEntry(lot: lot, points: points, reason: reason, receipt: receipt, at: now)
    }

    /// Adds to the debt (points above zero) or pays it off (below), and returns the entry for it.
    mutating func owe(
        _ points: Int64, _ reason: LedgerEntry.Reason, receipt: ReceiptKey? = nil, at now: Instant
    ) -> LedgerEntry {
        debt += points
        precondition(debt >= 0, "no more than the debt is repaid")
        return LedgerEntry(lot: nil, points: -points, reason: reason, receipt: receipt, at: now)
    }
}
