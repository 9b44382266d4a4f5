import Retail

/// What an audit found: counts, and every place where two facts disagree.
package struct AuditReport: Sendable, Equatable {
    package var customers: Int64
    package var ledgerEntries: Int64
    package var receipts: Int64
    package var conflicts: Int64
    package var orders: Int64
    package var unsent: Int64
    package var quarantined: Int64
    package var lots: Int64
    package var holds: Int64
    package var products: Int64
    /// Products of stores, each product of each store one.
    package var stockLevels: Int64
    /// Orders that have goods set aside.
    package var reservations: Int64
    /// The sum of all points that customers have: what the retailer owes.
    package var pointsLiability: Int64
    /// Of those, points that wait to become active.
    package var pointsPending: Int64
    /// Points that customers owe.
    package var pointsDebt: Int64
    /// Empty means that everything adds up.
    package var findings: [AuditFinding]
}

/// A place where two facts disagree.
package struct AuditFinding: Sendable, Equatable {
    /// `database`, `balance`, `lot`, `hold`, `points`, `answer`, `outbox`, `ledger`, `order`, `basket`, `stock`,
    /// `reservation`, `shift`, `correction`.
    package var kind: String
    /// Where: a customer, a receipt's key, an order.
    package var key: String
    /// What does not agree, for a person.
    package var message: String
}

extension JournalView {
    /// Findings of one kind are listed up to this number, then counted.
    private static var findingsPerCheckMaximum: Int { 100 }

    /// Proves that every balance is the sum of its entries and that what refers to something finds it.
    ///
    /// - Parameter now: tells pending points from active ones.
    package func audit(at now: Instant) throws(SQLError) -> AuditReport {
        var findings = try integrityFindings()
        findings += try balanceFindings()
        findings += try lotFindings()
        findings += try receiptFindings()
        findings += try receiptPointsFindings()
        findings += try orderFindings()
        findings += try feedFindings()
        findings += try basketFindings()
        findings += try stockFindings()
        findings += try backlogFindings()
        findings += try shiftFindings()
        findings += try correctionFindings()
        return AuditReport(
            customers: try count("SELECT count(*) FROM customer"),
            ledgerEntries: try count("SELECT count(*) FROM ledger_entry"),
            receipts: try count("SELECT count(*) FROM receipt"),
            conflicts: try count("SELECT count(*) FROM receipt_conflict"),
            orders: try count("SELECT count(*) FROM pickup_order"),
            unsent: try count("SELECT count(*) FROM outbox"),
            quarantined: try count("SELECT count(*) FROM quarantine"),
            lots: try count("SELECT count(*) FROM points_lot WHERE is_empty = 0"),
            holds: try count("SELECT count(DISTINCT receipt_key) FROM points_hold"),
            products: try count("SELECT count(*) FROM product"),
            stockLevels: try count("SELECT count(*) FROM stock"),
            reservations: try count("SELECT count(DISTINCT pickup_order) FROM order_reservation"),
            pointsLiability: try count("SELECT coalesce(sum(points), 0) FROM points_lot"),
            pointsPending: try statement("SELECT coalesce(sum(points), 0) FROM points_lot WHERE active_from > ?")
                .bind(now.millisecondsSinceEpoch).first { $0.integer(0) } ?? 0,
            pointsDebt: try count("SELECT coalesce(-sum(points), 0) FROM ledger_entry WHERE lot IS NULL"),
            findings: findings)
    }

    private func count(_ sql: StaticString) throws(SQLError) -> Int64 {
        try statement(sql).first { $0.integer(0) } ?? 0
    }

    func findings(
        _ sql: StaticString, _ describe: (SQLRow) -> AuditFinding
    ) throws(SQLError) -> [AuditFinding] {
        let all = try statement(sql).all(describe)
        guard all.count > Self.findingsPerCheckMaximum else { return all }
        let shown = all.prefix(Self.findingsPerCheckMaximum)
        let rest = AuditFinding(
            kind: shown[0].kind, key: "*", message: "and \(all.count - shown.count) more of this kind")
        return shown + [rest]
    }

