import Retail

/// When an order came to the states that its store's promises are about.
package struct OrderMilestones: Sendable, Equatable {
    package var createdAt: Instant
    /// The till's software, or a person, had it.
    package var deliveredAt: Instant?
    /// A person took it.
    package var acceptedAt: Instant?
    /// The goods waited for the customer, for the first time.
    package var readyAt: Instant?
    package var handedOverAt: Instant?

    /// The milestones in a history, the oldest step first.
    package init(_ history: [StoredTransition], createdAt: Instant) {
        self.createdAt = createdAt
        deliveredAt = history.first { $0.state == .delivered || $0.state == .accepted }?.at
        acceptedAt = history.first { $0.state == .accepted }?.at
        readyAt = history.first { $0.state == .ready }?.at
        handedOverAt = history.first { $0.state == .handedOver }?.at
    }

    init(createdAt: Instant, deliveredAt: Instant?, acceptedAt: Instant?, readyAt: Instant?, handedOverAt: Instant?) {
        self.createdAt = createdAt
        self.deliveredAt = deliveredAt
        self.acceptedAt = acceptedAt
        self.readyAt = readyAt
        self.handedOverAt = handedOverAt
    }
}

/// An order as a report about promises sees it.
package struct ServedOrder: Sendable {
    package var key: OrderKey
    package var store: String
    package var state: OrderState
    package var milestones: OrderMilestones
}

extension JournalView {
    /// Orders that were pushed in a period, the oldest first: of one store, or of all.
    package func servedOrders(
        store: String?, from: Instant, until: Instant, limit: Int
    ) throws(SQLError) -> [ServedOrder] {
        try statement(
            """
            SELECT o.source, o.number, o.store, o.state, o.created_at,
                   min(CASE WHEN t.state IN ('delivered', 'accepted') THEN t.at END),
                   min(CASE WHEN t.state = 'accepted' THEN t.at END), min(CASE WHEN t.state = 'ready' THEN t.at END),
                   min(CASE WHEN t.state = 'handed_over' THEN t.at END)
            FROM pickup_order o JOIN order_transition t ON t.pickup_order = o.id
            WHERE o.created_at >= ?1 AND o.created_at < ?2 AND (?3 IS NULL OR o.store = ?3)
            GROUP BY o.id ORDER BY o.created_at LIMIT ?4
            """
        )
        .bind(from.millisecondsSinceEpoch).bind(until.millisecondsSinceEpoch).bind(store).bind(limit)
        .all(ServedOrder.init(row:))
    }
}

extension ServedOrder {
    fileprivate init(row: SQLRow) {
        func instant(_ column: Int32) -> Instant? {
            row.integerOrNil(column).map(Instant.init(millisecondsSinceEpoch:))
        }
        self.init(
            key: OrderKey(source: row.text(0), order: row.text(1)), store: row.text(2),
            state: OrderState(rawValue: row.text(3)) ?? .new,
            milestones: OrderMilestones(
                createdAt: Instant(millisecondsSinceEpoch: row.integer(4)), deliveredAt: instant(5),
                acceptedAt: instant(6), readyAt: instant(7), handedOverAt: instant(8)))
    }
}
