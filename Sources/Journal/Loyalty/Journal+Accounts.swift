import Loyalty
import Retail

extension JournalView {
    /// A customer's account as it stands; an empty one for a customer without any movement.
    ///
    /// - Parameters:
    ///   - lots: lots that are wanted although they are empty, because a return may fill them again.
    ///   - parts: what is wanted beside points, turnover and purchases.
    package func account(
        of customer: CustomerID, withLots lots: Set<LotID> = [], parts: AccountParts = .all
    ) throws(SQLError) -> LoyaltyAccount {
        var account = LoyaltyAccount()
        var found = try statement(
            """
            SELECT number, origin, receipt_key, active_from, expires_at, points FROM points_lot
            WHERE customer = ? AND points > 0
            """
        ).bind(customer.number).all(Lot.init(row:))
        for lot in lots where !found.contains(where: { $0.id == lot }) {
            found += try statement(
                """
                SELECT number, origin, receipt_key, active_from, expires_at, points FROM points_lot
                WHERE customer = ? AND number = ?
                """
            ).bind(customer.number).bind(lot.number).all(Lot.init(row:))
        }
        account.points = PointsAccount(lots: found, holds: try holds(of: customer))
        _ = try statement(
            """
            SELECT number, turnover_after, purchases_after, debt_after FROM ledger_entry
            WHERE customer = ? ORDER BY number DESC LIMIT 1
            """
        ).bind(customer.number).first { account.takeLastEntry($0) }
        if parts.contains(.birthdayGift) {
            account.giftYear = try statement("SELECT year FROM birthday_gift WHERE customer = ?")
                .bind(customer.number).first { Int($0.integer(0)) }
        }
        if parts.contains(.promotionUses) { account.promotionUses = try promotionUses(of: customer) }
        return account
    }

    fileprivate func promotionUses(of customer: CustomerID) throws(SQLError) -> [String: Int64] {
        var uses: [String: Int64] = [:]
        try statement("SELECT promotion, receipts FROM promotion_use WHERE customer = ?").bind(customer.number)
            .forEach { uses[$0.text(0)] = $0.integer(1) }
        return uses
    }

    /// What a customer's turnover has gained since a moment; all of it when there is none.
    package func turnover(of customer: CustomerID, since: Instant?) throws(SQLError) -> Money {
        let sum = try statement("SELECT coalesce(sum(turnover), 0) FROM ledger_entry WHERE customer = ? AND at >= ?")
            .bind(customer.number).bind((since ?? .init(millisecondsSinceEpoch: .min)).millisecondsSinceEpoch)
            .first { $0.integer(0) }
        return Money(minorUnits: sum ?? 0)
    }

    /// The movements of points that belong to a sale, in the order in which they were made, whoever owned the account
    /// then: the customer of the sale, or those that this customer was merged into.
    package func movements(
        ofSale sequence: Int64, key: ReceiptKey, customers: [CustomerID]
    ) throws(SQLError) -> [LedgerEntry] {
        var movements: [LedgerEntry] = []
        for customer in customers {
            movements += try statement(
                "SELECT lot, points, reason, at FROM ledger_entry WHERE customer = ? AND original = ? ORDER BY number"
            ).bind(customer.number).bind(sequence).all { row in
                LedgerEntry(
                    lot: row.integerOrNil(0).map(LotID.init(number:)), points: row.integer(1),
                    reason: LedgerEntry.Reason(rawValue: row.text(2)) ?? .earned, receipt: key,
                    at: Instant(millisecondsSinceEpoch: row.integer(3)))
            }
        }
        return movements
    }

    /// What a receipt did to points, in the order in which it was done, whoever owned the account then.
    package func movements(causedBy sequence: Int64, customers: [CustomerID]) throws(SQLError) -> [LotMovement] {
        var movements: [LotMovement] = []
        for customer in customers {
            movements += try statement(
                """
                SELECT e.lot, e.points, e.reason, l.active_from, l.expires_at FROM ledger_entry e
                LEFT JOIN points_lot l ON l.number = e.lot AND l.customer = ?
                WHERE e.customer = ? AND e.receipt = ? AND e.points <> 0 ORDER BY e.number
                """
            ).bind(customers[customers.count - 1].number).bind(customer.number).bind(sequence).all { row in
                LotMovement(
                    lot: row.integerOrNil(0).map(LotID.init(number:)), points: row.integer(1),
                    reason: LedgerEntry.Reason(rawValue: row.text(2)) ?? .earned,
                    activeFrom: row.integerOrNil(3).map(Instant.init(millisecondsSinceEpoch:)),
                    expiresAt: row.integerOrNil(4).map(Instant.init(millisecondsSinceEpoch:)))
            }
        }
        return movements
    }

