import LineProtocol
import Locking
import Retail
import SimulatorKit
import TillClient

/// Makes sales of the baskets that the shop floor sends to the till, and sends some back.
final class BasketCounter: Sendable {
    /// What became of baskets at this till.
    struct Tally: Sendable {
        var opened = 0
        var sold = 0
        var returned = 0
    }

    private let till: Till
    private let shift: Int
    private let limit: Int?
    private let returnEvery: UInt64
    private let seed: UInt64
    private let state = Mutex(Tally())

    /// - Parameters:
    ///   - limit: stops after so many baskets.
    ///   - returnEvery: about one of so many is sent back; 0 for none.
    ///   - seed: chooses which, whatever the order in which they come.
    init(till: Till, shift: Int, limit: Int?, returnEvery: Int, seed: UInt64) {
        self.till = till
        self.shift = shift
        self.limit = limit
        self.returnEvery = UInt64(returnEvery)
        self.seed = seed
    }

    /// What has been done so far.
    var tally: Tally { state.withLock { $0 } }

    /// Takes baskets as they come, one at a time, until the limit is reached.
    func serve(_ offered: AsyncStream<BasketDetails>) async {
        guard limit != 0 else { return }
        for await basket in offered {
            await take(basket)
            let done = tally.sold + tally.returned
            if till.tally.isGivenUp || limit.map({ done >= $0 }) ?? false { return }
        }
    }

    private func take(_ basket: BasketDetails) async {
        let reference = basket.reference
        do {
            if isSentBack(reference) {
                let change = try await till.client.returnBasket(
                    BasketReturn(reference, reason: "the customer has left"))
                state.withLock { $0.returned += 1 }
                report(change.state, reference)
                return
            }
            let opened = try await till.client.openBasket(BasketOpen(reference))
            state.withLock { $0.opened += 1 }
            let number = OrderDesk.receiptNumber(OrderKey(source: reference.app, order: reference.basket))
            let receipt = try await till.sell(opened, number: number, shift: shift)
            state.withLock { $0.sold += 1 }
            report(.sold, reference, receipt)
        } catch {
            dropped(reference, error)
        }
    }

    private func isSentBack(_ basket: BasketReference) -> Bool {
        guard returnEvery > 0 else { return false }
        let name = "\(basket.app)/\(basket.basket)".utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) }
        var generator = SeededGenerator(seed: name)
        return generator.next() % returnEvery == 0
    }

    /// A basket that was sold or taken back in between is no failure.
    private func dropped(_ basket: BasketReference, _ error: any Error) {
        guard case .refused(let refusal)? = error as? TillClientError,
            refusal.code == .badState || refusal.code == .claimed
        else { return till.failed("basket \(basket.app)/\(basket.basket): \(error)", error) }
        till.progress.write("basket_left") { writer in
            writer.field("app", basket.app)
            writer.field("basket", basket.basket)
            writer.optionalField("state", refusal.body.state)
        }
    }

    private func report(_ state: BasketState, _ basket: BasketReference, _ receipt: ReceiptReply? = nil) {
        till.progress.write("basket") { writer in
            writer.field("app", basket.app)
            writer.field("basket", basket.basket)
            writer.field("state", state.rawValue)
            writer.optionalField("receipt", receipt?.key.text)
        }
    }
}
