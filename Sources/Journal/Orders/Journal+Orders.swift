import Retail

/// A pick-up order as it stands.
package struct StoredOrder: Sendable {
    /// The row that transitions refer to.
    package var id: Int64
    package var key: OrderKey
    /// The store that the website's device belongs to; together with the key's source it names the device.
    package var sourceStore: String
    /// The store where the order is picked up.
    package var store: String
    package var state: OrderState
    /// The number of the last transition.
    package var stateNumber: Int
    /// The till the order was last offered to.
    package var offeredTo: String?
    /// The till that has claimed it.
    package var holder: String?
    package var isPrepaid: Bool
    /// The members of the website's message that the protocol knows.
    package var body: [UInt8]
    package var createdAt: Instant
    package var changedAt: Instant
    /// The last moment to collect it.
    package var pickupUntil: Instant?
    /// When everybody was asked to take it.
    package var escalatedAt: Instant?
}

/// One step of an order's life.
package struct StoredTransition: Sendable, Equatable {
    package var number: Int
    /// What was done: `push` for the first step, then an ``OrderAction``'s name.
    package var action: String
    package var state: OrderState
    package var role: DeviceRole
    package var device: String
    package var person: String?
    /// Why, for a rejection or a cancellation.
    package var reason: String?
    package var at: Instant

    /// A step with every field given.
    package init(
        number: Int, action: String, state: OrderState, role: DeviceRole, device: String, person: String?,
        reason: String?, at: Instant
    ) {
        self.number = number
        self.action = action
        self.state = state
        self.role = role
        self.device = device
        self.person = person
        self.reason = reason
        self.at = at
    }
}

/// Which orders a list is about.
package struct OrderFilter: Sendable {
    /// Whose orders.
    package enum Owner: Sendable {
        /// Those that a store hands over.
        case store(String)
        /// Those that a website has pushed; the store is the website's own, `*` for one of the whole chain.
        case source(String, store: String)
    }

    package var owner: Owner
    /// Only these states; empty means all.
    package var states: Set<OrderState>
    /// Only orders whose row comes after this one.
    package var after: Int64
    package var limit: Int

    /// Orders in `states`, from the first.
    package init(of owner: Owner, states: Set<OrderState>, after: Int64 = 0, limit: Int) {
        self.owner = owner
        self.states = states
        self.after = after
        self.limit = limit
    }
}

extension JournalView {
    /// The order in a row.
    package func order(id: Int64) throws(SQLError) -> StoredOrder? {
        try statement("SELECT * FROM stored_order WHERE id = ?").bind(id).first(StoredOrder.init(row:))
    }

    /// The order known by this key.
    package func order(_ key: OrderKey) throws(SQLError) -> StoredOrder? {
        try statement("SELECT * FROM stored_order WHERE source = ? AND number = ?").bind(key.source).bind(key.order)
            .first(StoredOrder.init(row:))
    }

    /// The website's message byte for byte.
    package func pushedText(of order: Int64) throws(SQLError) -> [UInt8]? {
        try statement("SELECT pushed FROM pickup_order WHERE id = ?").bind(order).first { $0.blob(0) }
    }

    /// How far an order has been put together, as the gateway wrote it down; nil when nothing was reported.
    package func picks(of order: Int64) throws(SQLError) -> [UInt8]? {
        try statement("SELECT picks FROM pickup_order WHERE id = ?").bind(order).first { $0.blobOrNil(0) } ?? nil
    }

    /// Every step of an order's life, in order.
    package func transitions(of order: Int64) throws(SQLError) -> [StoredTransition] {
        try statement(
            """
            SELECT number, action, state, role, device, person, reason, at FROM order_transition
            WHERE pickup_order = ? ORDER BY number
            """
        ).bind(order).all { StoredTransition(row: $0) }
    }

    /// The last step of an order's life.
    package func lastTransition(of order: Int64) throws(SQLError) -> StoredTransition? {
        try statement(
            """
            SELECT number, action, state, role, device, person, reason, at FROM order_transition
            WHERE pickup_order = ? ORDER BY number DESC LIMIT 1
            """
        ).bind(order).first { StoredTransition(row: $0) }
    }

