import LineProtocol
import Locking
import Retail
import SimulatorKit
import TillClient

/// What a seller does on the phone, reported step by step.
final class SellerPhone: Sendable {
    private struct Tally {
        var listed = 0
        var accepted = 0
        var identified = 0
        var enrolled = 0
        var failures = 0
    }

    private let client: TillClient
    private let person: String
    private let progress: ProgressLines
    private let tally = Mutex(Tally())

    init(client: TillClient, person: String, progress: ProgressLines) {
        self.client = client
        self.person = person
        self.progress = progress
    }

    /// Requests that were refused or given up.
    var failures: Int { tally.withLock { $0.failures } }

    /// Reports all open orders, and returns those that nobody has accepted.
    func listOrders() async throws(TillClientError) -> [OrderDetails] {
        var waiting: [OrderDetails] = []
        var list = OrderList()
        repeat {
            let page = try await client.orders(list)
            for order in page.orders {
                report("order", order.last) { writer in
                    writer.field("lines", order.lines.count)
                    writer.field("total", order.total)
                }
                if order.last.state == .new || order.last.state == .delivered { waiting.append(order) }
            }
            tally.withLock { $0.listed += page.orders.count }
            list.after = page.next
        } while list.after != nil
        return waiting
    }

    /// Accepts an order, and reports it ready if that is asked for.
    func take(_ order: OrderDetails, ready: Bool) async {
        let key = order.last.key
        let reference = OrderReference(source: key.source, order: key.order, person: person)
        do {
            report("accepted", try await client.acceptOrder(reference))
            tally.withLock { $0.accepted += 1 }
            if ready { report("ready", try await client.markOrderReady(reference)) }
        } catch {
            if case .refused(let refusal) = error, refusal.code == .badState {
                return progress.write("order_left") { writer in
                    writer.field("order", key.order)
                    writer.optionalField("state", refusal.body.state)
                }
            }
            failed("order \(key.source)/\(key.order)", error)
        }
    }

    /// Finds a customer.
    func identify(_ subject: Identify.Subject) async {
        do {
            report("identified", try await client.identify(subject))
            tally.withLock { $0.identified += 1 }
        } catch {
            guard case .refused(let refusal) = error, refusal.code == .notFound else {
                return failed("identify", error)
            }
            progress.write("not_found")
        }
    }

    /// Finds or makes a customer by phone number.
    func enrol(phone: String, name: String?) async {
        do {
            guard let identifier = try? CustomerIdentifier.normalised(kind: .phone, phone) else { return }
            let reply = try await client.enrol(Enrol(name: name, identifiers: [identifier]))
            report(reply.isCreated ? "enrolled" : "known", reply.customer)
            tally.withLock { $0.enrolled += 1 }
        } catch {
            failed("enrol", error)
        }
    }

    /// Says on standard error what went wrong.
    func failed(_ what: String, _ error: TillClientError) {
        complain("\(what): \(error)")
        tally.withLock { $0.failures += 1 }
    }

    /// The last line of the program.
    func writeDone(baskets: BasketSender.Tally?) {
        let tally = self.tally.withLock { $0 }
        progress.write("done") { writer in
            writer.field("listed", tally.listed)
            writer.field("accepted", tally.accepted)
            writer.field("identified", tally.identified)
            writer.field("enrolled", tally.enrolled)
            if let baskets {
                writer.field("baskets_sent", baskets.sent)
                writer.field("baskets_opened", baskets.opened)
                writer.field("baskets_sold", baskets.sold)
                writer.field("baskets_returned", baskets.returned)
                writer.field("baskets_withdrawn", baskets.withdrawn)
            }
            writer.field("failures", tally.failures)
        }
    }

    private func report(_ event: String, _ change: TransitionReply, _ more: (ByteWriter) -> Void = { _ in }) {
        progress.write(event) { writer in
            writer.field("source", change.key.source)
            writer.field("order", change.key.order)
            writer.field("state", change.state.rawValue)
            more(writer)
        }
    }

    private func report(_ event: String, _ customer: CustomerReply) {
        progress.write(event) { writer in
            writer.field("customer_id", customer.customer.text)
            writer.optionalField("name", customer.name)
            writer.field("tier", customer.tier.name)
            writer.field("points", customer.points.available)
        }
    }
}
