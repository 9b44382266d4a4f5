import Journal
import LineProtocol
import Logging
import Retail

/// What orders wait for. Each deadline stands in the journal and is set and taken back with the step that it belongs to, so a
/// stop of the gateway forgets none: what was due meanwhile happens when it is back, once.
extension OrderDesk {
    /// Deadlines that one change of the journal deals with.
    private static let timersPerPass = 64

    // MARK: Setting

    /// A new order waits for a person, and for the customer to come.
    func beginWaiting(_ order: StoredOrder, at now: Instant, _ transaction: JournalTransaction) throws {
        let times = routing.stores[order.store].orderTimes
        try transaction.setOrderTimer(
            .accept, of: order.id, due: now.adding(milliseconds: times.acceptMilliseconds))
        if let until = order.pickupUntil { try transaction.setOrderTimer(.expire, of: order.id, due: until) }
        try transaction.setOrderTimer(.ready, of: order.id, due: OrderPromise(createdAt: order.createdAt, times).warnAt)
    }

    /// Offers an order to a till, which has to acknowledge it in time.
    func offer(
        _ order: inout StoredOrder, last: StoredTransition, isOverdue: Bool = false, at now: Instant,
        _ transaction: JournalTransaction
    ) throws -> [OrderEvent] {
        // Everybody has been asked: it belongs to whoever takes it.
        guard order.escalatedAt == nil else { return [] }
        let events = try routing.offer(&order, last: last, isOverdue: isOverdue, at: now, transaction)
        if !events.isEmpty || isOverdue {
            let times = routing.stores[order.store].orderTimes
            try transaction.setOrderTimer(
                .deliver, of: order.id, due: now.adding(milliseconds: times.acknowledgeMilliseconds))
        }
        return events
    }

    /// Takes back the deadlines that a step has met, and sets those that it begins.
    func adjustTimers(of order: StoredOrder, at now: Instant, _ transaction: JournalTransaction) throws {
        for kind in OrderTimerKind.allCases where !order.state.waits(for: kind) {
            try transaction.cancelOrderTimer(kind, of: order.id)
        }
        if order.state == .cancelRequested { try awaitConfirmation(of: order, at: now, transaction) }
    }

    // MARK: When the time has come

    /// Does what is due. The look is a reader's, so that an hour without a deadline costs the writer nothing.
    func passTime() {
        let now = clock.now()
        settlePresence()
        let mustDrawNear = unsettled.withLock { unsettled in
            if let before = unsettled.lookedAt, now < before { unsettled.mustDrawNear = true }
            unsettled.lookedAt = now
            return unsettled.mustDrawNear
        }
        if mustDrawNear { drawNear(at: now) }
        let due: Bool
        do {
            due = try journal.read { try !$0.orderTimersDue(at: now, limit: 1).isEmpty }
        } catch {
            log.error("deadlines of orders could not be read", metadata: ["reason": "\(error)"])
            return
        }
        guard due else { return }
        change({ [self] result in
            // That the store takes no writes is told once, and not every second.
            if case .failure(let refusal) = result, refusal.code != .storeUnavailable {
                log.error("a deadline of an order could not be kept", metadata: ["reason": "\(refusal)"])
            }
        }) { [self] transaction in
            var events: [OrderEvent] = []
            for timer in try transaction.orderTimersDue(at: now, limit: Self.timersPerPass) {
                events += try come(timer, at: now, transaction)
            }
            return ([], events)
        }
    }

    /// The clock was ahead and has been put back, perhaps while the gateway was down: what waits for a while from now must
    /// not wait for the clock to be there again. The last moment to collect is a time of day and stays. Tried again until
    /// the journal has taken it.
    private func drawNear(at now: Instant) {
        do {
            // The look is a reader's: hardly ever is there anything to do.
            guard try journal.read({ try !self.timersTooFar(at: now, $0).isEmpty }) else { return hasDrawnNear(now) }
        } catch {
            log.error("deadlines of orders could not be read", metadata: ["reason": "\(error)"])
            return
        }
        change({ [self] result in
            if case .success = result { hasDrawnNear(now) }
        }) { [self] transaction in
            for timer in try timersTooFar(at: now, transaction) {
                try transaction.setOrderTimer(timer.kind, of: timer.order, due: timer.latest)
            }
            return ([], [])
        }
    }

    private func hasDrawnNear(_ now: Instant) {
        unsettled.withLock { unsettled in
            // It may have been put back once more meanwhile.
            if unsettled.lookedAt.map({ $0 >= now }) ?? true { unsettled.mustDrawNear = false }
        }
    }

