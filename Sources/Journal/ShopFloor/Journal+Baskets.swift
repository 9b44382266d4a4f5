import Retail

/// A basket from the shop floor as it stands.
package struct StoredBasket: Sendable {
    package var id: Int64
    package var key: BasketKey
    /// The till it was sent to.
    package var till: String
    package var state: BasketState
    /// The app's message byte for byte.
    package var sent: [UInt8]
    /// The answer that the app got.
    package var answer: [UInt8]
    package var sentAt: Instant
    package var changedAt: Instant
    /// Why it was given back or taken back.
    package var reason: String?
    /// The sale that was made of it.
    package var receipt: ReceiptKey?
}

/// A basket about to be stored.
package struct NewBasket: Sendable {
    package var key: BasketKey
    package var till: String
    package var customer: CustomerID?
    package var sent: [UInt8]
    package var answer: [UInt8]
    package var sentAt: Instant
    /// When nobody will come back for it.
    package var withdrawAt: Instant

    /// A basket with every field given.
    package init(
        key: BasketKey, till: String, customer: CustomerID?, sent: [UInt8], answer: [UInt8], sentAt: Instant,
        withdrawAt: Instant
    ) {
        self.key = key
        self.till = till
        self.customer = customer
        self.sent = sent
        self.answer = answer
        self.sentAt = sentAt
        self.withdrawAt = withdrawAt
    }
}

extension JournalView {
    /// The basket known by this key.
    package func basket(_ key: BasketKey) throws(SQLError) -> StoredBasket? {
        try statement(
            """
            SELECT id, store, app, basket, till, state, sent, answer, sent_at, changed_at, reason, receipt_key
            FROM floor_basket WHERE store = ? AND app = ? AND basket = ?
            """
        ).bind(key.store).bind(key.app).bind(key.basket).first(StoredBasket.init(row:))
    }

    /// Open baskets that nobody will come back for, the oldest first.
    package func basketsDue(at now: Instant, limit: Int) throws(SQLError) -> [StoredBasket] {
        try statement(
            """
            SELECT id, store, app, basket, till, state, sent, answer, sent_at, changed_at, reason, receipt_key
            FROM floor_basket WHERE state IN ('sent', 'opened') AND withdraw_at <= ? ORDER BY withdraw_at, id LIMIT ?
            """
        ).bind(now.millisecondsSinceEpoch).bind(limit).all(StoredBasket.init(row:))
    }

    /// How many baskets of an app are open.
    package func openBaskets(ofApp app: String, store: String) throws(SQLError) -> Int {
        let count = try statement(
            "SELECT count(*) FROM floor_basket WHERE store = ? AND app = ? AND state IN ('sent', 'opened')"
        ).bind(store).bind(app).first { $0.integer(0) }
        return Int(count ?? 0)
    }

    /// How many open baskets a till has.
    package func openBaskets(atTill till: String, store: String) throws(SQLError) -> Int {
        let count = try statement(
            "SELECT count(*) FROM floor_basket WHERE store = ? AND till = ? AND state IN ('sent', 'opened')"
        ).bind(store).bind(till).first { $0.integer(0) }
        return Int(count ?? 0)
    }

    /// Whether a store has a till of this name that may connect.
    package func hasTill(_ till: String, store: String) throws(SQLError) -> Bool {
        try statement(
            "SELECT 1 FROM device WHERE store = ? AND name = ? AND role = 'register' AND revoked_at IS NULL"
        ).bind(store).bind(till).first { _ in true } ?? false
    }
}

extension JournalTransaction {
    /// Stores a basket in state `sent`.
    package func insert(_ basket: NewBasket) throws(SQLError) {
        try statement(
            """
            INSERT INTO floor_basket (store, app, basket, till, state, customer, sent, answer, sent_at, changed_at,
                                      withdraw_at)
            VALUES (?, ?, ?, ?, 'sent', ?, ?, ?, ?, ?, ?)
            """
        )
        .bind(basket.key.store).bind(basket.key.app).bind(basket.key.basket).bind(basket.till)
        .bind(basket.customer?.number).bind(basket.sent).bind(basket.answer)
        .bind(basket.sentAt.millisecondsSinceEpoch).bind(basket.sentAt.millisecondsSinceEpoch)
        .bind(basket.withdrawAt.millisecondsSinceEpoch)
        .run()
    }

    /// Writes down where a basket stands now.
    package func update(_ basket: StoredBasket) throws(SQLError) {
        try statement("UPDATE floor_basket SET state = ?, changed_at = ?, reason = ?, receipt_key = ? WHERE id = ?")
            .bind(basket.state.rawValue).bind(basket.changedAt.millisecondsSinceEpoch).bind(basket.reason)
            .bind(basket.receipt?.text).bind(basket.id).run()
    }
}

extension StoredBasket {
    init(row: SQLRow) {
        self.init(
            id: row.integer(0), key: BasketKey(store: row.text(1), app: row.text(2), basket: row.text(3)),
            till: row.text(4), state: BasketState(rawValue: row.text(5)) ?? .withdrawn, sent: row.blob(6),
            answer: row.blob(7), sentAt: Instant(millisecondsSinceEpoch: row.integer(8)),
            changedAt: Instant(millisecondsSinceEpoch: row.integer(9)), reason: row.textOrNil(10),
            receipt: row.textOrNil(11).flatMap { ReceiptKey(text: $0) })
    }
}
