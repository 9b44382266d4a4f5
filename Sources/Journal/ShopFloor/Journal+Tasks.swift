import Retail

/// An order that somebody in its store has to do something about.
package struct OrderToDo: Sendable {
    package var id: Int64
    package var key: OrderKey
    package var state: OrderState
    package var createdAt: Instant
    package var changedAt: Instant
    package var pickupUntil: Instant?
    package var customer: CustomerID?
}

/// A basket that its till has not opened.
package struct BasketToDo: Sendable {
    package var id: Int64
    package var key: BasketKey
    package var till: String
    package var sentAt: Instant
    package var customer: CustomerID?
}

extension JournalView {
    /// Orders of a store that wait for its people: to be taken, put together, given up, or collected by a customer who has
    /// to be called.
    ///
    /// - Parameter moment: ready orders count when they have to be collected by then.
    package func ordersToDo(
        store: String, collectedBy moment: Instant, limit: Int
    ) throws(SQLError) -> [OrderToDo] {
        try statement(
            """
            SELECT o.id, o.source, o.number, o.state, o.created_at, o.changed_at, o.pickup_until, c.customer
            FROM pickup_order o LEFT JOIN order_customer c ON c.pickup_order = o.id
            WHERE o.store = ? AND o.state IN ('new', 'delivered', 'accepted', 'picking', 'ready', 'cancel_requested')
              AND (o.state <> 'ready' OR o.pickup_until <= ?)
            ORDER BY o.id LIMIT ?
            """
        ).bind(store).bind(moment.millisecondsSinceEpoch).bind(limit).all { row in
            OrderToDo(
                id: row.integer(0), key: OrderKey(source: row.text(1), order: row.text(2)),
                state: OrderState(rawValue: row.text(3)) ?? .new,
                createdAt: Instant(millisecondsSinceEpoch: row.integer(4)),
                changedAt: Instant(millisecondsSinceEpoch: row.integer(5)),
                pickupUntil: row.integerOrNil(6).map(Instant.init(millisecondsSinceEpoch:)),
                customer: row.integerOrNil(7).map(CustomerID.init(number:)))
        }
    }

    /// Baskets of a store that nobody has opened.
    package func basketsToDo(store: String, limit: Int) throws(SQLError) -> [BasketToDo] {
        try statement(
            """
            SELECT id, app, basket, till, sent_at, customer FROM floor_basket
            WHERE store = ?1 AND state IN ('sent', 'opened') AND state = 'sent' ORDER BY id LIMIT ?2
            """
        ).bind(store).bind(limit).all { row in
            BasketToDo(
                id: row.integer(0), key: BasketKey(store: store, app: row.text(1), basket: row.text(2)),
                till: row.text(3), sentAt: Instant(millisecondsSinceEpoch: row.integer(4)),
                customer: row.integerOrNil(5).map(CustomerID.init(number:)))
        }
    }
}
