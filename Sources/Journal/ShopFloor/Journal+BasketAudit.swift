import Retail

extension JournalView {
    /// A basket names a receipt exactly when it was sold, and that receipt is there.
    func basketFindings() throws(SQLError) -> [AuditFinding] {
        let told = try statement(
            """
            SELECT store, app, basket, state, coalesce(receipt_key, 'none') FROM floor_basket
            WHERE (state = 'sold') <> (receipt_key IS NOT NULL)
               OR state NOT IN ('sent', 'opened', 'sold', 'returned', 'withdrawn') LIMIT 100
            """
        ).all { row in
            AuditFinding(
                kind: "basket", key: "\(row.text(0))/\(row.text(1))/\(row.text(2))",
                message: "is \(row.text(3)), its receipt is \(row.text(4))")
        }
        let absent = try statement(
            """
            SELECT b.store, b.app, b.basket, b.receipt_key FROM floor_basket b
            WHERE b.receipt_key IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM receipt r
                WHERE r.store = b.store AND r.till = b.till
                  AND r.store || '/' || r.till || '/' || r.shift || '/' || r.number = b.receipt_key) LIMIT 100
            """
        ).all { row in
            AuditFinding(
                kind: "basket", key: "\(row.text(0))/\(row.text(1))/\(row.text(2))",
                message: "its receipt \(row.text(3)) is absent")
        }
        return told + absent
    }
}
