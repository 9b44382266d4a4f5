import Retail

/// How new what is known of a product is.
package struct ProductAge: Sendable, Equatable {
    /// When upstream last changed the product; nil: never.
    package var knownAt: Instant?
    /// From when on its price counts; nil: nothing was said of that.
    package var priceAt: Instant?
    package var isWithdrawn: Bool
}

/// A price that counts from a moment to come.
package struct ComingPrice: Sendable, Equatable {
    package var sku: String
    package var price: Money
    package var from: Instant

    /// A price with every field given.
    package init(sku: String, price: Money, from: Instant) {
        self.sku = sku
        self.price = price
        self.from = from
    }
}

extension JournalView {
    /// How new what is known of a product is, withdrawn ones included; nil when there never was one.
    package func productAge(sku: String) throws(SQLError) -> ProductAge? {
        try statement("SELECT known_at, price_at, withdrawn_at IS NOT NULL FROM product WHERE sku = ?").bind(sku)
            .first { row in
                ProductAge(
                    knownAt: row.integerOrNil(0).map(Instant.init(millisecondsSinceEpoch:)),
                    priceAt: row.integerOrNil(1).map(Instant.init(millisecondsSinceEpoch:)), isWithdrawn: row.bool(2))
            }
    }

    /// Prices whose time has come, in its order.
    package func pricesDue(at now: Instant, limit: Int) throws(SQLError) -> [ComingPrice] {
        try statement("SELECT sku, price, from_at FROM coming_price WHERE from_at <= ? ORDER BY from_at, sku LIMIT ?")
            .bind(now.millisecondsSinceEpoch).bind(limit).all { row in
                ComingPrice(
                    sku: row.text(0), price: Money(minorUnits: row.integer(1)),
                    from: Instant(millisecondsSinceEpoch: row.integer(2)))
            }
    }

    /// When the next price's time comes.
    package func nextPriceAt() throws(SQLError) -> Instant? {
        try statement("SELECT min(from_at) FROM coming_price")
            .first { $0.integerOrNil(0).map(Instant.init(millisecondsSinceEpoch:)) } ?? nil
    }

    /// Products behind one that a snapshot did not name, by SKU.
    package func unseenProducts(after sku: String, limit: Int) throws(SQLError) -> [String] {
        try statement(
            """
            SELECT sku FROM product p WHERE sku > ? AND withdrawn_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM feed_seen s WHERE s.kind = 'product' AND s.key = p.sku)
            ORDER BY sku LIMIT ?
            """
        ).bind(sku).bind(limit).all { $0.text(0) }
    }
}

extension JournalTransaction {
    /// Notes how new what is known of a product is.
    package func setProductAge(
        sku: String, knownAt: Instant?, priceAt: Instant?
    ) throws(SQLError) {
        try statement("UPDATE product SET known_at = ?2, price_at = ?3 WHERE sku = ?1")
            .bind(sku).bind(knownAt?.millisecondsSinceEpoch).bind(priceAt?.millisecondsSinceEpoch).run()
    }

    /// Somebody has said everything of a product, its price too, at this moment; never goes back.
    package func noteWord(onProduct sku: String, at instant: Instant) throws(SQLError) {
        try statement(
            """
            UPDATE product SET known_at = max(coalesce(known_at, ?2), ?2), price_at = max(coalesce(price_at, ?2), ?2)
            WHERE sku = ?1
            """
        ).bind(sku).bind(instant.millisecondsSinceEpoch).run()
    }

    /// The product is not sold any more: nobody finds it, and its bar codes are free for others. Its row stays, for
    /// stock and orders refer to it.
    package func withdrawProduct(sku: String, at instant: Instant) throws(SQLError) {
        try statement("UPDATE product SET withdrawn_at = ?2, is_priority = 0 WHERE sku = ?1")
            .bind(sku).bind(instant.millisecondsSinceEpoch).run()
        try statement("DELETE FROM product_barcode WHERE sku = ?").bind(sku).run()
        try statement("DELETE FROM coming_price WHERE sku = ?").bind(sku).run()
    }

    /// The price counts from now on.
    package func setPrice(_ price: Money, of sku: String, from: Instant) throws(SQLError) {
        try statement("UPDATE product SET price = ?2, price_at = ?3 WHERE sku = ?1")
            .bind(sku).bind(price.minorUnits).bind(from.millisecondsSinceEpoch).run()
        try statement("DELETE FROM coming_price WHERE sku = ? AND from_at <= ?").bind(sku)
            .bind(from.millisecondsSinceEpoch).run()
    }

    /// Keeps a price for its time, unless a newer word on the same moment is known.
    ///
    /// - Returns: whether it is news.
    package func put(_ coming: ComingPrice, saidAt: Instant) throws(SQLError) -> Bool {
        try statement(
            """
            INSERT INTO coming_price (sku, from_at, price, said_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (sku, from_at) DO UPDATE SET price = excluded.price, said_at = excluded.said_at
            WHERE excluded.said_at >= coming_price.said_at AND excluded.price <> coming_price.price
            RETURNING 1
            """
        )
        .bind(coming.sku).bind(coming.from.millisecondsSinceEpoch).bind(coming.price.minorUnits)
        .bind(saidAt.millisecondsSinceEpoch)
        .first { _ in true } ?? false
    }

    /// Forgets a price whose time has come.
    package func forget(_ coming: ComingPrice) throws(SQLError) {
        try statement("DELETE FROM coming_price WHERE sku = ? AND from_at = ?").bind(coming.sku)
            .bind(coming.from.millisecondsSinceEpoch).run()
    }
}