    /// A page of orders, by age. Each state is looked up by an index, so that a list does not pay for the orders of all
    /// the years.
    package func orders(_ filter: OrderFilter) throws(SQLError) -> [StoredOrder] {
        var found: [StoredOrder] = []
        for state in filter.states.isEmpty ? Set(OrderState.allCases) : filter.states {
            let (text, owner): (StaticString, String) =
                switch filter.owner {
                case .store(let store):
                    (
                        "SELECT * FROM stored_order WHERE store = ?1 AND state = ?2 AND id > ?3 ORDER BY id LIMIT ?4",
                        store
                    )
                case .source(let source, _):
                    (
                        """
                        SELECT * FROM stored_order
                        WHERE source = ?1 AND state = ?2 AND id > ?3 AND source_store = ?5 ORDER BY id LIMIT ?4
                        """,
                        source
                    )
                }
            let query = try statement(text).bind(owner).bind(state.rawValue).bind(filter.after).bind(filter.limit)
            if case .source(_, let store) = filter.owner { query.bind(store) }
            found += try query.all(StoredOrder.init(row:))
        }
        return Array(found.sorted { $0.id < $1.id }.prefix(filter.limit))
    }

    /// Orders of a store that no till has acknowledged yet, oldest first.
    package func ordersWaitingForTill(store: String) throws(SQLError) -> [StoredOrder] {
        try statement("SELECT * FROM stored_order WHERE store = ? AND state = 'new' ORDER BY id").bind(store)
            .all(StoredOrder.init(row:))
    }

    /// Whether there are orders that a till or an app has to hear of when it comes: those that no till has acknowledged, those
    /// that it has claimed, and those that everybody is asked to take.
    package func hasOrders(awaiting device: String, store: String) throws(SQLError) -> Bool {
        try statement(
            """
            SELECT EXISTS (SELECT 1 FROM stored_order WHERE store = ?1 AND state = 'new')
                OR EXISTS (SELECT 1 FROM claimed_order WHERE store = ?1 AND holder = ?2)
                OR EXISTS (SELECT 1 FROM escalated_order WHERE store = ?1)
            """
        ).bind(store).bind(device).first { $0.bool(0) } ?? false
    }

    /// How many orders each till of a store has been offered and has not finished: the measure of its load.
    package func openOrdersByTill(store: String) throws(SQLError) -> [String: Int] {
        var load: [String: Int] = [:]
        try statement(
            """
            SELECT coalesce(holder, offered_to), count(*) FROM pickup_order INDEXED BY pickup_order_by_till
            WHERE store = ? AND state IN ('new', 'delivered', 'accepted', 'picking', 'ready', 'claimed')
            GROUP BY 1
            """
        ).bind(store).forEach { row in
            if let till = row.textOrNil(0) { load[till] = Int(row.integer(1)) }
        }
        return load
    }
}

extension JournalTransaction {
    /// Stores a new order in state `new`; its first transition follows with `advance`.
    ///
    /// - Parameter pushed: the website's message byte for byte, for telling a repeated push from another one.
    package func insertOrder(
        _ key: OrderKey, sourceStore: String, store: String, isPrepaid: Bool, body: [UInt8], pushed: [UInt8],
        pickupUntil: Instant? = nil, at instant: Instant
    ) throws(SQLError) -> StoredOrder {
        try statement(
            """
            INSERT INTO pickup_order (source, number, source_store, store, state, state_number, prepaid, body,
                                      pushed, created_at, changed_at, pickup_until)
            VALUES (?, ?, ?, ?, 'new', 0, ?, ?, ?, ?, ?, ?)
            """
        )
        .bind(key.source).bind(key.order).bind(sourceStore).bind(store).bind(isPrepaid).bind(body)
        .bind(pushed).bind(instant.millisecondsSinceEpoch).bind(instant.millisecondsSinceEpoch)
        .bind(pickupUntil?.millisecondsSinceEpoch)
        .run()
        return StoredOrder(
            id: lastInsertedRow, key: key, sourceStore: sourceStore, store: store, state: .new, stateNumber: 0,
            offeredTo: nil, holder: nil, isPrepaid: isPrepaid,
            body: body, createdAt: instant, changedAt: instant, pickupUntil: pickupUntil)
    }

