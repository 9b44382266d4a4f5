import LineProtocol
import Locking
import Retail
import SimulatorKit
import TillClient

/// Takes what is offered to the till: pick-up orders, each from the offer to the handover, and baskets from the shop floor.
final class OrderDesk: Sendable {
    private let till: Till
    private let shift: Int
    private let limit: Int?
    private let mood: Mood
    private let counter: BasketCounter?
    private let state: Mutex<State>

    /// What survives a crash of the till's program: what has been counted, and nothing about single orders.
    struct Counts: Sendable {
        var handedOver = 0
        var rejected = 0
        var substituted = 0
        var crashes = 0
    }

    private struct State {
        var counts: Counts
        var isStopped = false
        var hasCrashed = false
    }

    /// - Parameters:
    ///   - limit: stops after so many orders; 0 takes none.
    ///   - counts: what the till has done before its program went down.
    ///   - counter: takes the baskets, if the till does.
    init(
        till: Till, shift: Int, limit: Int?, mood: Mood, counts: Counts = Counts(), counter: BasketCounter? = nil
    ) {
        self.counter = counter
        self.till = till
        self.shift = shift
        self.limit = limit
        self.mood = mood
        state = Mutex(State(counts: counts))
    }

    var counts: Counts { state.withLock { $0.counts } }

    /// The program went down: another desk has to go on.
    var hasCrashed: Bool { state.withLock { $0.hasCrashed && !$0.isStopped } }

    /// Finishes the order at hand and takes no further ones.
    func stop() {
        state.withLock { $0.isStopped = true }
        till.client.close()
    }

    /// Takes orders and baskets until the limits are reached or the desk is stopped.
    ///
    /// Storing an order is the software's part and happens at once; what people do with it comes one order at a time.
    func run() async {
        let (stored, toPeople) = AsyncStream.makeStream(of: OrderDetails.self)
        let (offered, toCounter) = AsyncStream.makeStream(of: BasketDetails.self)
        if limit != 0 { await takeUp(toPeople) }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await self.store(toPeople, toCounter)
                // Without events there is nothing more to come.
                toPeople.finish()
                toCounter.finish()
                return false
            }
            var people = 0
            if limit != 0 {
                people += 1
                group.addTask {
                    await self.serve(stored)
                    return true
                }
            }
            if let counter {
                people += 1
                group.addTask {
                    await counter.serve(offered)
                    return true
                }
            }
            while people > 0, let hasFinished = await group.next() { people -= hasFinished ? 1 : 0 }
            group.cancelAll()
        }
    }

    /// Goes on with the orders that this till had before it was restarted.
    private func takeUp(_ toPeople: AsyncStream<OrderDetails>.Continuation) async {
        let states: [OrderState] = [.delivered, .accepted, .picking, .ready, .claimed, .paid, .cancelRequested]
        do {
            var list = OrderList(states: states)
            repeat {
                let page = try await till.client.orders(list)
                for order in page.orders where order.till == till.client.session?.device {
                    if order.last.state == .cancelRequested {
                        await confirmCancel(order.last)
                    } else {
                        toPeople.yield(order)
                    }
                }
                list.after = page.next
            } while list.after != nil
        } catch {
            till.failed("listing the till's orders: \(error)", error)
        }
    }

    private func store(
        _ toPeople: AsyncStream<OrderDetails>.Continuation, _ toCounter: AsyncStream<BasketDetails>.Continuation
    ) async {
        for await event in till.client.events {
            switch event.content {
            case .orderOffered(let order) where limit != 0 && !isDone:
                reportOffer(order)
                if await acknowledge(order) { toPeople.yield(order) }
            case .orderChanged(let change) where change.state == .cancelRequested: await confirmCancel(change)
            case .orderChanged(let change) where isAnswer(change):
                if let order = await fetch(change.key) { toPeople.yield(order) }
            case .basketOffered(let basket): toCounter.yield(basket)
            case .orderOffered, .orderChanged, .orderWithdrawn, .orderReminder, .basketChanged, .other: break
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
            state.isStopped || state.hasCrashed || till.tally.isGivenUp
                || limit.map { state.counts.handedOver >= $0 } ?? false
        }
    }

    private func take(_ order: OrderDetails) async {
        let key = order.last.key
        let reference = OrderReference(source: key.source, order: key.order, person: "Simulated seller")
        do {
            guard try await put(order, together: reference) else { return }
            report(try await till.client.claimOrder(reference))
            if mood.crashes() {
                till.progress.write("crash") { $0.field("order", key.order) }
                state.withLock { state in
                    state.hasCrashed = true
                    state.counts.crashes += 1
                }
                return till.client.close()
            }
            var handover = reference
            // The website may have changed it since it was offered.
            let current = try await till.client.order(reference).order
            if !current.isPrepaid, current.last.state == .claimed {
                let reply = try await till.sell(current, number: Self.receiptNumber(key), shift: shift)
                report(reply, key)
                handover.receipt = reply.key
            }
            report(try await till.client.handOverOrder(handover))
            state.withLock { $0.counts.handedOver += 1 }
        } catch {
            dropped(key, error)
        }
    }

    /// Accepts an order and brings its goods to the till; false when it was rejected or waits for the website.
    private func put(_ order: OrderDetails, together reference: OrderReference) async throws(TillClientError) -> Bool {
        let client = till.client
        let key = order.last.key
        let isNew = order.last.state == .new || order.last.state == .delivered
        if isNew, mood.hesitation > .zero { try? await Task.sleep(for: mood.hesitation) }
        let whim = isNew ? mood.whim() : .take
        if whim == .reject {
            var rejection = reference
            rejection.reason = "sold out"
            report(try await client.rejectOrder(rejection))
            state.withLock { $0.counts.rejected += 1 }
            return false
        }
        report(try await client.acceptOrder(reference))
        if whim == .substitute, let line = order.lines.first, let number = line.line {
            state.withLock { $0.counts.substituted += 1 }
            let instead = OrderSubstitute(
                sku: line.sku + "-2", name: line.name, quantity: line.quantity, price: line.price)
            let picked = OrderPickedLine(line: number, picked: .zero, missing: line.quantity, substitute: instead)
            report(
                try await client.pickOrder(
                    OrderPick(source: key.source, order: key.order, lines: [picked], person: reference.person)
                ).transition)
            return false
        }
        report(try await client.markOrderReady(reference))
        return true
    }

    /// Whether the website has decided about what was offered instead; whoever offered it may have forgotten by now.
    private func isAnswer(_ change: TransitionReply) -> Bool {
        change.state == .picking && change.by.role == .website
    }

    private func fetch(_ key: OrderKey) async -> OrderDetails? {
        do {
            return try await till.client.order(OrderReference(source: key.source, order: key.order)).order
        } catch {
            dropped(key, error)
            return nil
        }
    }

    /// An order that somebody else took or that was cancelled in between is no failure.
    private func dropped(_ key: OrderKey, _ error: TillClientError) {
        if case .closed = error, state.withLock({ $0.isStopped || $0.hasCrashed }) { return }
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

    private func reportOffer(_ order: OrderDetails) {
        till.progress.write("offered") { writer in
            writer.field("order", order.last.key.order)
            writer.field("at_us", WallMicroseconds.now())
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
