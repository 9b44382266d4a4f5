import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("What a quote promises, the sale gives")
struct QuotePromiseTests {
    @Test("of any basket by any programme: the same twice, and then the same in the receipt", arguments: UInt64(1)...60)
    func promise(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let shop = try Shop(using: &generator)
        for number in 1...6 {
            let basket = try Basket(using: &generator)
            let customer = ["c-1", "c-2", nil].randomElement(using: &generator) ?? nil
            let spend = Int64.random(in: 0...3_000, using: &generator)
            let quote = try basket.quote(shop, to: customer, spending: spend)
            #expect(try basket.quote(shop, to: customer, spending: spend) == quote, "seed \(seed)")
            let spent = try #require(quote["points"]?["spent"]?.integer)
            var hold = ""
            if let customer, spent > 0 {
                let held = try shop.hold(spent, for: "\(number)", of: customer).ok
                hold = #","hold":"\#(try #require(held?["hold"]?.text))""#
            }
            let sale = try basket.sell(shop, to: customer, as: quote, number: "\(number)", hold)
            #expect(sale.marks == [], "seed \(seed), receipt \(number)")
            let receipt = try basket.receipt(shop, to: customer, as: quote, number: "\(number)")
            #expect(receipt.lines.reduce(0) { $0 + $1.amount } == quote["total"]?.integer, "seed \(seed)")
            let explained = shop.operation.request("EXPLAIN", #"{"key":"S1/T01/1/\#(number)"}"#).ok
            #expect(explained?["agrees"]?.bool == true, "seed \(seed), receipt \(number)")
            guard customer != nil else { continue }
            for name in ["earned", "spent"] {
                #expect(sale.points(name) == quote["points"]?[name]?.integer, "seed \(seed), receipt \(number)")
            }
            #expect(sale.ok?["tier"] == quote["tier_after"], "seed \(seed), receipt \(number)")
        }
        try shop.audit("seed \(seed)")
    }

    @Test("a quote changes nothing, however often it is asked for")
    func noEffect() throws {
        let shop = try Shop(
            with: #", "promotions": [{"id": "one", "when": {"limit_total": 1}, "effect": {"extra_points": 5}}]"#)
        try shop.enrol()
        try shop.sell()
        let before = try shop.identify()
        let first = try shop.quote(spending: 10)
        for _ in 0..<50 { #expect(try shop.quote(spending: 10) == first) }
        #expect(try shop.identify() == before)
        try shop.audit()
    }
}
