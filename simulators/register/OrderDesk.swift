import LineProtocol
import Locking
import Retail
import SimulatorKit
import TillClient

/// Takes the pick-up orders that are offered to the till, each from the offer to the handover.
final class OrderDesk: Sendable {
    private let till: Till
    private let shift: Int
    private let limit: Int?
    private let state = Mutex((handedOver: 0, isStopped: false))

    init(till: Till, shift: Int, limit: Int?) {
        self.till = till
        self.shift = shift
        self.limit = limit
    }

    /// Orders that the customers have.
    var handedOver: Int { state.withLock { $0.handedOver } }

    /// Finishes the order at hand and takes no further ones.
    func stop() {
        state.withLock { $0.isStopped = true }
        till.client.close()
    }

    /// Takes orders until the limit is reached or the desk is stopped.
    ///
    /// Storing an order is the software's part and happens at once; what people do with it comes one order at a time.
    func run() async {
        guard limit != 0 else { return }
        let (stored, toPeople) = AsyncStream.makeStream(of: OrderDetails.self)
        await takeUp(toPeople)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.store(toPeople) }
            group.addTask { await self.serve(stored) }
            await group.next()
            // One has ended, so the other one has nothing left to do: without events, or with the limit reached.
            toPeople.finish()
            group.cancelAll()
        }
    }

    /// Goes on with the orders that this till had before it was restarted.
    private func takeUp(_ toPeople: AsyncStream<OrderDetails>.Continuation) async {
        let states: [OrderState] = [.delivered, .accepted, .picking, .ready, .claimed, .paid]
        do {
            var list = OrderList(states: states)
            repeat {
                let page = try await till.client.orders(list)
                for order in page.orders where order.till == till.client.session?.device { toPeople.yield(order) }
                list.after = page.next
            } while list.after != nil
        } catch {
            till.failed("listing the till's orders: \(error)", error)
        }
    }

    private func store(_ toPeople: AsyncStream<OrderDetails>.Continuation) async {
        for await event in till.client.events {
            switch event.content {
            case .orderOffered(let order):
                if await acknowledge(order) { toPeople.yield(order) }
            case .orderChanged(let change) where change.state == .cancelRequested: await confirmCancel(change)
            case .orderChanged, .orderWithdrawn, .orderReminder, .other: break
            }
        }
    }

    private func serve(_ stored: AsyncStream<OrderDetails>) async {
        for await order in stored {
            await take(order)
            if isDone { return }
        }
    }

    private func acknowledge(_ order: OrderDetails) async -> Bool {
        let key = order.last.key
        do {
            report(try await till.client.acknowledgeOrder(OrderReference(source: key.source, order: key.order)))
            return true
        } catch {
            dropped(key, error)
            return false
        }
    }

    private var isDone: Bool {
        state.withLock { state in
            state.isStopped || till.tally.isGivenUp || limit.map { state.handedOver >= $0 } ?? false
        }
    }

    private func take(_ order: OrderDetails) async {
        let key = order.last.key
        let reference = OrderReference(source: key.source, order: key.order, person: "Simulated seller")
        let client = till.client
        do {
            report(try await client.acceptOrder(reference))
            report(try await client.markOrderReady(reference))
            report(try await client.claimOrder(reference))
            var handover = reference
            if !order.isPrepaid {
                let reply = try await till.sell(order, number: Self.receiptNumber(key), shift: shift)
                report(reply, key)
                handover.receipt = reply.key
            }
            report(try await client.handOverOrder(handover))
            state.withLock { $0.handedOver += 1 }
        } catch {
            dropped(key, error)
        }
    }

    /// An order that somebody else took or that was cancelled in between is no failure.
    private func dropped(_ key: OrderKey, _ error: TillClientError) {
        if case .closed = error, state.withLock({ $0.isStopped }) { return }
        if case .refused(let refusal) = error, refusal.code == .badState || refusal.code == .claimed {
            till.progress.write("order_left") { writer in
                writer.field("source", key.source)
                writer.field("order", key.order)
                writer.field("code", refusal.codeText)
                writer.optionalField("state", refusal.body.state)
                writer.optionalField("till", refusal.body.till)
            }
            return
        }
        till.failed("order \(key.source)/\(key.order): \(error)", error)
    }

    private func confirmCancel(_ change: TransitionReply) async {
        let reference = OrderReference(source: change.key.source, order: change.key.order)
        do {
            report(try await till.client.cancelOrder(reference))
        } catch {
            dropped(change.key, error)
        }
    }

    private func report(_ change: TransitionReply) {
        till.progress.write("order") { writer in
            writer.field("source", change.key.source)
            writer.field("order", change.key.order)
            writer.field("state", change.state.rawValue)
            writer.field("number", change.number)
        }
    }

    private func report(_ reply: ReceiptReply, _ key: OrderKey) {
        till.progress.write("order_paid") { writer in
            writer.field("source", key.source)
            writer.field("order", key.order)
            writer.field("receipt", reply.key.text)
            writer.field("marks", reply.marks.map(\.rawValue))
        }
    }

    /// The receipt number that belongs to an order: the order's own where that can be a receipt number.
    ///
    /// It does not depend on when the sale is made, so a till that was restarted repeats the sale instead of making a
    /// second one.
    static func receiptNumber(_ key: OrderKey) -> String {
        let plain = "\(key.source)-\(key.order)"
        if ReceiptKey.isNumber(plain) { return plain }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in plain.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return "order-\(String(hash, radix: 16))"
    }
}