    /// The first fault that `quick_check` finds in the database file.
    func quickCheck() throws(SQLError) -> String? {
        let answer = try statement("PRAGMA quick_check(1)").first { $0.text(0) }
        return answer == "ok" ? nil : answer ?? "no answer"
    }

    private func integrityFindings() throws(SQLError) -> [AuditFinding] {
        let answers = try statement("PRAGMA integrity_check(20)").all { $0.text(0) }
        return answers.filter { $0 != "ok" }.map { AuditFinding(kind: "database", key: "journal.sqlite", message: $0) }
    }

    /// Every entry's balances must be those before it plus its own movement, numbered without a gap.
    private func balanceFindings() throws(SQLError) -> [AuditFinding] {
        try findings(
            """
            SELECT customer, number, points_after, points_sum, turnover_after, turnover_sum, position,
                   purchases_after, purchases_sum, debt_after, debt_sum
            FROM (SELECT customer, number, points_after, turnover_after, purchases_after, debt_after,
                         sum(points) OVER entries AS points_sum, sum(turnover) OVER entries AS turnover_sum,
                         sum(purchases) OVER entries AS purchases_sum,
                         -sum(CASE WHEN lot IS NULL THEN points ELSE 0 END) OVER entries AS debt_sum,
                         row_number() OVER entries AS position
                  FROM ledger_entry WINDOW entries AS (PARTITION BY customer ORDER BY number))
            WHERE points_after <> points_sum OR turnover_after <> turnover_sum OR purchases_after <> purchases_sum
               OR debt_after <> debt_sum OR number <> position
            """
        ) { row in
            AuditFinding(
                kind: "balance", key: "c-\(row.integer(0))",
                message: "entry \(row.integer(1)) says \(row.integer(2)) points, \(row.integer(4)) turnover, "
                    + "\(row.integer(7)) purchases and \(row.integer(9)) owed, the \(row.integer(6)) entries up to it "
                    + "add up to \(row.integer(3)), \(row.integer(5)), \(row.integer(8)) and \(row.integer(10))")
        }
    }

    /// The points of each lot must be the sum of its entries, and no more may be held of it than it has.
    private func lotFindings() throws(SQLError) -> [AuditFinding] {
        let describe: (SQLRow) -> AuditFinding = { row in
            AuditFinding(
                kind: "lot", key: "c-\(row.integer(0))",
                message: "lot \(row.integer(1)) has \(row.integer(2)) points, its entries add up to \(row.integer(3))")
        }
        return try findings(
            """
            SELECT l.customer, l.number, l.points, coalesce(e.points, 0)
            FROM points_lot l
            LEFT JOIN (SELECT customer, lot, sum(points) AS points FROM ledger_entry
                       WHERE lot IS NOT NULL GROUP BY customer, lot) e ON e.customer = l.customer AND e.lot = l.number
            WHERE l.points <> coalesce(e.points, 0) OR l.points < 0 OR l.is_empty <> (l.points = 0)
            """, describe)
            + findings(
                """
                SELECT e.customer, e.lot, 0, sum(e.points)
                FROM ledger_entry e LEFT JOIN points_lot l ON l.customer = e.customer AND l.number = e.lot
                WHERE e.lot IS NOT NULL AND l.number IS NULL
                GROUP BY e.customer, e.lot HAVING sum(e.points) <> 0
                """, describe)
            + findings(
                """
                SELECT h.customer, h.lot, sum(h.points), coalesce(l.points, 0)
                FROM points_hold h LEFT JOIN points_lot l ON l.customer = h.customer AND l.number = h.lot
                GROUP BY h.customer, h.lot HAVING sum(h.points) > coalesce(l.points, 0)
                """
            ) { row in
                AuditFinding(
                    kind: "hold", key: "c-\(row.integer(0))",
                    message: "\(row.integer(2)) points of lot \(row.integer(1)) are held, it has \(row.integer(3))")
            }
    }

