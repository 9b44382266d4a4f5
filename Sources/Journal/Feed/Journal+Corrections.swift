import Retail

/// A correction of a customer's points or turnover, as upstream sent it.
package struct PointsCorrectionRecord: Sendable, Equatable {
    package var id: String
    /// Whose account it went to; merges may have followed.
    package var customer: CustomerID
    package var points: Int64
    package var turnover: Money
    package var reason: String
    package var receipt: ReceiptKey?
    /// When it was made.
    package var at: Instant
    /// The balance that the customer came with has it in it already: it is known and moved nothing.
    package var isContained: Bool

    /// A correction with every field given.
    package init(
        id: String, customer: CustomerID, points: Int64, turnover: Money, reason: String, receipt: ReceiptKey?,
        at: Instant, isContained: Bool
    ) {
        self.id = id
        self.customer = customer
        self.points = points
        self.turnover = turnover
        self.reason = reason
        self.receipt = receipt
        self.at = at
        self.isContained = isContained
    }
}

/// What a customer thought of seller and store.
package struct RatingRecord: Sendable, Equatable {
    /// 1 to 5.
    package var value: Int
    package var at: Instant
    package var text: String?
    package var store: String?
    package var seller: String?

    /// A rating with every field given.
    package init(value: Int, at: Instant, text: String?, store: String?, seller: String?) {
        self.value = value
        self.at = at
        self.text = text
        self.store = store
        self.seller = seller
    }
}

extension JournalView {
    /// The correction with this id.
    package func pointsCorrection(_ id: String) throws(SQLError) -> PointsCorrectionRecord? {
        try statement(
            """
            SELECT id, customer, points, turnover, reason, receipt_key, at, is_contained FROM points_correction
            WHERE id = ?
            """
        ).bind(id).first { row in
            PointsCorrectionRecord(
                id: row.text(0), customer: CustomerID(number: row.integer(1)), points: row.integer(2),
                turnover: Money(minorUnits: row.integer(3)), reason: row.text(4),
                receipt: row.textOrNil(5).flatMap { ReceiptKey(text: $0) },
                at: Instant(millisecondsSinceEpoch: row.integer(6)), isContained: row.bool(7))
        }
    }

    /// The last rating of a customer and of those who were merged into them.
    package func rating(of people: [CustomerID]) throws(SQLError) -> RatingRecord? {
        var last: RatingRecord?
        for person in people {
            let found = try statement("SELECT value, at, text, store, seller FROM customer_rating WHERE customer = ?")
                .bind(person.number).first { row in
                    RatingRecord(
                        value: Int(row.integer(0)), at: Instant(millisecondsSinceEpoch: row.integer(1)),
                        text: row.textOrNil(2), store: row.textOrNil(3), seller: row.textOrNil(4))
                }
            guard let found, found.at > last?.at ?? .distantPast else { continue }
            last = found
        }
        return last
    }

    /// Every correction must be one entry or more of the ledger, and every such entry a correction's. Merges move
    /// balances with entries of another reason, so corrections and their entries stay together.
    func correctionFindings() throws(SQLError) -> [AuditFinding] {
        try findings(
            """
            SELECT customer, sum(said), sum(done) FROM (
                SELECT customer, points AS said, 0 AS done FROM points_correction WHERE is_contained = 0
                UNION ALL
                SELECT customer, 0, points FROM ledger_entry WHERE reason = 'correction')
            GROUP BY customer HAVING sum(said) <> sum(done)
            """
        ) { row in
            AuditFinding(
                kind: "correction", key: "c-\(row.integer(0))",
                message: "corrections of \(row.integer(1)) points were sent, the ledger has \(row.integer(2))")
        }
    }
}

extension JournalTransaction {
    /// Keeps a correction, so that it counts once.
    package func put(_ correction: PointsCorrectionRecord, at now: Instant) throws(SQLError) {
        try statement(
            """
            INSERT INTO points_correction
                (id, customer, points, turnover, reason, receipt_key, at, is_contained, applied_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        .bind(correction.id).bind(correction.customer.number).bind(correction.points)
        .bind(correction.turnover.minorUnits).bind(correction.reason).bind(correction.receipt?.text)
        .bind(correction.at.millisecondsSinceEpoch).bind(correction.isContained).bind(now.millisecondsSinceEpoch)
        .run()
    }

    /// Keeps a customer's rating unless a newer one is known.
    ///
    /// - Returns: whether it is news.
    package func put(_ rating: RatingRecord, of customer: CustomerID) throws(SQLError) -> Bool {
        try statement(
            """
            INSERT INTO customer_rating (customer, value, at, text, store, seller) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (customer) DO UPDATE SET
                value = excluded.value, at = excluded.at, text = excluded.text, store = excluded.store,
                seller = excluded.seller
            WHERE excluded.at > customer_rating.at
            RETURNING 1
            """
        )
        .bind(customer.number).bind(rating.value).bind(rating.at.millisecondsSinceEpoch).bind(rating.text)
        .bind(rating.store).bind(rating.seller)
        .first { _ in true } ?? false
    }
}
