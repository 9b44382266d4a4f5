import Loyalty
import Retail

extension JournalTransaction {
    /// Opens a customer's account for a change; what is done to it is stored by ``post(_:_:)``.
    package func open(
        _ customer: CustomerID, withLots lots: Set<LotID> = [], parts: AccountParts = .all
    ) throws(SQLError) -> Posting {
        var account = try account(of: customer, withLots: lots, parts: parts)
        account.points.numberLots(from: try nextLot())
        return Posting(customer: customer, stored: account)
    }

    /// Writes what a posting did to an account and returns the account after it.
    ///
    /// - Throws: ``ArithmeticError`` when a balance would leave 64 bits.
    package func post(_ posting: Posting, _ cause: PostingCause) throws -> LoyaltyAccount {
        var posting = posting
        try addEntries(&posting, cause)
        try storeLots(posting)
        try storeHolds(posting)
        for promotion in posting.promotionsUsed { try countUse(of: promotion, by: posting.customer) }
        if !posting.promotionsUsed.isEmpty {
            posting.account.promotionUses = try promotionUses(of: posting.customer)
        }
        if let year = posting.account.giftYear, year != posting.stored.giftYear {
            try statement("INSERT OR REPLACE INTO birthday_gift (customer, year) VALUES (?, ?)")
                .bind(posting.customer.number).bind(year).run()
        }
        return posting.account
    }

    /// One more receipt made use of a promotion.
    package func countTotalUse(of promotion: String) throws(SQLError) {
        try statement(
            """
            INSERT INTO promotion_total (promotion, receipts) VALUES (?, 1)
            ON CONFLICT (promotion) DO UPDATE SET receipts = receipts + 1
            """
        ).bind(promotion).run()
    }

    private func countUse(of promotion: String, by customer: CustomerID) throws(SQLError) {
        try statement(
            """
            INSERT INTO promotion_use (customer, promotion, receipts) VALUES (?, ?, 1)
            ON CONFLICT (customer, promotion) DO UPDATE SET receipts = receipts + 1
            """
        ).bind(customer.number).bind(promotion).run()
    }

    // MARK: Entries

    /// Turnover and purchases ride on the first entry; when no points move, they get one of their own.
    private func addEntries(_ posting: inout Posting, _ cause: PostingCause) throws {
        var entries = posting.entries.map { entry in
            LedgerRow(
                lot: entry.lot?.number, points: entry.points, reason: entry.reason.rawValue,
                original: entry.receipt == cause.original?.key ? cause.original?.sequence : nil)
        }
        let movesMore = posting.turnover != .zero || posting.purchases != 0
        if entries.isEmpty, movesMore {
            entries.append(LedgerRow(lot: nil, points: 0, reason: cause.reason, original: cause.original?.sequence))
        }
        guard !entries.isEmpty else { return }
        entries[0].turnover = posting.turnover
        entries[0].purchases = posting.purchases
        var balance = LedgerBalance(posting.stored)
        for entry in entries {
            try balance.add(entry)
            try insert(entry, balance, of: posting.customer, cause)
        }
        posting.account.turnover = balance.turnover
        posting.account.purchases = balance.purchases
        posting.account.lastEntry = balance.number
    }

    private func insert(
        _ entry: LedgerRow, _ after: LedgerBalance, of customer: CustomerID, _ cause: PostingCause
    ) throws(SQLError) {
        try statement(
            """
            INSERT INTO ledger_entry
                (customer, number, points, turnover, points_after, turnover_after, reason, receipt, at, lot, original,
                 purchases, purchases_after, debt_after)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        .bind(customer.number).bind(after.number).bind(entry.points).bind(entry.turnover.minorUnits)
        .bind(after.points).bind(after.turnover.minorUnits).bind(entry.reason).bind(cause.receipt)
        .bind(cause.at.millisecondsSinceEpoch).bind(entry.lot).bind(entry.original)
        .bind(entry.purchases).bind(after.purchases).bind(after.debt)
        .run()
    }

    // MARK: Lots

    private func storeLots(_ posting: Posting) throws(SQLError) {
        let before = Dictionary(posting.stored.points.lots.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for lot in posting.account.points.lots {
            if let known = before[lot.id] {
                guard known != lot else { continue }
                try statement(
                    """
                    UPDATE points_lot SET points = ?, is_empty = ?, active_from = ?
                    WHERE customer = ? AND is_empty = ? AND number = ?
                    """
                )
                .bind(lot.points).bind(lot.points == 0).bind(lot.activeFrom.millisecondsSinceEpoch)
                .bind(posting.customer.number).bind(known.points == 0).bind(lot.id.number).run()
            } else {
                try insert(lot, of: posting.customer)
            }
        }
        try advanceLots(to: posting.account.points.nextLot)
    }

    func insert(_ lot: Lot, of customer: CustomerID) throws(SQLError) {
        try statement(
            """
            INSERT INTO points_lot (customer, is_empty, number, origin, receipt_key, active_from, expires_at, points)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        .bind(customer.number).bind(lot.points == 0).bind(lot.id.number).bind(lot.origin.rawValue).bind(
            lot.receipt?.text
        )
        .bind(lot.activeFrom.millisecondsSinceEpoch).bind(lot.expiresAt?.millisecondsSinceEpoch).bind(lot.points)
        .run()
    }

    // MARK: Holds

    private func storeHolds(_ posting: Posting) throws(SQLError) {
        let before = posting.stored.points.holds
        let after = posting.account.points.holds
        guard before != after else { return }
        for hold in before where !after.contains(hold) {
            try statement("DELETE FROM points_hold WHERE customer = ? AND receipt_key = ?")
                .bind(posting.customer.number).bind(hold.receipt.text).run()
        }
        for hold in after where !before.contains(hold) { try insert(hold, of: posting.customer) }
    }

    func insert(_ hold: Hold, of customer: CustomerID) throws(SQLError) {
        for (position, part) in hold.parts.enumerated() {
            try statement(
                """
                INSERT INTO points_hold (customer, receipt_key, position, lot, points, expires_at)
                VALUES (?, ?, ?, ?, ?, ?)
                """
            )
            .bind(customer.number).bind(hold.receipt.text).bind(position).bind(part.lot.number).bind(part.points)
            .bind(hold.expiresAt.millisecondsSinceEpoch).run()
        }
    }
}

/// One entry on its way into the table.
private struct LedgerRow {
    var lot: Int64?
    var points: Int64
    var reason: String
    var original: Int64?
    var turnover = Money.zero
    var purchases: Int64 = 0
}

/// The balances after an entry: the last entry's are the account's.
private struct LedgerBalance {
    private(set) var number: Int64
    private(set) var points: Int64
    private(set) var turnover: Money
    private(set) var purchases: Int64
    private(set) var debt: Int64

    init(_ account: LoyaltyAccount) {
        number = account.lastEntry
        points = account.points.balance
        turnover = account.turnover
        purchases = account.purchases
        debt = account.points.debt
    }

    mutating func add(_ entry: LedgerRow) throws {
        let (sum, overflow) = points.addingReportingOverflow(entry.points)
        guard !overflow else { throw ArithmeticError.overflow }
        number += 1
        points = sum
        turnover = try turnover.adding(entry.turnover)
        purchases += entry.purchases
        // The account has checked that the debt fits.
        if entry.lot == nil { debt -= entry.points }
    }
}