    /// A customer and those that it was merged into, the one that goes on at the end.
    package func lineage(of customer: CustomerID) throws(SQLError) -> [CustomerID] {
        var lineage = [customer]
        for _ in 0..<Self.mergesFollowed {
            let next = try statement("SELECT merged_into FROM customer WHERE id = ?")
                .bind(lineage[lineage.count - 1].number).first { $0.integerOrNil(0) }
            guard let next = next ?? nil else { break }
            lineage.append(CustomerID(number: next))
        }
        return lineage
    }

    /// How many receipts made use of each promotion.
    package func promotionTotals() throws(SQLError) -> [String: Int64] {
        var totals: [String: Int64] = [:]
        try statement("SELECT promotion, receipts FROM promotion_total").forEach { totals[$0.text(0)] = $0.integer(1) }
        return totals
    }

    /// How many receipts made use of each of these promotions.
    package func promotionTotals(of promotions: Set<String>) throws(SQLError) -> [String: Int64] {
        var totals: [String: Int64] = [:]
        for promotion in promotions {
            totals[promotion] = try statement("SELECT receipts FROM promotion_total WHERE promotion = ?")
                .bind(promotion).first { $0.integer(0) }
        }
        return totals
    }

    fileprivate func holds(of customer: CustomerID) throws(SQLError) -> [Hold] {
        var holds = HoldGathering()
        try statement(
            """
            SELECT receipt_key, lot, points, expires_at FROM points_hold WHERE customer = ? ORDER BY receipt_key, position
            """
        ).bind(customer.number).forEach { holds.add($0) }
        return holds.holds
    }
}

/// Puts the rows of holds together, which come ordered by receipt.
struct HoldGathering {
    private(set) var holds: [Hold] = []

    /// Takes a row of receipt key, lot, points and end.
    mutating func add(_ row: SQLRow, from column: Int32 = 0) {
        guard let receipt = ReceiptKey(text: row.text(column)) else { return }
        let part = LotPart(lot: LotID(number: row.integer(column + 1)), points: row.integer(column + 2))
        if let last = holds.last, last.receipt == receipt {
            holds[holds.count - 1] = Hold(receipt: receipt, parts: last.parts + [part], expiresAt: last.expiresAt)
        } else {
            let end = Instant(millisecondsSinceEpoch: row.integer(column + 3))
            holds.append(Hold(receipt: receipt, parts: [part], expiresAt: end))
        }
    }
}

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
                try statement("UPDATE points_lot SET points = ?, active_from = ? WHERE customer = ? AND number = ?")
                    .bind(lot.points).bind(lot.activeFrom.millisecondsSinceEpoch).bind(posting.customer.number)
                    .bind(lot.id.number).run()
            } else {
                try insert(lot, of: posting.customer)
            }
        }
        try advanceLots(to: posting.account.points.nextLot)
    }

    func insert(_ lot: Lot, of customer: CustomerID) throws(SQLError) {
        try statement(
            """
            INSERT INTO points_lot (customer, number, origin, receipt_key, active_from, expires_at, points)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """
        )
        .bind(customer.number).bind(lot.id.number).bind(lot.origin.rawValue).bind(lot.receipt?.text)
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

extension Lot {
    init(row: SQLRow) {
        self.init(row: row, from: 0)
    }

    /// Reads number, origin, receipt key, beginning, end and points.
    init(row: SQLRow, from column: Int32) {
        self.init(
            id: LotID(number: row.integer(column)), origin: LotOrigin(rawValue: row.text(column + 1)) ?? .granted,
            receipt: row.textOrNil(column + 2).flatMap { ReceiptKey(text: $0) },
            activeFrom: Instant(millisecondsSinceEpoch: row.integer(column + 3)),
            expiresAt: row.integerOrNil(column + 4).map(Instant.init(millisecondsSinceEpoch:)),
            points: row.integer(column + 5))
    }
}
