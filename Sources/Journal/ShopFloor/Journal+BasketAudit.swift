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
        // Baskets are kept for longer than old receipts, and do not know when theirs came: before the newest that was
        // removed it may be gone.
        let removedUntil = try receiptsRemovedUntil()?.millisecondsSinceEpoch ?? .min
        let sold = try statement(
            """
            SELECT store, app, basket, receipt_key FROM floor_basket WHERE receipt_key IS NOT NULL AND changed_at > ?
            """
        ).bind(removedUntil).all { (store: $0.text(0), app: $0.text(1), basket: $0.text(2), key: $0.text(3)) }
        var absent: [AuditFinding] = []
        for basket in sold where absent.count < 100 {
            if let key = ReceiptKey(text: basket.key), key.store == basket.store, try hasReceipt(key) { continue }
            absent.append(
                AuditFinding(
                    kind: "basket", key: "\(basket.store)/\(basket.app)/\(basket.basket)",
                    message: "its receipt \(basket.key) is absent"))
        }
        return told + absent
    }
}
