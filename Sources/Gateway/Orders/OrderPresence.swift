import Journal
import LineProtocol
import Retail

/// What orders have missed.
struct UnsettledOrders {
    /// Stores where somebody came or went while the journal took nothing.
    var stores: Set<String> = []
    /// The gateway has started, and the journal did not take that claims wait for their tills.
    var mustAwaitTills = false
    /// When deadlines were last looked at; nil before the first look.
    var lookedAt: Instant?
    /// The clock was put back, or nobody has looked since the start: deadlines may be too far away.
    var mustDrawNear = true
}

/// Tills and apps that come and go.
extension OrderDesk {
    /// A till that connects is offered what waits, what was offered to a till that is not there any more, and what everybody
    /// is asked to take; what it has claimed is its own again.
    func tillArrived(_ till: DeviceKey) {
        let now = clock.now()
        changePresence(of: till.store) { [self] transaction in
            // It may be gone again by the time this is written down; who leaves has the last word.
            guard routing.isConnected(till.name, store: till.store) else { return [] }
            for order in try transaction.claimedOrders(store: till.store, till: till.name) {
                try transaction.cancelOrderTimer(.claim, of: order.id)
            }
            return try reroute(store: till.store, at: now, transaction)
                + showEscalated(to: till, at: now, transaction)
        }
    }

    /// What a till has not acknowledged goes to the next; what it has claimed, when it stays away.
    func tillLeft(_ till: DeviceKey) {
        let now = clock.now()
        changePresence(of: till.store) { [self] transaction in
            guard !routing.isConnected(till.name, store: till.store) else { return [] }
            for order in try transaction.claimedOrders(store: till.store, till: till.name) {
                try awaitTill(of: order, at: now, transaction)
            }
            return try reroute(store: till.store, at: now, transaction)
        }
    }

    /// An app that connects is asked to take what everybody is asked to take.
    func appArrived(_ app: DeviceKey) {
        let now = clock.now()
        changePresence(of: app.store) { [self] transaction in try showEscalated(to: app, at: now, transaction) }
    }

    /// After a start nobody is connected yet: tills that have claimed orders get as long to come back as after a cut, however
    /// long the gateway was away.
    func awaitTills() {
        let now = clock.now()
        change({ [self] result in
            if case .failure = result { unsettled.withLock { $0.mustAwaitTills = true } }
        }) { [self] transaction in
            for order in try transaction.claimedOrders() {
                guard let till = order.holder, !routing.isConnected(till, store: order.store) else { continue }
                try awaitTill(of: order, at: now, transaction, anew: true)
            }
            return ([], [])
        }
    }

    /// A till that has claimed an order is away: it has so long to come back.
    private func awaitTill(
        of order: StoredOrder, at now: Instant, _ transaction: JournalTransaction, anew: Bool = false
    ) throws {
        guard try anew || transaction.orderTimer(.claim, of: order.id) == nil else { return }
        let times = routing.stores[order.store].orderTimes
        try transaction.setOrderTimer(.claim, of: order.id, due: now.adding(milliseconds: times.claimMilliseconds))
    }

    /// Who comes or goes is settled later when the journal cannot take it now: nobody asks again. Wakes nobody but those who
    /// are told: upstream hears nothing of offers.
    private func changePresence(
        of store: String, _ body: @escaping @Sendable (JournalTransaction) throws -> [OrderEvent]
    ) {
        journal.submit(body) { [self] result in
            switch result {
            case .success(let events): deliver(events)
            case .failure: unsettled.withLock { _ = $0.stores.insert(store) }
            }
        }
    }

    /// Makes up for what could not be written when tills came and went.
    func settlePresence() {
        let (stores, mustAwaitTills) = unsettled.withLock { unsettled in
            defer {
                unsettled.stores = []
                unsettled.mustAwaitTills = false
            }
            return (unsettled.stores, unsettled.mustAwaitTills)
        }
        if mustAwaitTills { awaitTills() }
        for store in stores {
            let now = clock.now()
            changePresence(of: store) { [self] transaction in
                for order in try transaction.claimedOrders() where order.store == store {
                    if let till = order.holder, !routing.isConnected(till, store: store) {
                        try awaitTill(of: order, at: now, transaction)
                    } else {
                        try transaction.cancelOrderTimer(.claim, of: order.id)
                    }
                }
                return try reroute(store: store, at: now, transaction)
            }
        }
    }

    /// Devices that come are asked to take what everybody is asked to take.
    private func showEscalated(
        to device: DeviceKey, at now: Instant, _ transaction: JournalTransaction
    ) throws -> [OrderEvent] {
        try transaction.escalatedOrders(store: device.store).compactMap { order in
            guard order.offeredTo != device.name, let last = try transaction.lastTransition(of: order.id) else {
                return nil
            }
            return try routing.offerEscalated(order, last: last, to: device.name, at: now, transaction)
        }
    }

    private func reroute(
        store: String, at now: Instant, _ transaction: JournalTransaction
    ) throws -> [OrderEvent] {
        var events: [OrderEvent] = []
        for var order in try transaction.ordersWaitingForTill(store: store) {
            guard let last = try transaction.lastTransition(of: order.id) else { continue }
            events += try offer(&order, last: last, at: now, transaction)
        }
        return events
    }
}
