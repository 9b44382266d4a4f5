import Retail

/// One movement of points. Entries are only ever added; a balance is always the sum of its entries.
public struct LedgerEntry: Hashable, Sendable {
    /// Why points moved.
    public enum Reason: String, CaseIterable, Hashable, Sendable {
        /// Points came in.
        case earned
        /// A receipt spent them.
        case spent
        /// A return took back what a receipt had earned.
        case reversed
        /// A return gave back what a receipt had spent.
        case restored
        /// Their last day is over.
        case burnt
        /// They paid a debt.
        case debtRepaid = "debt_repaid"
        /// They went to the account of the customer that this one was merged with.
        case mergedAway = "merged_away"
        /// They came from the account of a customer that was merged with this one.
        case mergedIn = "merged_in"
        /// Another system has corrected the balance.
        case corrected = "correction"
    }

    /// The lot; `nil` when the debt moved.
    public let lot: LotID?
    /// Points that came in; below zero when they went out.
    public let points: Int64
    /// Why.
    public let reason: Reason
    /// The receipt that is to do with it.
    public let receipt: ReceiptKey?
    /// When.
    public let at: Instant

    /// An entry as it was stored.
    public init(lot: LotID?, points: Int64, reason: Reason, receipt: ReceiptKey? = nil, at: Instant) {
        self.lot = lot
        self.points = points
        self.reason = reason
        self.receipt = receipt
        self.at = at
    }
}

/// A movement together with what is known of its lot.
public struct LotMovement: Hashable, Sendable {
    /// The lot; `nil` when the debt moved.
    public let lot: LotID?
    /// Points that came in; below zero when they went out.
    public let points: Int64
    /// Why.
    public let reason: LedgerEntry.Reason
    /// From when on the lot's points can be spent.
    public let activeFrom: Instant?
    /// When the lot burns.
    public let expiresAt: Instant?

    /// A movement as it was stored.
    public init(
        lot: LotID?, points: Int64, reason: LedgerEntry.Reason, activeFrom: Instant? = nil, expiresAt: Instant? = nil
    ) {
        self.lot = lot
        self.points = points
        self.reason = reason
        self.activeFrom = activeFrom
        self.expiresAt = expiresAt
    }
}

/// A lot, or the debt, whose points are not the sum of its entries.
public struct LedgerDiscrepancy: Hashable, Sendable {
    /// The lot; `nil` for the debt.
    public let lot: LotID?
    /// What the account says.
    public let account: Int64
    /// What the entries add up to.
    public let ledger: Int64
}

extension PointsAccount {
    /// Compares the account with all its entries: empty when every balance is the sum of its entries.
    public func discrepancies(with ledger: some Sequence<LedgerEntry>) -> [LedgerDiscrepancy] {
        var sums: [LotID?: Int64] = [:]
        for entry in ledger { sums[entry.lot, default: 0] &+= entry.points }
        var found: [LedgerDiscrepancy] = []
        for lot in lots {
            let sum = sums.removeValue(forKey: lot.id) ?? 0
            if sum != lot.points { found.append(LedgerDiscrepancy(lot: lot.id, account: lot.points, ledger: sum)) }
        }
        let debt = sums.removeValue(forKey: nil) ?? 0
        if debt != -self.debt { found.append(LedgerDiscrepancy(lot: nil, account: -self.debt, ledger: debt)) }
        // Lots that were emptied and forgotten, or have gone to another account, add up to nothing.
        for (lot, sum) in sums where sum != 0 {
            found.append(LedgerDiscrepancy(lot: lot, account: 0, ledger: sum))
        }
        return found.sorted { ($0.lot?.number ?? .min) < ($1.lot?.number ?? .min) }
    }
}
