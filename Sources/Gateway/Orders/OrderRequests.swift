import LineProtocol
import Retail

/// Leads a request about orders to the desk, whatever it came by: the line protocol or HTTP.
struct OrderRequests {
    let desk: OrderDesk

    /// Answers one request.
    ///
    /// - Parameters:
    ///   - text: the message as it came; valid during the call.
    ///   - completion: called from any thread, unless this throws.
    func perform(
        _ verb: Verb, _ body: FieldReader, text: UnsafeRawBufferPointer, by principal: Principal,
        completion: @escaping OrderDesk.Completion
    ) throws(Refusal) {
        switch verb {
        case .orderPush: try push(body, text, principal, completion)
        case .orderList: try list(body, principal, completion)
        case .orderFollow:
            let message: OrderFollow = try Self.read(body)
            desk.follow(after: message.after, limit: message.limit, by: Actor(principal), completion: completion)
        case .orderPick:
            let message: OrderPick = try Self.read(body)
            desk.pick(message, by: Actor(principal, person: message.person), completion: completion)
        case .orderAmend:
            let message: OrderAmend = try Self.read(body)
            desk.amend(message, by: Actor(principal), completion: completion)
        default:
            let message = try reference(verb, body, principal)
            let key = OrderKey(source: try principal.source(named: message.source), order: message.order)
            let actor = Actor(principal, person: message.person, reason: message.reason)
            if verb == .orderGet {
                desk.order(key, by: actor, completion: completion)
            } else if let action = Self.action(verb, principal.role) {
                desk.step(action, key, basedOn: message.basedOn.map { Int($0) }, by: actor, completion: completion)
            } else {
                throw Refusal(.internal, "nobody here does \(verb.name)")
            }
        }
    }

    private static func read<Message: MessageBody>(_ body: FieldReader) throws(Refusal) -> Message {
        do { return try Message(body) } catch { throw Refusal(error) }
    }

    private func push(
        _ body: FieldReader, _ text: UnsafeRawBufferPointer, _ principal: Principal,
        _ completion: @escaping OrderDesk.Completion
    ) throws(Refusal) {
        let message: OrderPush = try Self.read(body)
        guard message.store == principal.store || principal.store == Principal.everyStore else {
            throw Refusal(.forbidden, "the website's orders are for store \(principal.store)")
        }
        let key = OrderKey(source: principal.device, order: message.order)
        desk.push(
            key, store: message.store, isPrepaid: message.isPrepaid, pickupUntil: message.pickupUntil,
            text: message.text, pushed: Array(text), by: Actor(principal), completion: completion)
    }

    private func list(
        _ body: FieldReader, _ principal: Principal, _ completion: @escaping OrderDesk.Completion
    ) throws(Refusal) {
        let message: OrderList = try Self.read(body)
        var after: Int64 = 0
        if let cursor = message.after {
            guard let position = Int64(cursor), position > 0 else {
                throw Refusal.badField("after", "is not a cursor that a list has given")
            }
            after = position
        }
        desk.list(
            states: Set(message.states ?? OrderState.allCases.filter(\.isOpen)), after: after, limit: message.limit,
            by: Actor(principal), completion: completion)
    }

    private func reference(
        _ verb: Verb, _ body: FieldReader, _ principal: Principal
    ) throws(Refusal) -> OrderReference {
        do { return try OrderReference(body, verb: verb, role: principal.role) } catch { throw Refusal(error) }
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

extension Principal {
    /// The website an order is from: a website means itself, everyone else has to say.
    func source(named: String?) throws(Refusal) -> String {
        if role == .website {
            guard named == nil || named == device else {
                throw Refusal(.forbidden, "a website speaks of its own orders only")
            }
            return device
        }
        guard let named else { throw Refusal(FieldError.missing("source")) }
        return named
    }
}
