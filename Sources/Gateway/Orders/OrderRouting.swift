import Journal
import LineProtocol
import Retail

/// Which till an order goes to: the least loaded of those that take pick-up orders and are connected.
struct OrderRouting: Sendable {
    let presence: Presence
    let stores: StoreDirectory

    /// Offers a new order to a till. Where none is connected it waits, or stays with the till that has it.
    ///
    /// - Parameter isOverdue: the till that has the offer did not acknowledge it: it goes to another, if there is one.
    func offer(
        _ order: inout StoredOrder, last: StoredTransition, isOverdue: Bool = false, at instant: Instant,
        _ transaction: JournalTransaction
    ) throws -> [OrderEvent] {
        let previous = order.offeredTo
        guard let chosen = try till(for: order, besides: isOverdue ? previous : nil, transaction), chosen != previous
        else { return [] }
        try transaction.offer(&order, to: chosen)
        var events: [OrderEvent] = []
        if let previous { events.append(try withdraw(order, from: previous, at: instant, transaction)) }
        let text = OrderText.order(order, last: last)
        events.append(try post(.orderOffered, text, order.store, chosen, instant, transaction))
        return events
    }

    private func withdraw(
        _ order: StoredOrder, from till: String, because reason: String = "other_till", at instant: Instant,
        _ transaction: JournalTransaction
    ) throws -> OrderEvent {
        let text = OrderText.withdrawal(of: order.key, reason: reason)
        return try post(.orderWithdrawn, text, order.store, till, instant, transaction)
    }

    /// Every app of the store that is connected sees a new order at once; one that connects later asks for the list.
    func show(
        _ order: StoredOrder, last: StoredTransition, at instant: Instant, _ transaction: JournalTransaction
    ) throws -> [OrderEvent] {
        let text = OrderText.order(order, last: last)
        return try presence.connected(store: order.store, role: .app).map { app in
            try post(.orderOffered, text, order.store, app, instant, transaction)
        }
    }

    /// Tells the website, and the store's devices that hold the order, of a step that another device made.
    ///
    /// - Parameter before: the order before the step. A till that had the offer until another one took the order is
    ///   told that it has it no longer.
    func announce(
        _ step: StoredTransition, of order: StoredOrder, before: StoredOrder, at instant: Instant,
        _ transaction: JournalTransaction
    ) throws -> [OrderEvent] {
        let text = OrderText.transition(step, of: order.key)
        var events: [OrderEvent] = []
        if step.role != .website || step.device != order.key.source {
            events.append(
                try post(.orderChanged, text, order.sourceStore, order.key.source, instant, transaction))
        }
        var devices = Set(presence.connected(store: order.store, role: .app))
        for till in [order.offeredTo, order.holder, before.holder] { if let till { devices.insert(till) } }
        devices.remove(step.device)
        if let left = before.offeredTo, left != order.offeredTo {
            devices.remove(left)
            events.append(try withdraw(order, from: left, at: instant, transaction))
        }
        if before.escalatedAt != nil, before.state.waitsForPerson, !order.state.waitsForPerson {
            // Everybody was asked, those who are away just now included.
            let reason =
                [.cancelled, .expired].contains(order.state) ? order.state.rawValue : "other_till"
            let told = devices.union([order.offeredTo, before.offeredTo, step.device].compactMap { $0 })
            for other in try transaction.registers(store: order.store) where !told.contains(other) {
                events.append(try withdraw(order, from: other, because: reason, at: instant, transaction))
            }
        }
        for device in devices.sorted() {
            switch order.state {
            case .cancelled, .expired:
                let withdrawal = OrderText.withdrawal(of: order.key, reason: order.state.rawValue)
                events.append(try post(.orderWithdrawn, withdrawal, order.store, device, instant, transaction))
            default:
                events.append(try post(.orderChanged, text, order.store, device, instant, transaction))
            }
        }
        return events
    }

    /// Asks everybody in the store to take an order: all its tills and apps that are connected. Who comes later is asked then.
    func escalate(
        _ order: StoredOrder, last: StoredTransition, at instant: Instant, _ transaction: JournalTransaction
    ) throws -> [OrderEvent] {
        let text = OrderText.order(order, last: last)
        let tills = presence.connected(store: order.store, role: .register).filter { $0 != order.offeredTo }
        let apps = presence.connected(store: order.store, role: .app)
        return try (tills + apps).map { try post(.orderOffered, text, order.store, $0, instant, transaction) }
    }

    /// Asks a device that has just come to take an order that everybody is asked to take.
    func offerEscalated(
        _ order: StoredOrder, last: StoredTransition, to device: String, at instant: Instant,
        _ transaction: JournalTransaction
    ) throws -> OrderEvent {
        try post(.orderOffered, OrderText.order(order, last: last), order.store, device, instant, transaction)
    }

    func isConnected(_ till: String, store: String) -> Bool {
        presence.session(of: DeviceKey(store: store, name: till)) != nil
    }

    private func till(
        for order: StoredOrder, besides overdue: String?, _ transaction: JournalTransaction
    ) throws -> String? {
        let allowed = stores[order.store].orderTills
        let connected = presence.connected(store: order.store, role: .register).filter { till in
            (allowed.isEmpty || allowed.contains(till)) && till != overdue
        }
        // An offer stands for as long as its till is there: moving it about would show it on two screens.
        if let current = order.offeredTo, connected.contains(current) { return current }
        let load = try transaction.openOrdersByTill(store: order.store)
        return connected.min { left, right in
            (load[left] ?? 0, left) < (load[right] ?? 0, right)
        }
    }

    func post(
        _ name: EventName, _ body: [UInt8], _ store: String, _ device: String, _ instant: Instant,
        _ transaction: JournalTransaction
    ) throws -> OrderEvent {
        let event = try transaction.post("\(name.name)", body: body, store: store, device: device, at: instant)
        return OrderEvent(device: DeviceKey(store: store, name: device), event: event)
    }
}
