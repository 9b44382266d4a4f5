import Loyalty
import Retail

/// What a merge of two customers has moved.
package struct MergeOutcome: Sendable, Equatable {
    /// The customer who goes on.
    package var survivor: CustomerID
    /// How many identifiers lead there now that led elsewhere before.
    package var identifiers: Int
}

extension JournalTransaction {
    /// Makes one customer of two: everything that one has goes to the other, and its id leads there from now on.
    ///
    /// Turnover keeps the days on which it was made, because a rolling window counts by them.
    ///
    /// - Parameters:
    ///   - gone: a customer who was not merged into anybody.
    ///   - survivor: another such customer.
    package func merge(_ gone: CustomerID, into survivor: CustomerID, at now: Instant) throws -> MergeOutcome {
        var leaving = try open(gone)
        var staying = try open(survivor)
        let points = leaving.account.points.balance
        var moved = try staying.account.points.absorb(&leaving.account.points, at: now)
        if planted.contains(.mergeDoublesPoints), points > 0 {
            moved.own += try staying.account.points.earn(
                Grant(points: points, origin: .granted, activeFrom: now), at: now)
        }
        if leaving.stored.purchases + staying.stored.purchases > 0 {
            // Points of the one may wait for a first purchase that the other has made.
            staying.account.points.activateUponFirstPurchase(at: now)
        }
        leaving.entries = moved.others
        leaving.turnover = try Money.zero.subtracting(leaving.stored.turnover)
        leaving.purchases = -leaving.stored.purchases
        staying.entries = moved.own
        staying.purchases = leaving.stored.purchases
        staying.account.giftYear = [leaving.stored.giftYear, staying.stored.giftYear].compactMap { $0 }.max()
        let parts = try turnoverByQuarterHour(of: gone)
        // Lots with points are written anew by the posting; the empty ones move, so that a return finds them.
        try statement("DELETE FROM points_lot WHERE customer = ? AND is_empty = 0").bind(gone.number).run()
        try statement("UPDATE points_lot SET customer = ? WHERE customer = ?").bind(survivor.number).bind(gone.number)
            .run()
        _ = try post(leaving, PostingCause(Self.mergedAway, at: now))
        var account = try post(staying, PostingCause(Self.mergedIn, at: now))
        for part in parts {
            var posting = Posting(customer: survivor, stored: account)
            posting.turnover = part.turnover
            account = try post(posting, PostingCause(Self.mergedIn, at: part.last))
        }
        try mergeUses(gone, into: survivor)
        return MergeOutcome(survivor: survivor, identifiers: try mergePerson(gone, into: survivor))
    }

    private static var mergedAway: String { LedgerEntry.Reason.mergedAway.rawValue }
    private static var mergedIn: String { LedgerEntry.Reason.mergedIn.rawValue }

    /// In every time zone a day begins on a quarter of an hour: what is added up here was made on one day of any store.
    private func turnoverByQuarterHour(of customer: CustomerID) throws(SQLError) -> [(last: Instant, turnover: Money)] {
        try statement(
            """
            SELECT max(at), sum(turnover) FROM ledger_entry WHERE customer = ?
            GROUP BY at / 900000 HAVING sum(turnover) <> 0 ORDER BY 1
            """
        ).bind(customer.number)
            .all { (Instant(millisecondsSinceEpoch: $0.integer(0)), Money(minorUnits: $0.integer(1))) }
    }

    private func mergeUses(_ gone: CustomerID, into survivor: CustomerID) throws(SQLError) {
        try statement(
            """
            INSERT INTO promotion_use (customer, promotion, receipts)
            SELECT ?, promotion, receipts FROM promotion_use WHERE customer = ?
            ON CONFLICT (customer, promotion) DO UPDATE SET receipts = receipts + excluded.receipts
            """
        ).bind(survivor.number).bind(gone.number).run()
        try statement("DELETE FROM promotion_use WHERE customer = ?").bind(gone.number).run()
        try statement("DELETE FROM birthday_gift WHERE customer = ?").bind(gone.number).run()
    }

    /// Moves the identifiers and completes the profile; returns how many identifiers were moved.
    private func mergePerson(_ gone: CustomerID, into survivor: CustomerID) throws(SQLError) -> Int {
        if let person = try customer(gone) {
            let profile = CustomerProfile(
                name: person.name, segment: person.segment, birthday: person.birthday, consents: person.consents)
            try completeProfile(of: survivor, with: profile)
        }
        // Whoever goes on has been spoken of by upstream if either was: else its next word would count as the first one,
        // and a balance that the one who goes came with would be brought up once more. What a shop was told of either of
        // them, upstream may not have heard yet.
        try statement(
            """
            UPDATE customer SET (known_at, opened_at, told_at) = (
                SELECT coalesce(customer.known_at, g.known_at), coalesce(customer.opened_at, g.opened_at),
                       nullif(max(coalesce(customer.told_at, 0), coalesce(g.told_at, 0)), 0)
                FROM customer g WHERE g.id = ?2)
            WHERE id = ?1
            """
        ).bind(survivor.number).bind(gone.number).run()
        let moved = try identifiers(of: gone).count
        try statement("UPDATE customer_identifier SET customer = ? WHERE customer = ?")
            .bind(survivor.number).bind(gone.number).run()
        try statement("UPDATE customer SET merged_into = ? WHERE id = ?").bind(survivor.number).bind(gone.number).run()
        return moved
    }
}
