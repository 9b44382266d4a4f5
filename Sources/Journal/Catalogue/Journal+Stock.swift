import Retail

/// What a store has of a product.
package struct StockLevel: Sendable, Equatable {
    package var store: String
    /// Thousandths of the unit; below zero when more went out than was known of.
    package var onHand: Int64
    /// Thousandths set aside for orders.
    package var reserved: Int64
    /// When this was counted, or when the last receipt or order changed it.
    package var asOf: Instant

    /// Thousandths free to sell, never below zero.
    package var available: Int64 { max(0, onHand - reserved) }
}

/// What somebody counted, or the back office says, of a product in a store.
package struct StockCount: Sendable, Equatable {
    package var store: String
    package var sku: String
    package var quantity: Quantity
    package var asOf: Instant

    /// A count.
    package init(store: String, sku: String, quantity: Quantity, asOf: Instant) {
        self.store = store
        self.sku = sku
        self.quantity = quantity
        self.asOf = asOf
    }
}

extension JournalView {
    /// What the stores have of a product, by store.
    package func stock(of sku: String, limit: Int) throws(SQLError) -> [StockLevel] {
        try statement(
            "SELECT store, on_hand, reserved, changed_at FROM stock WHERE sku = ? ORDER BY store LIMIT ?"
        ).bind(sku).bind(limit).all(StockLevel.init(row:))
    }

    /// What a store has of a product; nil when it does not keep it.
    package func stock(of sku: String, store: String) throws(SQLError) -> StockLevel? {
        try statement("SELECT store, on_hand, reserved, changed_at FROM stock WHERE sku = ? AND store = ?")
            .bind(sku).bind(store).first(StockLevel.init(row:))
    }

    /// What is set aside for an order: thousandths by SKU.
    package func reservation(of order: Int64) throws(SQLError) -> [String: Int64] {
        var reserved: [String: Int64] = [:]
        try statement("SELECT sku, quantity FROM order_reservation WHERE pickup_order = ?").bind(order)
            .forEach { reserved[$0.text(0)] = $0.integer(1) }
        return reserved
    }
}

extension JournalTransaction {
    /// Takes a count in. What receipts and orders moved after it comes on top; a count older than the one that is known
    /// changes nothing.
    ///
    /// - Returns: whether the store keeps the product from now on and did not before.
    package func take(_ count: StockCount) throws(SQLError) -> Bool {
        let known = try statement("SELECT counted_at FROM stock WHERE sku = ? AND store = ?")
            .bind(count.sku).bind(count.store).first { $0.integer(0) }
        let at = count.asOf.millisecondsSinceEpoch
        guard let known else {
            try statement(
                """
                INSERT INTO stock (sku, store, counted, counted_at, on_hand, reserved, changed_at)
                SELECT ?1, ?2, ?3, ?4, ?3, coalesce(sum(quantity), 0), ?4
                FROM order_reservation WHERE store = ?2 AND sku = ?1
                """
            )
            .bind(count.sku).bind(count.store).bind(count.quantity.thousandths).bind(at)
            .run()
            return true
        }
        guard at >= known else { return false }
        try statement("DELETE FROM stock_movement WHERE sku = ? AND store = ? AND at <= ?")
            .bind(count.sku).bind(count.store).bind(at).run()
        let (moved, last) =
            try statement("SELECT coalesce(sum(quantity), 0), max(at) FROM stock_movement WHERE sku = ? AND store = ?")
            .bind(count.sku).bind(count.store).first { ($0.integer(0), $0.integerOrNil(1)) } ?? (0, nil)
        try statement(
            """
            UPDATE stock SET counted = ?3, counted_at = ?4, on_hand = ?3 + ?5, changed_at = ?6
            WHERE sku = ?1 AND store = ?2
            """
        )
        .bind(count.sku).bind(count.store).bind(count.quantity.thousandths).bind(at).bind(moved).bind(last ?? at)
        .run()
        return false
    }

    /// Whether any store keeps any product: asked once a receipt, so that a gateway without stock does not look for it line
    /// by line.
    package func keepsStock() throws(SQLError) -> Bool {
        try statement("SELECT EXISTS (SELECT 1 FROM stock)").first { $0.bool(0) } ?? false
    }

    /// Notes that goods went out (below zero) or came in. Where the store does not keep the product nothing happens:
    /// stock that nobody counted is not invented.
    package func moveStock(
        of sku: String, store: String, by thousandths: Int64, at instant: Instant
    ) throws(SQLError) {
        let at = instant.millisecondsSinceEpoch
        let isKept =
            try statement(
                """
                UPDATE stock SET on_hand = on_hand + ?3, changed_at = max(changed_at, ?4)
                WHERE sku = ?1 AND store = ?2 RETURNING 1
                """
            )
            .bind(sku).bind(store).bind(thousandths).bind(at).first { $0.bool(0) } ?? false
        guard isKept else { return }
        try statement(
            """
            INSERT INTO stock_movement (sku, store, at, quantity) VALUES (?, ?, ?, ?)
            ON CONFLICT (sku, store, at) DO UPDATE SET quantity = quantity + excluded.quantity
            """
        )
        .bind(sku).bind(store).bind(at).bind(thousandths)
        .run()
    }

    /// Sets goods aside for an order in place of what was set aside for it before; an empty list gives everything back.
    ///
    /// Written down for every product, kept or not: a store that begins to keep one knows what is promised of it.
    ///
    /// - Parameter goods: thousandths by SKU, above zero.
    package func reserve(
        _ goods: [String: Int64], for order: Int64, store: String, at instant: Instant
    ) throws(SQLError) {
        let before = try reservation(of: order)
        // By SKU, so that two runs of the same history write the same journal.
        for sku in Set(before.keys).union(goods.keys).sorted() {
            let difference = (goods[sku] ?? 0) - (before[sku] ?? 0)
            guard difference != 0 else { continue }
            if let quantity = goods[sku] {
                try statement(
                    """
                    INSERT INTO order_reservation (pickup_order, sku, store, quantity) VALUES (?, ?, ?, ?)
                    ON CONFLICT (pickup_order, sku) DO UPDATE SET quantity = excluded.quantity
                    """
                ).bind(order).bind(sku).bind(store).bind(quantity).run()
            } else {
                try statement("DELETE FROM order_reservation WHERE pickup_order = ? AND sku = ?")
                    .bind(order).bind(sku).run()
            }
            try statement(
                """
                UPDATE stock SET reserved = reserved + ?3, changed_at = max(changed_at, ?4)
                WHERE sku = ?1 AND store = ?2
                """
            ).bind(sku).bind(store).bind(difference).bind(instant.millisecondsSinceEpoch).run()
        }
    }
}

extension StockLevel {
    fileprivate init(row: SQLRow) {
        self.init(
            store: row.text(0), onHand: row.integer(1), reserved: row.integer(2),
            asOf: Instant(millisecondsSinceEpoch: row.integer(3)))
    }
}
