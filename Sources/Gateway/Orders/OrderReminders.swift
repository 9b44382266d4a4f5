import Journal
import LineProtocol
import Logging
import Retail

/// What a store has promised for an order.
struct OrderPromise {
    /// A person has taken it by then.
    let acceptBy: Instant
    /// The goods wait for the customer by then.
    let readyBy: Instant
    /// When the store is reminded, while the order can still be saved.
    let warnAt: Instant

    init(createdAt: Instant, _ times: OrderTimes) {
        acceptBy = createdAt.adding(milliseconds: times.acceptMilliseconds)
        readyBy = createdAt.adding(milliseconds: times.readyMilliseconds)
        // A warning that is longer than the promise would come with the order: half of the time is left then.
        warnAt = readyBy.adding(milliseconds: -min(times.warnMilliseconds, times.readyMilliseconds / 2))
    }
}

/// Why upstream and the operator hear of an order.
enum OrderAlarm: String {
    case unaccepted, late, consent, cancel
}

/// Deadlines that move no order: people are reminded, the operator's log and upstream are told.
extension OrderDesk {
    /// The website wants an order back whose goods wait: a person must agree.
    func awaitConfirmation(of order: StoredOrder, at now: Instant, _ transaction: JournalTransaction) throws {
        let times = routing.stores[order.store].orderTimes
        try transaction.setOrderTimer(.confirm, of: order.id, due: now.adding(milliseconds: times.acceptMilliseconds))
    }

    /// Something is missing: the website must decide. A report that changes nothing about that moves no deadline.
    func awaitConsent(
        of order: StoredOrder, needed isNeeded: Bool, at now: Instant, _ transaction: JournalTransaction
    ) throws {
        guard isNeeded else { return try transaction.cancelOrderTimer(.consent, of: order.id) }
        guard try transaction.orderTimer(.consent, of: order.id) == nil else { return }
        let times = routing.stores[order.store].orderTimes
        try transaction.setOrderTimer(.consent, of: order.id, due: now.adding(milliseconds: times.consentMilliseconds))
    }

    /// The promise is about to be broken, or has just been: the store is told both times, upstream, too.
    func remindOfPromise(
        _ order: StoredOrder, at now: Instant, _ transaction: JournalTransaction
    ) throws -> [OrderEvent] {
        let promise = OrderPromise(createdAt: order.createdAt, routing.stores[order.store].orderTimes)
        if now < promise.readyBy { try transaction.setOrderTimer(.ready, of: order.id, due: promise.readyBy) }
        log.warning(
            now < promise.readyBy ? "an order is about to be late" : "an order is late",
            metadata: Self.metadata(of: order, at: now))
        try report(order, .late, at: now, transaction)
        return try routing.remind(order, .late, dueAt: promise.readyBy, at: now, transaction)
    }

    /// The website has not said what shall become of what is missing: it and the store are told, again and again.
    func remindOfConsent(
        _ order: StoredOrder, at now: Instant, _ transaction: JournalTransaction
    ) throws -> [OrderEvent] {
        let times = routing.stores[order.store].orderTimes
        try transaction.setOrderTimer(.consent, of: order.id, due: now.adding(milliseconds: times.consentMilliseconds))
        log.warning("a website does not consent", metadata: Self.metadata(of: order, at: now))
        try report(order, .consent, at: now, transaction)
        return try routing.remind(order, .consent, dueAt: now, tellsWebsite: true, at: now, transaction)
    }

    /// Nobody in the store has agreed that an order is cancelled: the store is told again and again.
    func remindOfConfirmation(
        _ order: StoredOrder, at now: Instant, _ transaction: JournalTransaction
    ) throws -> [OrderEvent] {
        try awaitConfirmation(of: order, at: now, transaction)
        log.warning("nobody confirms that an order is cancelled", metadata: Self.metadata(of: order, at: now))
        try report(order, .cancel, at: now, transaction)
        return try routing.remind(order, .cancel, dueAt: now, at: now, transaction)
    }

    // MARK: Telling

    /// What the operator's log says of an order: no person, no goods.
    static func metadata(of order: StoredOrder, at now: Instant) -> Logger.Metadata {
        let waited = (now.millisecondsSinceEpoch - order.createdAt.millisecondsSinceEpoch) / 1_000
        return [
            "source": "\(order.key.source)", "order": "\(order.key.order)", "store": "\(order.store)",
            "state": "\(order.state.rawValue)", "waited_s": "\(waited)",
        ]
    }

    /// Tells upstream that an order needs somebody.
    func report(
        _ order: StoredOrder, _ alarm: OrderAlarm, at now: Instant, _ transaction: JournalTransaction
    ) throws {
        let writer = ByteWriter(capacity: 256)
        writer.beginObject()
        writer.field("reason", alarm.rawValue)
        writer.field("store", order.store)
        writer.field("source", order.key.source)
        writer.field("order", order.key.order)
        writer.field("state", order.state.rawValue)
        writer.field("created_at", order.createdAt)
        writer.field("at", now)
        writer.endObject()
        try transaction.enqueue(
            type: "order.alarm",
            id: "\(order.key.source)/\(order.key.order)/\(alarm.rawValue)-\(now.millisecondsSinceEpoch)",
            stream: order.store, body: Array(writer.bytes), at: now)
    }
}

extension OrderRouting {
    /// Reminds the till that has an order, all apps of its store and, if asked for, its website.
    func remind(
        _ order: StoredOrder, _ alarm: OrderAlarm, dueAt: Instant, tellsWebsite: Bool = false, at instant: Instant,
        _ transaction: JournalTransaction
    ) throws -> [OrderEvent] {
        let text = OrderReminder(
            key: order.key, reason: alarm.rawValue, state: order.state, number: Int64(order.stateNumber), dueAt: dueAt
        ).text
        var devices = Set(presence.connected(store: order.store, role: .app))
        if let till = order.holder ?? order.offeredTo { devices.insert(till) }
        var events = try devices.sorted().map {
            try post(.orderReminder, text, order.store, $0, instant, transaction)
        }
        if tellsWebsite {
            events.append(
                try post(.orderReminder, text, order.sourceStore, order.key.source, instant, transaction))
        }
        return events
    }
}
