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
            WHERE customer = ? AND is_empty = 0
            """
        ).bind(customer.number).all(Lot.init(row:))
        for lot in lots where !found.contains(where: { $0.id == lot }) {
            found += try statement(
                """
                SELECT number, origin, receipt_key, active_from, expires_at, points FROM points_lot
                WHERE customer = ? AND is_empty IN (0, 1) AND number = ?
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

    func promotionUses(of customer: CustomerID) throws(SQLError) -> [String: Int64] {
        var uses: [String: Int64] = [:]
        try statement("SELECT promotion, receipts FROM promotion_use WHERE customer = ?").bind(customer.number)
            .forEach { uses[$0.text(0)] = $0.integer(1) }
        return uses
    }

    /// What a customer's turnover has gained since a moment.
    package func turnover(of customer: CustomerID, since: Instant) throws(SQLError) -> Money {
        let sum = try statement("SELECT coalesce(sum(turnover), 0) FROM ledger_entry WHERE customer = ? AND at >= ?")
            .bind(customer.number).bind(since.millisecondsSinceEpoch)
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

    /// What a receipt did to points, and what others corrected about it since, in the order in which it was done, whoever
    /// owned the account then.
    package func movements(causedBy sequence: Int64, customers: [CustomerID]) throws(SQLError) -> [LotMovement] {
        var movements: [LotMovement] = []
        for customer in customers {
            movements += try statement(
                """
                SELECT e.lot, e.points, e.reason, l.active_from, l.expires_at FROM ledger_entry e
                LEFT JOIN points_lot l ON l.customer = ?1 AND l.is_empty IN (0, 1) AND l.number = e.lot
                WHERE e.customer = ?2 AND (e.receipt = ?3 OR (e.original = ?3 AND e.receipt IS NULL)) AND e.points <> 0
                ORDER BY e.number
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

    private static var totalsAskedOneByOne: Int { 8 }

    /// How many receipts made use of each of these promotions.
    package func promotionTotals(of promotions: Set<String>) throws(SQLError) -> [String: Int64] {
        var totals: [String: Int64] = [:]
        // A scan of them all is cheaper than many questions.
        if promotions.count > Self.totalsAskedOneByOne {
            return try promotionTotals().filter { promotions.contains($0.key) }
        }
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