    private func receiptFindings() throws(SQLError) -> [AuditFinding] {
        try findings(
            """
            SELECT store, till, shift, number, length(answer) FROM receipt
            WHERE NOT json_valid(CAST(answer AS TEXT))
            """
        ) { row in
            AuditFinding(
                kind: "answer", key: "\(row.text(0))/\(row.text(1))/\(row.integer(2))/\(row.text(3))",
                message: row.integer(4) == 0 ? "stored without an answer" : "the stored answer cannot be read")
        }
            + findings(
                """
                SELECT o.sequence, o.id FROM outbox o LEFT JOIN receipt r ON r.sequence = o.receipt
                WHERE o.type = 'receipt' AND r.sequence IS NULL
                """
            ) { AuditFinding(kind: "outbox", key: $0.text(1), message: "entry \($0.integer(0)) has no receipt") }
            + findings(
                """
                SELECT l.customer, l.number, l.receipt FROM ledger_entry l LEFT JOIN receipt r ON r.sequence = l.receipt
                WHERE l.receipt IS NOT NULL AND r.sequence IS NULL
                  AND l.receipt >= coalesce((SELECT CAST(value AS INTEGER) FROM fact
                                             WHERE name = 'receipts_removed_below'), 0)
                """
            ) {
                AuditFinding(
                    kind: "ledger", key: "c-\($0.integer(0))",
                    message: "the receipt \($0.integer(2)) of entry \($0.integer(1)) is absent")
            }
    }

    /// What a receipt's answer says of points must be what the ledger says that it did.
    private func receiptPointsFindings() throws(SQLError) -> [AuditFinding] {
        try findings(
            """
            SELECT store, till, shift, number, coalesce(told_earned, 'nothing'), coalesce(told_spent, 'nothing'),
                   earned, spent
            FROM (
                SELECT r.store, r.till, r.shift, r.number,
                       json_extract(r.told, '$.points.earned') AS told_earned,
                       json_extract(r.told, '$.points.spent') AS told_spent,
                       coalesce((SELECT sum(points) FROM ledger_entry e WHERE e.original = r.sequence
                                 AND e.receipt = r.sequence AND e.reason = 'earned'), 0) AS earned,
                       coalesce((SELECT -sum(points) FROM ledger_entry e WHERE e.original = r.sequence
                                 AND e.receipt = r.sequence AND e.reason = 'spent'), 0) AS spent
                FROM (SELECT *, CASE WHEN json_valid(CAST(answer AS TEXT)) THEN CAST(answer AS TEXT) END AS told
                      FROM receipt) r
                WHERE r.kind = 'sale' AND r.judgement IS NOT NULL AND r.customer IS NOT NULL AND r.told IS NOT NULL)
            WHERE told_earned IS NOT earned OR told_spent IS NOT spent
            """
        ) { row in
            AuditFinding(
                kind: "points", key: "\(row.text(0))/\(row.text(1))/\(row.integer(2))/\(row.text(3))",
                message: "the till was told \(row.text(4)) earned and \(row.text(5)) spent, the ledger says "
                    + "\(row.integer(6)) and \(row.integer(7))")
        }
    }

    private func orderFindings() throws(SQLError) -> [AuditFinding] {
        try findings(
            """
            SELECT p.source, p.number, p.state, coalesce(t.state, 'none')
            FROM pickup_order p
            LEFT JOIN order_transition t ON t.pickup_order = p.id AND t.number = p.state_number
            WHERE t.state IS NULL OR t.state <> p.state
            """
        ) { row in
            AuditFinding(
                kind: "order", key: "\(row.text(0))/\(row.text(1))",
                message: "is \(row.text(2)), its last transition says \(row.text(3))")
        }
    }
}
