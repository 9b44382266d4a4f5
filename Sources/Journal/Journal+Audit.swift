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
    /// The sum of all points that customers hold: what the retailer owes.
    package var pointsLiability: Int64
    /// Empty means that everything adds up.
    package var findings: [AuditFinding]
}

/// A place where two facts disagree.
package struct AuditFinding: Sendable, Equatable {
    /// `database`, `balance`, `answer`, `outbox`, `ledger`, `order`.
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
    package func audit() throws(SQLError) -> AuditReport {
        var findings = try integrityFindings()
        findings += try balanceFindings()
        findings += try receiptFindings()
        findings += try orderFindings()
        return AuditReport(
            customers: try count("SELECT count(*) FROM customer"),
            ledgerEntries: try count("SELECT count(*) FROM ledger_entry"),
            receipts: try count("SELECT count(*) FROM receipt"),
            conflicts: try count("SELECT count(*) FROM receipt_conflict"),
            orders: try count("SELECT count(*) FROM pickup_order"),
            unsent: try count("SELECT count(*) FROM outbox"),
            quarantined: try count("SELECT count(*) FROM quarantine"),
            pointsLiability: try count("SELECT coalesce(sum(points), 0) FROM ledger_entry"),
            findings: findings)
    }

    private func count(_ sql: StaticString) throws(SQLError) -> Int64 {
        try statement(sql).first { $0.integer(0) } ?? 0
    }

    private func findings(
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

    /// Every entry's balance must be the one before it plus its own movement, numbered without a gap.
    private func balanceFindings() throws(SQLError) -> [AuditFinding] {
        try findings(
            """
            SELECT customer, number, points_after, points_sum, turnover_after, turnover_sum, position
            FROM (SELECT customer, number, points_after, turnover_after,
                         sum(points) OVER entries AS points_sum, sum(turnover) OVER entries AS turnover_sum,
                         row_number() OVER entries AS position
                  FROM ledger_entry WINDOW entries AS (PARTITION BY customer ORDER BY number))
            WHERE points_after <> points_sum OR turnover_after <> turnover_sum OR number <> position
            """
        ) { row in
            AuditFinding(
                kind: "balance", key: "c-\(row.integer(0))",
                message: "entry \(row.integer(1)) says \(row.integer(2)) points and \(row.integer(4)) turnover, the "
                    + "\(row.integer(6)) entries up to it add up to \(row.integer(3)) and \(row.integer(5))")
        }
    }

    private func receiptFindings() throws(SQLError) -> [AuditFinding] {
        try findings("SELECT store, till, shift, number FROM receipt WHERE length(answer) = 0") { row in
            AuditFinding(
                kind: "answer", key: "\(row.text(0))/\(row.text(1))/\(row.integer(2))/\(row.text(3))",
                message: "stored without an answer")
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
                """
            ) {
                AuditFinding(
                    kind: "ledger", key: "c-\($0.integer(0))",
                    message: "the receipt \($0.integer(2)) of entry \($0.integer(1)) is absent")
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
