import Journal
import LineProtocol
import Logging
import Retail

/// Takes baskets from the shop floor to tills, and back: every step is durable before anyone hears of it.
final class BasketDesk: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    /// Baskets that one change of the journal withdraws at the end of a day.
    private static let basketsPerPass = 64

    private let journal: Journal
    private let orders: OrderDesk
    private let presence: Presence
    private let clock: any WallClock
    private let log: Logger

    /// - Parameter orders: changes the journal and delivers events.
    init(journal: Journal, orders: OrderDesk, presence: Presence, clock: any WallClock, log: Logger) {
        self.journal = journal
        self.orders = orders
        self.presence = presence
        self.clock = clock
        self.log = log
    }

    // MARK: The app

    /// BASKET_SEND: the same basket again is answered as before; other content under its id is a conflict.
    ///
    /// - Parameter text: the app's message as it came.
    func send(_ message: BasketSend, text: [UInt8], by principal: Principal, completion: @escaping Completion) {
        let now = clock.now()
        let endOfDay = principal.calendar.zone.start(ofDay: 1, after: now)
        let key = BasketKey(store: principal.store, app: principal.device, basket: message.basket)
        orders.change(completion) { [presence] transaction in
            if let known = try transaction.basket(key) {
                guard isSameMessage(known.sent, text) else { throw Self.conflict(with: known) }
                return (known.answer, [])
            }
            try Self.require(message, key, transaction)
            let isConnected = presence.session(of: DeviceKey(store: key.store, name: message.till)) != nil
            let reply = BasketSend.Reply(
                basket: key.basket, till: message.till, state: .sent, at: now, isConnected: isConnected)
            try transaction.insert(
                NewBasket(
                    key: key, till: message.till, customer: message.customer, sent: text, answer: reply.text,
                    sentAt: now, withdrawAt: endOfDay))
            let offer = BasketDetails(message, from: key.app, state: .sent, at: now)
            let event = try transaction.post(
                .basketOffered, offer.text, to: DeviceKey(store: key.store, name: message.till), at: now)
            return (reply.text, [event])
        }
    }

    /// BASKET_WITHDRAW: what no till has opened the app may take back.
    func withdraw(_ message: BasketWithdraw, by principal: Principal, completion: @escaping Completion) {
        let now = clock.now()
        let key = BasketKey(store: principal.store, app: principal.device, basket: message.basket)
        orders.change(completion) { transaction in
            guard var basket = try transaction.basket(key) else { throw Self.notFound }
            if basket.state == .withdrawn { return (basket.change.text, []) }
            guard basket.state == .sent else { throw Self.badState(basket) }
            basket.reason = message.reason
            let events = try transaction.move(&basket, to: .withdrawn, at: now, tell: [basket.till])
            return (basket.change.text, events)
        }
    }

    // MARK: The till

    /// BASKET_OPEN: the till that it was sent to makes a sale of it.
    func open(_ message: BasketOpen, by principal: Principal, completion: @escaping Completion) {
        let now = clock.now()
        orders.change(completion) { transaction in
            var basket = try Self.basket(message.reference, at: principal, transaction)
            var events: [OrderEvent] = []
            switch basket.state {
            case .opened: break
            case .sent: events = try transaction.move(&basket, to: .opened, at: now, tell: [basket.key.app])
            default: throw Self.badState(basket)
            }
            return (try basket.details().text, events)
        }
    }

    /// BASKET_RETURN: the till gives it back.
    func giveBack(_ message: BasketReturn, by principal: Principal, completion: @escaping Completion) {
        let now = clock.now()
        orders.change(completion) { transaction in
            var basket = try Self.basket(message.reference, at: principal, transaction)
            if basket.state == .returned { return (basket.change.text, []) }
            guard basket.state.isOpen else { throw Self.badState(basket) }
            basket.reason = message.reason
            let events = try transaction.move(&basket, to: .returned, at: now, tell: [basket.key.app])
            return (basket.change.text, events)
        }
    }

    // MARK: The end of the day

    /// Withdraws what is left when the shop's day is over, also what was left while the gateway was down. The look is a
    /// reader's, so that the hours before it cost the writer nothing.
    func passTime() {
        let now = clock.now()
        do {
            guard try !journal.read({ try $0.basketsDue(at: now, limit: 1) }).isEmpty else { return }
        } catch {
            log.error("baskets could not be read", metadata: ["reason": "\(error)"])
            return
        }
        orders.change({ [log] result in
            // That the store takes no writes is told once, and not every second.
            if case .failure(let refusal) = result, refusal.code != .storeUnavailable {
                log.error("baskets could not be withdrawn", metadata: ["reason": "\(refusal)"])
            }
        }) { transaction in
            var events: [OrderEvent] = []
            for var basket in try transaction.basketsDue(at: now, limit: Self.basketsPerPass) {
                events += try transaction.move(&basket, to: .withdrawn, at: now, tell: [basket.key.app, basket.till])
            }
            return ([], events)
        }
    }

    // MARK: What stands against a request

    private static func require(
        _ message: BasketSend, _ key: BasketKey, _ transaction: JournalTransaction
    ) throws {
        guard try transaction.hasTill(message.till, store: key.store) else {
            throw Refusal(.notFound, "the store has no till \(message.till)")
        }
        if let customer = message.customer, try transaction.survivor(of: customer) == nil {
            throw Refusal.unknownCustomer
        }
        guard try transaction.openBaskets(ofApp: key.app, store: key.store) < ProtocolLimits.openBasketsPerApp else {
            throw tooMany("basket", ProtocolLimits.openBasketsPerApp, "the app")
        }
        let atTill = try transaction.openBaskets(atTill: message.till, store: key.store)
        guard atTill < ProtocolLimits.openBasketsPerTill else {
            throw tooMany("till", ProtocolLimits.openBasketsPerTill, "the till")
        }
    }

    /// The basket that a till speaks of, if it is the till's own.
    private static func basket(
        _ reference: BasketReference, at principal: Principal, _ transaction: JournalTransaction
    ) throws -> StoredBasket {
        let key = BasketKey(store: principal.store, app: reference.app, basket: reference.basket)
        guard let basket = try transaction.basket(key) else { throw notFound }
        guard basket.till == principal.device else {
            var refusal = Refusal(.claimed, "the basket was sent to till \(basket.till)")
            refusal.till = basket.till
            throw refusal
        }
        return basket
    }

    private static var notFound: Refusal { Refusal(.notFound, "no such basket") }

    private static func badState(_ basket: StoredBasket) -> Refusal {
        var refusal = Refusal(.badState, "the basket is \(basket.state.rawValue): this cannot be done now")
        refusal.state = basket.state.rawValue
        return refusal
    }

    private static func tooMany(_ field: String, _ limit: Int, _ who: String) -> Refusal {
        var refusal = Refusal(.limit, "\(who) has \(limit) open baskets already")
        refusal.field = field
        refusal.limit = limit
        return refusal
    }

    private static func conflict(with known: StoredBasket) -> Refusal {
        .conflict("basket", key: "\(known.key.app)/\(known.key.basket)", receivedAt: known.sentAt)
    }
}
