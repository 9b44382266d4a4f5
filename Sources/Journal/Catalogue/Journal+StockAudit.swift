extension JournalView {
    /// What is set aside must be what open orders ask for, and what is there the last count and what moved since.
    func stockFindings() throws(SQLError) -> [AuditFinding] {
        try levelFindings() + reservationFindings()
    }

    private func levelFindings() throws(SQLError) -> [AuditFinding] {
        try findings(
            """
            SELECT * FROM (
                SELECT s.store, s.sku, s.reserved, s.on_hand, s.counted,
                       (SELECT coalesce(sum(r.quantity), 0) FROM order_reservation r
                        WHERE r.store = s.store AND r.sku = s.sku) AS promised,
                       (SELECT coalesce(sum(m.quantity), 0) FROM stock_movement m
                        WHERE m.sku = s.sku AND m.store = s.store) AS moved
                FROM stock s)
            WHERE reserved <> promised OR on_hand <> counted + moved
            """
        ) { row in
            AuditFinding(
                kind: "stock", key: "\(row.text(0))/\(row.text(1))",
                message: "says \(row.integer(2)) thousandths reserved and \(row.integer(3)) on hand; open orders have "
                    + "\(row.integer(5)), the last count and what moved since make "
                    + "\(row.integer(4) + row.integer(6))")
        }
    }

    /// Until goods are paid or handed over, or the order is over, they are set aside: no more of them and no less.
    private func reservationFindings() throws(SQLError) -> [AuditFinding] {
        try findings(
            """
            SELECT p.source, p.number, d.sku, sum(d.reserved), sum(d.asked)
            FROM (SELECT pickup_order AS id, sku, quantity AS reserved, 0 AS asked FROM order_reservation
                  UNION ALL
                  SELECT o.id, json_extract(l.value, '$.sku'), 0,
                         CAST(round(json_extract(l.value, '$.quantity') * 1000) AS INTEGER)
                  FROM pickup_order o,
                       json_each(iif(json_valid(CAST(o.body AS TEXT)), CAST(o.body AS TEXT), '{}'), '$.lines') l
                  WHERE o.state IN ('new', 'delivered', 'accepted', 'picking', 'ready', 'claimed', 'cancel_requested')
                 ) d
            JOIN pickup_order p ON p.id = d.id
            GROUP BY d.id, d.sku HAVING sum(d.reserved) <> sum(d.asked)
            """
        ) { row in
            AuditFinding(
                kind: "reservation", key: "\(row.text(0))/\(row.text(1))",
                message: "has \(row.integer(3)) thousandths of \(row.text(2)) set aside and asks for \(row.integer(4))")
        }
    }
}
