import LineProtocol
import Locking
import Retail
import SimulatorKit
import TillClient

/// Sends baskets to tills and follows what becomes of them.
final class BasketSender: Sendable {
    /// What became of the baskets.
    struct Tally: Sendable {
        var sent = 0
        var opened = 0
        var sold = 0
        var returned = 0
        var withdrawn = 0

        var decided: Int { sold + returned + withdrawn }
    }

    private static let linesMaximum = 5

    private let client: TillClient
    private let person: String
    private let progress: ProgressLines
    private let state = Mutex((tally: Tally(), own: Set<String>()))

    init(client: TillClient, person: String, progress: ProgressLines) {
        self.client = client
        self.person = person
        self.progress = progress
    }

    /// What has become of the baskets so far.
    var tally: Tally { state.withLock { $0.tally } }

    /// Sends so many baskets of invented goods, to the tills in turn; the same seed makes the same baskets.
    func send(_ count: Int, to tills: [String], seed: UInt64) async throws(TillClientError) {
        var generator = SeededGenerator(seed: seed)
        for number in 1...max(1, count) {
            let lines = Assortment.standard.basket(linesMaximum: Self.linesMaximum, using: &generator)
            let basket = BasketSend(
                basket: "\(seed)-\(number)", till: tills[(number - 1) % tills.count],
                lines: lines.map { line in
                    FloorBasketLine(
                        BasketLine(sku: line.sku, quantity: line.quantity, price: line.price), name: line.name)
                }, person: person)
            // Known before it is sent: the till may be faster than the answer.
            state.withLock { _ = $0.own.insert(basket.basket) }
            let reply = try await client.sendBasket(basket)
            state.withLock { $0.tally.sent += 1 }
            progress.write("basket_sent") { writer in
                writer.field("basket", reply.basket)
                writer.field("till", reply.till)
                writer.field("connected", reply.isConnected)
            }
        }
    }

    /// Follows the baskets until all are sold, given back or withdrawn, or the time is over.
    ///
    /// - Parameter count: how many there are.
    func follow(_ count: Int, seconds: Int) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.listen(until: count) }
            group.addTask { try? await Task.sleep(for: .seconds(seconds)) }
            await group.next()
            group.cancelAll()
        }
    }

    private func listen(until count: Int) async {
        for await event in client.events {
            guard case .basketChanged(let change) = event.content else { continue }
            note(change)
            if tally.decided >= count { return }
        }
    }

    private func note(_ change: BasketChange) {
        let isOwn = state.withLock { state in
            guard state.own.contains(change.reference.basket) else { return false }
            switch change.state {
            case .sent: break
            case .opened: state.tally.opened += 1
            case .sold: state.tally.sold += 1
            case .returned: state.tally.returned += 1
            case .withdrawn: state.tally.withdrawn += 1
            }
            return true
        }
        guard isOwn else { return }
        progress.write("basket_changed") { writer in
            writer.field("basket", change.reference.basket)
            writer.field("till", change.till)
            writer.field("state", change.state.rawValue)
            writer.optionalField("receipt", change.receipt?.text)
        }
    }
}
