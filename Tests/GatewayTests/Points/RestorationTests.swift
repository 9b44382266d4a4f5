import Journal
import Retail
import TestSupport
import Testing

@testable import Gateway

/// Customers buy by a random programme and bring everything back, a piece here and a piece there.
private final class Restoration {
    private struct Sold {
        var key: String
        /// What was sold of each line, what has come back, and what was paid for it.
        var lines: [(sku: String, quantity: Int64, back: Int64, paid: Int64)]
    }

    let shop: Shop
    private var generator: SeededGenerator
    private var sold: [Sold] = []
    private var number = 0
    private var isMerged = false
    private let name: Comment

    init(seed: UInt64) throws {
        name = "seed \(seed)"
        generator = SeededGenerator(seed: seed)
        let waits = Bool.random(using: &generator)
        shop = try Shop(using: &generator, more: waits ? #","activation_days":2"# : "", firstPurchase: 1...20_000)
        shop.pass(days: 2)
    }

    private func chance(_ one: Int) -> Bool { Int.random(in: 1...one, using: &generator) == 1 }

    /// Points and turnover of both customers together, of which a merge changes nothing.
    func standing() throws -> [Int64] {
        let now = shop.world.clock.now()
        return try shop.world.journal.read { view in
            var sum: [Int64] = [0, 0, 0]
            for number in 1...2 as ClosedRange<Int64> {
                let account = try view.account(of: CustomerID(number: number))
                sum[0] += account.points.balance
                sum[1] += account.turnover.minorUnits
                sum[2] += account.points.held(at: now)
            }
            return sum
        }
    }

    func run() throws {
        let before = try standing()
        for _ in 0..<20 {
            if sold.count < 6, chance(2) {
                try sell()
            } else if let index = sold.indices.randomElement(using: &generator) {
                try giveBack(index, all: chance(3))
            }
            try disturb()
        }
        for index in sold.indices.shuffled(using: &generator) { try giveBack(index, all: true) }
        #expect(try standing() == before, name)
        shop.pass(days: 3)
        try shop.bookTime()
        let shown = try (isMerged ? ["c-1"] : ["c-1", "c-2"]).map { try shop.points($0) }
        #expect(shown.reduce(0) { $0 + $1.available } == before[0], name)
        #expect(shown.allSatisfy { $0.debt == 0 && $0.pending == 0 && $0.held == 0 }, name)
        for receipt in sold {
            let explained = shop.operation.request("EXPLAIN", #"{"key":"\#(receipt.key)"}"#).ok
            #expect(explained?["agrees"]?.bool == true, name)
        }
        try shop.audit(name)
    }

    private func disturb() throws {
        if chance(4) { shop.pass(minutes: Int.random(in: 1...1_500, using: &generator)) }
        if chance(9) { try shop.restart() }
        if chance(12), !isMerged {
            isMerged = true
            let body = Bool.random(using: &generator) ? (1, 2) : (2, 1)
            let merged = shop.operation.request(
                "CUSTOMER_MERGE", #"{"customer_id":"c-\#(body.0)","into":"c-\#(body.1)"}"#)
            #expect(merged.ok != nil, name)
        }
    }

    private func sell() throws {
        let basket = try Basket(using: &generator)
        let customer = Bool.random(using: &generator) ? "c-1" : "c-2"
        // Often everything there is, so that points are gone when what earned them comes back.
        let spend = chance(2) ? 1_000_000 : Int64.random(in: 0...2_000, using: &generator)
        let quote = try basket.quote(shop, to: customer, spending: spend)
        let spent = try #require(quote["points"]?["spent"]?.integer)
        number += 1
        if spent > 0 { #expect(try shop.hold(spent, for: "\(number)", of: customer).ok != nil, name) }
        let sale = try basket.sell(shop, to: customer, as: quote, number: "\(number)")
        #expect(sale.marks == [], name)
        let lines = try zip(basket.lines, try #require(quote["lines"]?.elements)).map { line, quoted in
            let quantity = try Quantity.parse(decimal: line.quantity).thousandths
            return (line.sku, quantity, Int64(0), try #require(quoted["amount"]?.integer))
        }
        sold.append(Sold(key: "S1/T01/1/\(number)", lines: lines))
    }

    /// Brings back something of a sale: a random piece of each line, or what is left.
    private func giveBack(_ index: Int, all: Bool) throws {
        var pieces: [ReceiptText.Line] = []
        for line in sold[index].lines.indices.shuffled(using: &generator) {
            let (sku, quantity, back, paid) = sold[index].lines[line]
            let piece = all ? quantity - back : Int64.random(in: 0...quantity - back, using: &generator)
            guard piece > 0 else { continue }
            // What was paid for all pieces together is what was paid for the line.
            let amount = paid * (back + piece) / quantity - paid * back / quantity
            sold[index].lines[line].back += piece
            pieces.append(
                ReceiptText.Line(
                    sku: sku, quantity: Quantity(thousandths: piece).decimalText, price: 0, amount: amount,
                    more: #","original_line":\#(line + 1)"#))
        }
        guard !pieces.isEmpty else { return }
        let receipt = ReceiptText(
            number: shop.freshNumber(), at: shop.world.clock.now().rfc3339, lines: pieces,
            more: #","original":"\#(sold[index].key)""#)
        let answer = try shop.till(["T01", "T02"].randomElement(using: &generator) ?? "T01")
            .request("RETURN", receipt.json)
        #expect(answer.ok != nil, name)
    }
}

@Suite("What was bought and brought back never was")
struct RestorationTests {
    @Test(
        "returning everything, in any pieces and order, leaves turnover and points as they were",
        arguments: UInt64(1)...60)
    func everything(_ seed: UInt64) throws {
        try Restoration(seed: seed).run()
    }
}
