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
    /// One sentence per disagreement; empty means that everything adds up.
    package var findings: [String]
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
            pointsLiability: try count("SELECT coalesce(sum(points), 0) FROM customer"),
            findings: findings)
    }

    private func count(_ sql: StaticString) throws(SQLError) -> Int64 {
        try statement(sql).first { $0.integer(0) } ?? 0
    }

    private func findings(_ sql: StaticString, _ describe: (SQLRow) -> String) throws(SQLError) -> [String] {
        let all = try statement(sql).all(describe)
        guard all.count > Self.findingsPerCheckMaximum else { return all }
        let shown = all.prefix(Self.findingsPerCheckMaximum)
        return shown + ["and \(all.count - shown.count) more of this kind"]
    }

    private func integrityFindings() throws(SQLError) -> [String] {
        let answers = try statement("PRAGMA integrity_check(20)").all { $0.text(0) }
        return answers.filter { $0 != "ok" }.map { "database: \($0)" }
    }

    private func balanceFindings() throws(SQLError) -> [String] {
        try findings(
            """
            SELECT c.id, c.points, coalesce(l.points, 0), c.turnover, coalesce(l.turnover, 0)
            FROM customer c
            LEFT JOIN (SELECT customer, sum(points) AS points, sum(turnover) AS turnover
                       FROM ledger_entry GROUP BY customer) l ON l.customer = c.id
            WHERE c.points <> coalesce(l.points, 0) OR c.turnover <> coalesce(l.turnover, 0)
            """
        ) { row in
            "customer c-\(row.integer(0)): balance \(row.integer(1)) points and \(row.integer(3)) turnover, "
                + "entries add up to \(row.integer(2)) and \(row.integer(4))"
        }
    }

    private func receiptFindings() throws(SQLError) -> [String] {
        try findings("SELECT store, till, shift, number FROM receipt WHERE length(answer) = 0") { row in
            "receipt \(row.text(0))/\(row.text(1))/\(row.integer(2))/\(row.text(3)): stored without an answer"
        }
            + findings(
                """
                SELECT o.sequence, o.id FROM outbox o LEFT JOIN receipt r ON r.sequence = o.receipt
                WHERE o.type = 'receipt' AND r.sequence IS NULL
                """
            ) { "outbox entry \($0.integer(0)): its receipt \($0.text(1)) is not in the journal" }
            + findings(
                """
                SELECT l.id, l.receipt FROM ledger_entry l LEFT JOIN receipt r ON r.sequence = l.receipt
                WHERE l.receipt IS NOT NULL AND r.sequence IS NULL
                """
            ) { "ledger entry \($0.integer(0)): its receipt \($0.integer(1)) is not in the journal" }
    }

    private func orderFindings() throws(SQLError) -> [String] {
        try findings(
            """
            SELECT p.source, p.number, p.state, coalesce(t.state, 'none')
            FROM pickup_order p
            LEFT JOIN order_transition t ON t.pickup_order = p.id AND t.number = p.state_number
            WHERE t.state IS NULL OR t.state <> p.state
            """
        ) { "order \($0.text(0))/\($0.text(1)): is \($0.text(2)), its last transition says \($0.text(3))" }
    }
}
