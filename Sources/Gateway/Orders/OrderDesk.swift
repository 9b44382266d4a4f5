import Crew
import Journal
import LineProtocol
import Locking
import Logging
import Retail

/// Takes pick-up orders through their life: every step is durable before anyone hears of it.
final class OrderDesk: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    let journal: Journal
    let routing: OrderRouting
    let clock: any WallClock
    let log: Logger
    let presence: Presence
    private let relayWaker: Waker
    private let webhookWaker: Waker
    private let tasks: TaskBoard
    /// What could not be written when it happened, and what the clock last said.
    let unsettled = Mutex(UnsettledOrders())
    /// What belongs into the same transaction as each effect; nil when nothing does.
    private let frame: (any OrderFrame)?

    init(
        journal: Journal, presence: Presence, stores: StoreDirectory, clock: any WallClock, relayWaker: Waker,
        webhookWaker: Waker, tasks: TaskBoard, log: Logger
    ) {
        self.journal = journal
        self.presence = presence
        self.clock = clock
        self.relayWaker = relayWaker
        self.webhookWaker = webhookWaker
        self.tasks = tasks
        self.log = log
        frame = nil
        routing = OrderRouting(presence: presence, stores: stores)
    }

    /// The same desk for one request, with something that belongs into the same transaction as its effect.
    init(_ desk: OrderDesk, frame: any OrderFrame) {
        journal = desk.journal
        presence = desk.presence
        clock = desk.clock
        relayWaker = desk.relayWaker
        webhookWaker = desk.webhookWaker
        tasks = desk.tasks
        log = desk.log
        routing = desk.routing
        self.frame = frame
    }

    // MARK: The website

    /// Takes an order in. The same content again answers as before; other content under the same id is a conflict.
    ///
    /// - Parameters:
    ///   - text: the members that an order has, as its readers get them.
    ///   - pushed: the website's message as it came; what the message does not share with an order is content too.
    func push(
        _ key: OrderKey, store: String, isPrepaid: Bool, pickupUntil: Instant?, text: [UInt8], pushed: [UInt8],
        by actor: Actor, completion: @escaping Completion
    ) {
        let now = clock.now()
        change(completion) { [self] transaction in
            if let known = try transaction.order(key) {
                return (try repeatedPush(of: known, pushed, transaction), [])
            }
            var order = try transaction.insertOrder(
                key, sourceStore: actor.store, store: store, isPrepaid: isPrepaid, body: text, pushed: pushed,
                pickupUntil: pickupUntil, at: now)
            try transaction.noteCustomer(of: order)
            try StockKeeping.reserve(Self.content(of: order).lines, for: order, at: now, transaction)
            let step = try transaction.advance(
                &order, by: Self.pushAction, to: .new, role: actor.role, device: actor.device, person: actor.person,
                at: now)
            try enqueue(step, of: order, transaction)
            try beginWaiting(order, at: now, transaction)
            let events =
                try offer(&order, last: step, at: now, transaction)
                + routing.show(order, last: step, at: now, transaction)
            return (OrderText.transition(step, of: key), events)
        }
    }

    private static let pushAction = "push"

    private func repeatedPush(
        of known: StoredOrder, _ pushed: [UInt8], _ transaction: JournalTransaction
    ) throws -> [UInt8] {
        let before = try transaction.pushedText(of: known.id) ?? []
        let isSame = before.withUnsafeBytes { old in pushed.withUnsafeBytes { jsonContentsEqual(old, $0) } }
        guard isSame, let first = try transaction.transitions(of: known.id).first else {
            var refusal = Refusal(.conflict, "another order is stored under this number; nothing was changed")
            refusal.key = "\(known.key.source)/\(known.key.order)"
            refusal.receivedAt = known.createdAt
            throw refusal
        }
        return OrderText.transition(first, of: known.key)
    }

    // MARK: Steps

    /// Makes a step, or answers as before when this device has made it already.
    func step(
        _ action: OrderAction, _ key: OrderKey, basedOn: Int? = nil, by actor: Actor,
        completion: @escaping Completion
    ) {
        let now = clock.now()
        change(completion) { [self] transaction in
            guard var order = try transaction.order(key), isVisible(order, to: actor) else {
                throw Refusal(.notFound, "no such order")
            }
            let next: OrderState
            do throws(OrderRefusal) {
                next =
                    action == .claim && order.state == .claimed && transaction.planted.contains(.secondClaim)
                    ? .claimed : try nextState(of: order, action, by: actor)
            } catch {
                let made = try madeBefore(action, by: actor, order, transaction)
                guard case .badState = error, let made else { throw Refusal(error) }
                return (OrderText.transition(made, of: key), [])
            }
            try requireBase(basedOn, of: order)
            if action == .markReady { try requireConsent(to: order, transaction) }
            // What leads to the end is always possible.
            if action == .claim { try requireRoom(in: order) }
            let (step, events) = try advance(&order, action, to: next, by: actor, at: now, transaction)
            return (OrderText.transition(step, of: key), events)
        }
    }

    func nextState(
        of order: StoredOrder, _ action: OrderAction, by actor: Actor
    ) throws(OrderRefusal) -> OrderState {
        let situation = OrderSituation(state: order.state, holder: order.holder, prepaid: order.isPrepaid)
        return try Retail.nextState(situation, action: action, role: actor.role, device: actor.device)
    }

    /// Pays an order with the receipt that the transaction stores.
    ///
    /// - Throws: ``OrderRefusal`` when the life cycle does not allow it.
    func pay(
        _ order: inout StoredOrder, by actor: Actor, at now: Instant, _ transaction: JournalTransaction
    ) throws -> [OrderEvent] {
        let next = try nextState(of: order, .pay, by: actor)
        return try advance(&order, .pay, to: next, by: actor, at: now, transaction).events
    }

    func advance(
        _ order: inout StoredOrder, _ action: OrderAction, to next: OrderState, by actor: Actor, at now: Instant,
        _ transaction: JournalTransaction
    ) throws -> (step: StoredTransition, events: [OrderEvent]) {
        let before = order
        switch next {
        case .claimed: order.holder = actor.device
        case .ready: order.holder = nil
        case .delivered, .accepted: if actor.role == .register { order.offeredTo = actor.device }
        default: break
        }
        let step = try transaction.advance(
            &order, by: action.rawValue, to: next, role: actor.role, device: actor.device, person: actor.person,
            reason: actor.reason, at: now)
        try enqueue(step, of: order, transaction)
        try StockKeeping.follow(order, at: now, transaction)
        try adjustTimers(of: order, at: now, transaction)
        let events = try routing.announce(step, of: order, before: before, at: now, transaction)
        return (step, events)
    }

    /// An order's history is read with it: what can be done again and again has an end.
    func requireRoom(in order: StoredOrder) throws {
        guard order.stateNumber >= ProtocolLimits.orderTransitions else { return }
        var refusal = Refusal(.limit, "the order has had \(order.stateNumber) transitions")
        refusal.field = "order"
        refusal.limit = ProtocolLimits.orderTransitions
        throw refusal
    }

    func requireBase(_ basedOn: Int?, of order: StoredOrder) throws {
        guard let basedOn, basedOn != order.stateNumber else { return }
        var refusal = Refusal(.stale, "the order has moved on since")
        refusal.state = order.state.rawValue
        refusal.number = Int64(order.stateNumber)
        throw refusal
    }

    /// The step that a repeated request made, whoever made it. A claim and what follows from it are the claiming
    /// till's own, and a claim that ended by release is over.
    private func madeBefore(
        _ action: OrderAction, by actor: Actor, _ order: StoredOrder, _ transaction: JournalTransaction
    ) throws -> StoredTransition? {
        let history = try transaction.transitions(of: order.id)
        guard let made = history.last(where: { $0.action == action.rawValue }) else { return nil }
        switch action {
        case .claim, .release, .handOver:
            guard made.device == actor.device, made.role == actor.role else { return nil }
            let isReleased = history.contains {
                $0.number > made.number && $0.action == OrderAction.release.rawValue
            }
            return action == .claim && isReleased ? nil : made
        default:
            return made
        }
    }

    func isVisible(_ order: StoredOrder, to actor: Actor) -> Bool {
        switch actor.role {
        case .register, .app: order.store == actor.store
        case .website: order.key.source == actor.device && order.sourceStore == actor.store
        case .operator: true
        }
    }

    /// Sends events whose commit is on the disk to those who are connected; the others get them when they return.
    func deliver(_ events: [OrderEvent]) {
        // A receipt that pays no order has no events and nothing for websites.
        if !events.isEmpty { webhookWaker.wake() }
        if !events.isEmpty { tasks.touch(Set(events.map(\.device.store))) }
        for event in events {
            guard let session = presence.session(of: event.device) else { continue }
            session.executor.execute { session.send(event.event) }
        }
    }

    // MARK: -

    func change(
        _ completion: @escaping Completion,
        _ body: @escaping @Sendable (JournalTransaction) throws -> (answer: [UInt8], events: [OrderEvent])
    ) {
        journal.submit { [frame] transaction in
            guard let frame else { return try body(transaction) }
            if let known = try frame.begin(transaction) { return (known, []) }
            let made = try body(transaction)
            try frame.end(made.answer, transaction)
            return made
        } completion: { [self] result in
            switch result {
            case .success(let (answer, events)):
                deliver(events)
                relayWaker.wake()
                webhookWaker.wake()
                completion(.success(answer))
            case .failure(let error):
                completion(.failure(Refusal(store: error)))
            }
        }
    }

    /// Asks the writer, so that what was acknowledged is in the answer; wakes nobody, because nothing changes.
    func ask(
        _ completion: @escaping Completion, _ question: @escaping @Sendable (JournalTransaction) throws -> [UInt8]
    ) {
        journal.submit(question) { completion($0.mapError { Refusal(store: $0) }) }
    }

    func enqueue(
        _ step: StoredTransition, of order: StoredOrder, _ transaction: JournalTransaction
    ) throws {
        let writer = ByteWriter(capacity: 256)
        writer.beginObject()
        writer.field("store", order.store)
        writer.field("transition", TransitionReply(step, of: order.key))
        writer.endObject()
        try transaction.enqueue(
            type: "order.state", id: "\(order.key.source)/\(order.key.order)/\(step.number)", stream: order.store,
            body: Array(writer.bytes), at: step.at)
    }
}

/// What is done before and after a request's effect, in the same transaction.
protocol OrderFrame: Sendable {
    /// Returns the answer that the request was given before; then it is not carried out again.
    func begin(_ transaction: JournalTransaction) throws -> [UInt8]?
    /// Takes the answer of a request that was carried out.
    func end(_ answer: [UInt8], _ transaction: JournalTransaction) throws
}

extension Refusal {
    init(_ refusal: OrderRefusal) {
        switch refusal {
        case .badState(let state):
            self.init(.badState, "the order is \(state.rawValue): this cannot be done now")
            body.state = state.rawValue
        case .claimedBy(let till):
            self.init(.claimed, "the order is claimed by till \(till)")
            body.till = till
        case .roleMayNot:
            self.init(.forbidden, "the role may not do this")
        }
    }
}