    /// Writes the next step of an order and what it changes in the order itself.
    package func advance(
        _ order: inout StoredOrder, by action: String, to state: OrderState, role: DeviceRole, device: String,
        person: String?, reason: String? = nil, at instant: Instant
    ) throws(SQLError) -> StoredTransition {
        let step = StoredTransition(
            number: order.stateNumber + 1, action: action, state: state, role: role, device: device, person: person,
            reason: reason, at: instant)
        try statement(
            """
            INSERT INTO order_transition (pickup_order, number, action, state, role, device, person, reason, at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        .bind(order.id).bind(step.number).bind(action).bind(state.rawValue).bind(role.rawValue).bind(device)
        .bind(person).bind(reason).bind(instant.millisecondsSinceEpoch)
        .run()
        try giveChangePlace(step, of: order)
        order.state = state
        order.stateNumber = step.number
        order.changedAt = instant
        try statement(
            """
            UPDATE pickup_order SET state = ?, state_number = ?, offered_to = ?, holder = ?, changed_at = ?
            WHERE id = ?
            """
        )
        .bind(state.rawValue).bind(step.number).bind(order.offeredTo).bind(order.holder)
        .bind(instant.millisecondsSinceEpoch).bind(order.id)
        .run()
        return step
    }

    /// Notes how far an order has been put together.
    package func setPicks(_ picks: [UInt8]?, of order: Int64) throws(SQLError) {
        try statement("UPDATE pickup_order SET picks = ? WHERE id = ?").bind(picks).bind(order).run()
    }

    /// Writes the content of an order that its website has changed; the message that it was pushed with stays.
    package func replaceContent(of order: StoredOrder) throws(SQLError) {
        try statement("UPDATE pickup_order SET body = ?, prepaid = ?, pickup_until = ? WHERE id = ?")
            .bind(order.body).bind(order.isPrepaid).bind(order.pickupUntil?.millisecondsSinceEpoch).bind(order.id).run()
    }

    /// Notes which till an order is offered to; nil takes the offer back.
    package func offer(_ order: inout StoredOrder, to till: String?) throws(SQLError) {
        order.offeredTo = till
        try statement("UPDATE pickup_order SET offered_to = ? WHERE id = ?").bind(till).bind(order.id).run()
    }
}

extension StoredOrder {
    init(row: SQLRow) {
        self.init(
            id: row.integer(0), key: OrderKey(source: row.text(1), order: row.text(2)), sourceStore: row.text(3),
            store: row.text(4), state: OrderState(rawValue: row.text(5)) ?? .new,
            stateNumber: Int(row.integer(6)), offeredTo: row.textOrNil(7), holder: row.textOrNil(8),
            isPrepaid: row.bool(9), body: row.blob(10),
            createdAt: Instant(millisecondsSinceEpoch: row.integer(11)),
            changedAt: Instant(millisecondsSinceEpoch: row.integer(12)),
            pickupUntil: row.integerOrNil(13).map(Instant.init(millisecondsSinceEpoch:)),
            escalatedAt: row.integerOrNil(14).map(Instant.init(millisecondsSinceEpoch:)))
    }
}

extension StoredTransition {
    /// Reads a row whose columns begin with the transition's at `first`.
    init(row: SQLRow, from first: Int32 = 0) {
        self.init(
            number: Int(row.integer(first)), action: row.text(first + 1),
            state: OrderState(rawValue: row.text(first + 2)) ?? .new,
            role: DeviceRole(rawValue: row.text(first + 3)) ?? .register, device: row.text(first + 4),
            person: row.textOrNil(first + 5), reason: row.textOrNil(first + 6),
            at: Instant(millisecondsSinceEpoch: row.integer(first + 7)))
    }
}
