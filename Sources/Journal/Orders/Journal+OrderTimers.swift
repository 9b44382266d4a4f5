import Retail

/// What an order waits for.
package enum OrderTimerKind: String, CaseIterable, Sendable {
    /// The till that it is offered to acknowledges it.
    case deliver
    /// A person takes it.
    case accept
    /// A person takes it after everybody was asked.
    case alarm
    /// The till that has claimed it comes back.
    case claim
    /// The customer collects it.
    case expire
    /// The goods are ready when the store has promised.
    case ready
    /// The website consents to what is missing or offered instead.
    case consent
    /// The store agrees that it is cancelled.
    case confirm
}

/// A deadline that has come.
package struct DueOrderTimer: Sendable, Equatable {
    /// The order's row.
    package var order: Int64
    package var kind: OrderTimerKind
}

extension JournalView {
    /// Deadlines that have come, the oldest first.
    package func orderTimersDue(at now: Instant, limit: Int) throws(SQLError) -> [DueOrderTimer] {
        try statement("SELECT pickup_order, kind FROM order_timer WHERE due_at <= ? ORDER BY due_at LIMIT ?")
            .bind(now.millisecondsSinceEpoch).bind(limit)
            .all { row in
                OrderTimerKind(rawValue: row.text(1)).map { DueOrderTimer(order: row.integer(0), kind: $0) }
            }
            .compactMap { $0 }
    }

    /// Deadlines of a kind that are still to come, with the store of each.
    package func orderTimers(
        _ kind: OrderTimerKind, dueAfter now: Instant
    ) throws(SQLError) -> [(order: Int64, store: String, dueAt: Instant)] {
        try statement(
            """
            SELECT t.pickup_order, o.store, t.due_at FROM order_timer t JOIN pickup_order o ON o.id = t.pickup_order
            WHERE t.due_at > ? AND t.kind = ?
            """
        )
        .bind(now.millisecondsSinceEpoch).bind(kind.rawValue)
        .all { (order: $0.integer(0), store: $0.text(1), dueAt: Instant(millisecondsSinceEpoch: $0.integer(2))) }
    }

    /// When an order's deadline comes; nil when it waits for no such thing.
    package func orderTimer(_ kind: OrderTimerKind, of order: Int64) throws(SQLError) -> Instant? {
        try statement("SELECT due_at FROM order_timer WHERE pickup_order = ? AND kind = ?")
            .bind(order).bind(kind.rawValue).first { Instant(millisecondsSinceEpoch: $0.integer(0)) }
    }

    /// Orders that tills have claimed.
    package func claimedOrders() throws(SQLError) -> [StoredOrder] {
        try statement("SELECT * FROM claimed_order ORDER BY id").all(StoredOrder.init(row:))
    }

    /// Orders that a till has claimed.
    package func claimedOrders(store: String, till: String) throws(SQLError) -> [StoredOrder] {
        try statement("SELECT * FROM claimed_order WHERE store = ? AND holder = ? ORDER BY id")
            .bind(store).bind(till).all(StoredOrder.init(row:))
    }

    /// Orders of a store that everybody was asked to take and nobody has taken.
    package func escalatedOrders(store: String) throws(SQLError) -> [StoredOrder] {
        try statement("SELECT * FROM escalated_order WHERE store = ? ORDER BY id").bind(store)
            .all(StoredOrder.init(row:))
    }
}

extension JournalTransaction {
    /// Sets an order's deadline, or moves it.
    package func setOrderTimer(_ kind: OrderTimerKind, of order: Int64, due: Instant) throws(SQLError) {
        try statement("INSERT OR REPLACE INTO order_timer (pickup_order, kind, due_at) VALUES (?, ?, ?)")
            .bind(order).bind(kind.rawValue).bind(due.millisecondsSinceEpoch).run()
    }

    /// An order waits for this no longer.
    package func cancelOrderTimer(_ kind: OrderTimerKind, of order: Int64) throws(SQLError) {
        try statement("DELETE FROM order_timer WHERE pickup_order = ? AND kind = ?").bind(order).bind(kind.rawValue)
            .run()
    }

    /// Notes that everybody was asked to take an order.
    package func setEscalated(_ order: inout StoredOrder, at now: Instant) throws(SQLError) {
        order.escalatedAt = now
        try statement("UPDATE pickup_order SET escalated_at = ? WHERE id = ?").bind(now.millisecondsSinceEpoch)
            .bind(order.id).run()
    }
}
