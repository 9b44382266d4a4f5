import Journal
import LineProtocol
import Retail

/// What is asked about orders. Answered by the writer, so that what was acknowledged is in the answer.
extension OrderDesk {
    /// One order with its history. Asked of the writer, so that what was acknowledged is in the answer.
    func order(_ key: OrderKey, by actor: Actor, completion: @escaping Completion) {
        let now = clock.now()
        ask(completion) { [self] transaction in
            guard let order = try transaction.order(key), isVisible(order, to: actor),
                case let history = try transaction.transitions(of: order.id), let last = history.last
            else { throw Refusal(.notFound, "no such order") }
            let picks = try transaction.picks(of: order.id)
            let service = OrderService(
                OrderMilestones(history, createdAt: order.createdAt), state: order.state,
                OrderPromise(createdAt: order.createdAt, routing.stores[order.store].orderTimes), at: now)
            return OrderText.order(order, last: last, history: history, picks: picks, service: service)
        }
    }

    /// A page of the orders that the actor may see.
    func list(
        states: Set<OrderState>, after: Int64, limit: Int, by actor: Actor, completion: @escaping Completion
    ) {
        // One more than was asked for tells whether there is another page.
        let filter = OrderFilter(
            of: actor.role == .website ? .source(actor.device, store: actor.store) : .store(actor.store),
            states: states, after: after,
            limit: limit + 1)
        ask(completion) { transaction in
            let found = try transaction.orders(filter)
            let writer = ByteWriter(capacity: 4_096)
            writer.beginObject()
            writer.name("orders")
            writer.beginArray()
            var listed: [StoredOrder] = []
            // A page ends early when it is as long as a line may be: the client reads on from there.
            for order in found.prefix(limit) where writer.count < ProtocolLimits.lineBytes {
                guard let last = try transaction.lastTransition(of: order.id) else { continue }
                OrderText.write(order, last: last, to: writer)
                listed.append(order)
            }
            writer.endArray()
            writer.nullableField("next", found.count > listed.count ? listed.last.map { String($0.id) } : nil)
            writer.endObject()
            return Array(writer.bytes)
        }
    }

    /// What became of a push, for STATUS: the answer as it was first given.
    func status(of key: OrderKey, by actor: Actor, completion: @escaping Completion) {
        ask(completion) { [self] transaction in
            let order = try transaction.order(key)
            if let order, !isVisible(order, to: actor) {
                throw Refusal(.forbidden, "the order belongs to another store or website")
            }
            let writer = ByteWriter(capacity: 256)
            writer.beginObject()
            if let order, let first = try transaction.transitions(of: order.id).first {
                writer.field("state", "stored")
                writer.field("verb", "\(Verb.orderPush.name)")
                writer.field("reply", TransitionReply(first, of: key))
            } else {
                writer.field("state", "unknown")
            }
            writer.endObject()
            return Array(writer.bytes)
        }
    }
}
