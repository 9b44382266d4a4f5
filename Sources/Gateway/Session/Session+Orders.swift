import LineProtocol
import Retail

extension Session {
    /// The verbs of pick-up orders.
    func performOrder(_ verb: Verb, _ request: Request, _ principal: Principal) {
        answerLater(request) { completion throws(Refusal) in
            switch verb {
            case .orderPush: try push(request, principal, completion)
            case .orderList: try list(request, principal, completion)
            case .orderFollow:
                let message: OrderFollow = try read(request)
                gateway.orders.follow(
                    after: message.after, limit: message.limit, by: Actor(principal), completion: completion)
            case .orderPick:
                let message: OrderPick = try read(request)
                gateway.orders.pick(message, by: Actor(principal, person: message.person), completion: completion)
            case .orderAmend:
                let message: OrderAmend = try read(request)
                gateway.orders.amend(message, by: Actor(principal), completion: completion)
            default:
                let message = try reference(verb, request, principal)
                let key = OrderKey(source: try source(message.source, principal), order: message.order)
                let actor = Actor(principal, person: message.person, reason: message.reason)
                if verb == .orderGet {
                    gateway.orders.order(key, by: actor, completion: completion)
                } else if let action = Self.action(verb, principal.role) {
                    gateway.orders.step(
                        action, key, basedOn: message.basedOn.map { Int($0) }, by: actor, completion: completion)
                } else {
                    throw Refusal(.notBuilt, "\(verb.name) is not built yet")
                }
            }
        }
    }

    private func push(
        _ request: Request, _ principal: Principal, _ completion: @escaping OrderDesk.Completion
    ) throws(Refusal) {
        let message: OrderPush = try read(request)
        guard message.store == principal.store || principal.store == Principal.everyStore else {
            throw Refusal(.forbidden, "the website's orders are for store \(principal.store)")
        }
        let key = OrderKey(source: principal.device, order: message.order)
        gateway.orders.push(
            key, store: message.store, isPrepaid: message.isPrepaid, pickupUntil: message.pickupUntil,
            text: message.text,
            pushed: Array(request.text), by: Actor(principal), completion: completion)
    }

    private func list(
        _ request: Request, _ principal: Principal, _ completion: @escaping OrderDesk.Completion
    ) throws(Refusal) {
        let message: OrderList = try read(request)
        var after: Int64 = 0
        if let cursor = message.after {
            guard let position = Int64(cursor), position > 0 else {
                throw Refusal.badField("after", "is not a cursor that a list has given")
            }
            after = position
        }
        gateway.orders.list(
            states: Set(message.states ?? OrderState.allCases.filter(\.isOpen)), after: after, limit: message.limit,
            by: Actor(principal),
            completion: completion)
    }

    private func reference(
        _ verb: Verb, _ request: Request, _ principal: Principal
    ) throws(Refusal) -> OrderReference {
        do { return try OrderReference(request.body, verb: verb, role: principal.role) } catch { throw Refusal(error) }
    }

    private static func action(_ verb: Verb, _ role: DeviceRole) -> OrderAction? {
        switch verb {
        case .orderAck: .acknowledge
        case .orderAccept: .accept
        case .orderReject: .reject
        case .orderReady: .markReady
        case .orderClaim: .claim
        case .orderRelease: .release
        case .orderHandover: .handOver
        // The website asks; the store agrees.
        case .orderCancel: role == .website ? .cancel : .confirmCancel
        default: nil
        }
    }
}
