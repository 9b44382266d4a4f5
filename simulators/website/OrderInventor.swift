import LineProtocol
import Retail
import SimulatorKit

/// Invents pick-up orders, the same for the same seed.
struct OrderInventor {
    private var generator: SeededGenerator
    private let seed: UInt64
    private let store: String
    private let prepaidPercent: Int
    private var made = 0

    init(seed: UInt64, store: String, prepaidPercent: Int) {
        generator = SeededGenerator(seed: seed)
        self.seed = seed
        self.store = store
        self.prepaidPercent = prepaidPercent
    }

    mutating func next() -> OrderPush {
        made += 1
        var lines: [OrderLine] = []
        var total = Money.zero
        for line in Assortment.standard.basket(linesMaximum: 6, using: &generator) {
            // The assortment's prices and quantities are small, so nothing overflows; if something did, it is left out.
            guard let amount = try? line.price.times(line.quantity), let sum = try? total.adding(amount) else {
                continue
            }
            total = sum
            lines.append(
                OrderLine(
                    line: lines.count + 1, sku: line.sku, name: line.name, quantity: line.quantity, price: line.price,
                    amount: amount))
        }
        let isPrepaid = Int.random(in: 0..<100, using: &generator) < prepaidPercent
        let phone = "+7916\(Int.random(in: 1_000_000...9_999_999, using: &generator))"
        return OrderPush(
            order: "\(seed)-\(made)", store: store, lines: lines, total: total, isPrepaid: isPrepaid,
            customer: OrderCustomer(name: "Customer \(made)", phone: phone))
    }
}
