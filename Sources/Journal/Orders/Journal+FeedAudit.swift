extension JournalView {
    /// Changes that websites would never hear of, or in the wrong order: a transition has one place in the feed, behind that
    /// of the one before it, and what waits for a website is in a lane that is looked at.
    func feedFindings() throws(SQLError) -> [AuditFinding] {
        let places = try findings(
            """
            SELECT o.source, o.number, t.number
            FROM order_transition t JOIN pickup_order o ON o.id = t.pickup_order
            LEFT JOIN order_change c ON c.pickup_order = t.pickup_order AND c.number = t.number
            LEFT JOIN order_change before ON before.pickup_order = t.pickup_order AND before.number = t.number - 1
            WHERE c.sequence IS NULL OR before.sequence > c.sequence
            """
        ) { row in
            AuditFinding(
                kind: "order", key: "\(row.text(0))/\(row.text(1))",
                message: "transition \(row.integer(2)) has no place in the feed behind the one before it")
        }
        let lanes = try findings(
            """
            SELECT DISTINCT o.source, o.number
            FROM webhook_delivery d JOIN pickup_order o ON o.id = d.pickup_order
            LEFT JOIN webhook_lane l ON l.webhook = d.webhook AND l.pickup_order = d.pickup_order
            WHERE l.webhook IS NULL
            """
        ) { row in
            AuditFinding(
                kind: "webhook", key: "\(row.text(0))/\(row.text(1))",
                message: "changes wait for the website that nothing looks for")
        }
        return places + lanes
    }
}