    /// Deadlines that lie further away than any that would be set now, and the latest that they may be.
    private func timersTooFar(
        at now: Instant, _ view: JournalView
    ) throws -> [(kind: OrderTimerKind, order: Int64, latest: Instant)] {
        let kinds: [(OrderTimerKind, KeyPath<OrderTimes, Int64>)] = [
            (.deliver, \.acknowledgeMilliseconds), (.accept, \.acceptMilliseconds), (.alarm, \.alarmMilliseconds),
            (.claim, \.claimMilliseconds), (.ready, \.readyMilliseconds), (.consent, \.consentMilliseconds),
            (.confirm, \.acceptMilliseconds),
        ]
        return try kinds.flatMap { kind, time in
            try view.orderTimers(kind, dueAfter: now).compactMap { timer in
                let latest = now.adding(milliseconds: routing.stores[timer.store].orderTimes[keyPath: time])
                return timer.dueAt > latest ? (kind, timer.order, latest) : nil
            }
        }
    }

    private func come(
        _ timer: DueOrderTimer, at now: Instant, _ transaction: JournalTransaction
    ) throws -> [OrderEvent] {
        try transaction.cancelOrderTimer(timer.kind, of: timer.order)
        if timer.kind == .accept, transaction.planted.contains(.escalationLost) { return [] }
        guard var order = try transaction.order(id: timer.order), order.state.waits(for: timer.kind),
            let last = try transaction.lastTransition(of: order.id)
        else { return [] }
        switch timer.kind {
        case .deliver: return try offer(&order, last: last, isOverdue: true, at: now, transaction)
        case .accept: return try escalate(&order, last: last, at: now, transaction)
        case .alarm:
            try alarm(order, at: now, transaction)
            return []
        case .claim:
            if let till = order.holder, routing.isConnected(till, store: order.store) { return [] }
            return try step(&order, .release, "the till was away", at: now, transaction)
        case .expire:
            // The customer stands at the till: the claim ends first.
            guard order.state != .claimed else {
                let times = routing.stores[order.store].orderTimes
                try transaction.setOrderTimer(
                    .expire, of: order.id, due: now.adding(milliseconds: times.claimMilliseconds))
                return []
            }
            return try step(&order, .expire, "not collected in time", at: now, transaction)
        case .ready: return try remindOfPromise(order, at: now, transaction)
        case .consent: return try remindOfConsent(order, at: now, transaction)
        case .confirm: return try remindOfConfirmation(order, at: now, transaction)
        }
    }

    /// A step that the gateway makes itself.
    private func step(
        _ order: inout StoredOrder, _ action: OrderAction, _ reason: String, at now: Instant,
        _ transaction: JournalTransaction
    ) throws -> [OrderEvent] {
        let actor = Actor(deadlineOf: order.store, reason: reason)
        let next: OrderState
        do throws(OrderRefusal) {
            next = try nextState(of: order, action, by: actor)
        } catch {
            return []
        }
        return try advance(&order, action, to: next, by: actor, at: now, transaction).events
    }

    /// Nobody has taken it: everybody is asked, and after a while the operator.
    private func escalate(
        _ order: inout StoredOrder, last: StoredTransition, at now: Instant, _ transaction: JournalTransaction
    ) throws -> [OrderEvent] {
        try transaction.setEscalated(&order, at: now)
        try transaction.cancelOrderTimer(.deliver, of: order.id)
        let times = routing.stores[order.store].orderTimes
        try transaction.setOrderTimer(.alarm, of: order.id, due: now.adding(milliseconds: times.alarmMilliseconds))
        return try routing.escalate(order, last: last, at: now, transaction)
    }

    /// Still nobody: told to the operator's log and upstream, and again after the same time until somebody takes it.
    private func alarm(_ order: StoredOrder, at now: Instant, _ transaction: JournalTransaction) throws {
        log.critical("nobody takes an order", metadata: Self.metadata(of: order, at: now))
        try report(order, .unaccepted, at: now, transaction)
        let times = routing.stores[order.store].orderTimes
        try transaction.setOrderTimer(.alarm, of: order.id, due: now.adding(milliseconds: times.alarmMilliseconds))
    }
}

extension OrderState {
    /// Whether nobody has taken the order yet.
    var waitsForPerson: Bool { self == .new || self == .delivered }

    /// Whether an order in this state waits for such a thing.
    func waits(for kind: OrderTimerKind) -> Bool {
        switch kind {
        case .deliver: self == .new
        case .accept, .alarm: waitsForPerson
        case .claim: self == .claimed
        case .expire: [.new, .delivered, .accepted, .picking, .ready, .claimed].contains(self)
        case .ready: [.new, .delivered, .accepted, .picking].contains(self)
        case .consent: self == .picking
        case .confirm: self == .cancelRequested
        }
    }
}
