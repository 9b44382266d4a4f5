import Retail

/// A step of an order with its place among the steps of all orders.
package struct StoredOrderChange: Sendable, Equatable {
    /// Rises with every step of any order, from 1; a reader that has seen one place has seen all before it.
    package var sequence: Int64
    package var key: OrderKey
    /// The store where the order is picked up.
    package var store: String
    package var transition: StoredTransition
}

extension JournalView {
    /// The steps of one website's orders that come after a place, the oldest first.
    ///
    /// Places are given by the one writer and seen from their commit on, so none turns up later before one that was read.
    package func orderChanges(
        source: String, sourceStore: String, after sequence: Int64, limit: Int
    ) throws(SQLError) -> [StoredOrderChange] {
        try statement(
            """
            SELECT c.sequence, o.source, o.number, o.store,
                   t.number, t.action, t.state, t.role, t.device, t.person, t.reason, t.at
            FROM order_change c
            JOIN pickup_order o ON o.id = c.pickup_order
            JOIN order_transition t ON t.pickup_order = c.pickup_order AND t.number = c.number
            WHERE c.source_store = ? AND c.source = ? AND c.sequence > ? ORDER BY c.sequence LIMIT ?
            """
        ).bind(sourceStore).bind(source).bind(sequence).bind(limit)
            .all { StoredOrderChange(row: $0, from: 0) }
    }

    /// The newest place that was given; 0 before the first.
    package func lastOrderChange() throws(SQLError) -> Int64 {
        try statement("SELECT coalesce(max(sequence), 0) FROM order_change").first { $0.integer(0) } ?? 0
    }
}

extension JournalTransaction {
    /// Gives a step its place, and notes it for the website's webhook if that asks for such a state.
    func giveChangePlace(_ step: StoredTransition, of order: StoredOrder) throws(SQLError) {
        try statement("INSERT INTO order_change (source_store, source, pickup_order, number) VALUES (?, ?, ?, ?)")
            .bind(order.sourceStore).bind(order.key.source).bind(order.id).bind(step.number)
            .run()
        try enqueueForWebhook(step, place: lastInsertedRow, of: order)
    }
}

extension StoredOrderChange {
    /// Reads a row that has the sequence, the order's source, number and store, and then the columns of a transition.
    init(row: SQLRow, from first: Int32) {
        self.init(
            sequence: row.integer(first),
            key: OrderKey(source: row.text(first + 1), order: row.text(first + 2)), store: row.text(first + 3),
            transition: StoredTransition(row: row, from: first + 4))
    }
}
