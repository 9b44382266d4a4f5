import LineProtocol
import Locking
import Retail
import SimulatorKit
import TillClient

/// Pushes orders and keeps book of what becomes of them.
final class OrderFollower: Sendable {
    private struct Followed {
        let pushed: ContinuousClock.Instant
        var isAcknowledged = false
        var state = OrderState.new
        /// The number of the last transition heard of.
        var number: Int64 = 0
        var isDelivered = false
    }

    private struct Book {
        var orders: [String: Followed] = [:]
        var failures = 0
        var cancellations = 0
        var consents = 0
        var toDelivered = Latencies()
        var toHandedOver = Latencies()
        var isEverythingPushed = false
    }

    private let client: TillClient
    private let progress: ProgressLines
    private let reportsTransitions: Bool
    private let book = Mutex(Book())
    private let everythingDone = Gate()

    init(client: TillClient, progress: ProgressLines, reportsTransitions: Bool) {
        self.client = client
        self.progress = progress
        self.reportsTransitions = reportsTransitions
    }

    /// Every order that was pushed has come to its end, none was refused or forgotten.
    var isComplete: Bool {
        book.withLock { $0.failures == 0 && $0.orders.values.allSatisfy { $0.state.isFinal && $0.state != .expired } }
    }

    /// Pushes an order until it is acknowledged; twice, as after a lost answer, if asked for.
    func push(_ order: OrderPush, twice: Bool = false) async {
        book.withLock { $0.orders[order.order] = Followed(pushed: .now) }
        progress.write("pushed") { writer in
            writer.field("order", order.order)
            writer.field("at_us", WallMicroseconds.now())
        }
        do {
            let reply = try await client.pushOrder(order)
            if twice, try await client.pushOrder(order) != reply {
                complain("order \(order.order) was answered otherwise the second time")
                book.withLock { $0.failures += 1 }
            }
            book.withLock { $0.orders[order.order]?.isAcknowledged = true }
            note(reply)
        } catch {
            complain("order \(order.order): \(error)")
            book.withLock { book in
                book.failures += 1
                book.orders[order.order] = nil
            }
        }
    }

    /// Reads the events until the client is closed.
    func follow() async {
        for await event in client.events {
            guard case .orderChanged(let change) = event.content else { continue }
            note(change)
            if change.state == .picking { await consent(to: change) }
        }
    }

    /// The customer has changed their mind: wherever the order is, it is taken back, unless it is too late.
    func cancel(_ order: String) async {
        do throws(TillClientError) {
            let reference = OrderReference(order: order, reason: "The customer has changed their mind")
            note(try await client.cancelOrder(reference))
            book.withLock { $0.cancellations += 1 }
        } catch {
            if case .refused(let refusal) = error, refusal.code == .badState { return }
            complain("cancellation of \(order): \(error)")
            book.withLock { $0.failures += 1 }
        }
    }

    /// Something is missing: what is offered instead is taken, and what is not replaced is left out.
    private func consent(to change: TransitionReply) async {
        do throws(TillClientError) {
            let reference = OrderReference(order: change.key.order)
            let order = try await client.order(reference)
            guard let amendment = OrderConsent.amendment(to: order) else { return }
            note(try await client.amendOrder(amendment))
            book.withLock { $0.consents += 1 }
        } catch {
            if case .refused(let refusal) = error, refusal.code == .stale || refusal.code == .badState { return }
            complain("consent to \(change.key.order): \(error)")
            book.withLock { $0.failures += 1 }
        }
    }

    /// Waits until every order has come to its end, but not longer than this.
    func waitForAll(within limit: Duration) async {
        book.withLock { $0.isEverythingPushed = true }
        openIfDone()
        let alarm = Task {
            try? await Task.sleep(for: limit)
            everythingDone.open()
        }
        await everythingDone.pass()
        alarm.cancel()
    }

    /// Asks for the orders that no event has brought to their end.
    func askForTheRest() async {
        let open = book.withLock { $0.orders.filter { !$0.value.state.isFinal }.keys.sorted() }
        for order in open {
            do {
                note(try await client.order(OrderReference(order: order)).order.last)
            } catch {
                complain("order \(order) is lost: \(error)")
                book.withLock { $0.failures += 1 }
            }
        }
        let missing = book.withLock { $0.orders.filter { !$0.value.state.isFinal || $0.value.state == .expired } }
        for (order, followed) in missing.sorted(by: { $0.key < $1.key }) {
            complain("order \(order) has not come to its end: it is \(followed.state.rawValue)")
        }
    }

    private func note(_ change: TransitionReply) {
        book.withLock { book in
            // The reply to the push and the events may overtake each other.
            guard var followed = book.orders[change.key.order], change.number > followed.number else { return }
            followed.number = change.number
            followed.state = change.state
            let took = ContinuousClock.now - followed.pushed
            if change.state != .new, !followed.isDelivered {
                followed.isDelivered = true
                book.toDelivered.add(took)
            }
            if change.state == .handedOver { book.toHandedOver.add(took) }
            book.orders[change.key.order] = followed
        }
        if reportsTransitions {
            progress.write("changed") { writer in
                writer.field("order", change.key.order)
                writer.field("state", change.state.rawValue)
                writer.field("number", change.number)
                writer.field("device", change.by.device)
            }
        }
        openIfDone()
    }

    private func openIfDone() {
        let isDone = book.withLock { $0.isEverythingPushed && $0.orders.values.allSatisfy(\.state.isFinal) }
        if isDone { everythingDone.open() }
    }

    /// The last line of the program.
    func writeDone(to progress: ProgressLines) {
        let book = self.book.withLock { $0 }
        let statistics = client.statistics
        progress.write("done") { writer in
            writer.field("orders", book.orders.count)
            writer.field("acknowledged", book.orders.values.filter(\.isAcknowledged).count)
            for state in [
                OrderState.new, .delivered, .accepted, .picking, .ready, .claimed, .paid, .handedOver, .rejected,
                .cancelRequested, .cancelled, .expired,
            ] {
                let count = book.orders.values.filter { $0.state == state }.count
                guard count > 0 || state == .handedOver else { continue }
                writer.name(text: state.rawValue)
                writer.value(count)
            }
            writer.field("cancellations", book.cancellations)
            writer.field("consents", book.consents)
            writer.field("failures", book.failures)
            writer.field("reconnects", statistics.reconnects)
            writer.field("repeated", statistics.repeatedRequests)
            writer.field("duplicate_events", statistics.duplicateEvents)
            book.toDelivered.write(to: writer, name: "pushed_to_delivered_us")
            book.toHandedOver.write(to: writer, name: "pushed_to_handed_over_us")
        }
    }
}
