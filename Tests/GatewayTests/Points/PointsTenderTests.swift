import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("Points that the till takes as a payment")
struct PointsTenderTests {
    /// A receipt that pays with points what the quote takes off as their discount.
    private func tendered(
        _ basket: Basket, _ shop: Shop, to customer: String?, as quote: JSONTree, number: String
    ) throws -> ReceiptText {
        var receipt = try basket.receipt(shop, to: customer, as: quote, number: number)
        var points: Int64 = 0
        for (index, quoted) in try #require(quote["lines"]?.elements).enumerated() {
            let taken = quoted["taken"]?.elements ?? []
            let paid = taken.filter { $0["origin"]?.text == "points" }.compactMap { $0["amount"]?.integer }
            let discounts = taken.filter { $0["origin"]?.text != "points" }.map { taken in
                let id = taken["id"]?.text.map { #","id":"\#($0)""# } ?? ""
                return #"{"origin":"\#(taken["origin"]?.text ?? "")"\#(id),"amount":\#(taken["amount"]?.integer ?? 0)}"#
            }
            receipt.lines[index].amount += paid.reduce(0, +)
            receipt.lines[index].more =
                #","discounts":[\#(discounts.joined(separator: ","))]\#(basket.lines[index].more)"#
            points += paid.reduce(0, +)
        }
        let total = receipt.lines.reduce(0) { $0 + $1.amount }
        let kinds = [("points", points), ("card", total - points)].filter { $0.1 > 0 }
        receipt.payments =
            "[" + kinds.map { #"{"kind":"\#($0.0)","amount":\#($0.1)}"# }.joined(separator: ",") + "]"
        return receipt
    }

    /// A mug that earns and can be paid, gold that earns nothing, wine that points may not pay.
    private func shop() throws -> Shop {
        let shop = try Shop(
            with: #", "earn_exclude": {"skus": ["GOLD"]}, "redeem_exclude": {"skus": ["WINE"]}"#)
        try shop.enrol()
        #expect(try shop.sell(300_000).points("earned") == 90)
        return shop
    }

    private let basket = Basket([("MUG", "1", 100_000), ("GOLD", "2", 100_000), ("WINE", "1", 300_000)])

    @Test("are split over the lines that a quote takes them off, and each line's return knows its part")
    func lines() throws {
        let shop = try shop()
        let quote = try basket.quote(shop, to: "c-1", spending: 60)
        // 20 on the mug, 40 on the gold; the mug's 98,000 and the wine's 300,000 earn.
        #expect(quote["points"]?["spent"]?.integer == 60)
        #expect(quote["points"]?["earned"]?.integer == 119)
        let receipt = try tendered(basket, shop, to: "c-1", as: quote, number: "7")
        #expect(receipt.lines.map(\.amount) == [100_000, 200_000, 300_000])
        let sale = try shop.till().request("SALE", receipt.json)
        #expect(sale.marks == [])
        #expect(sale.points("spent") == 60)
        #expect(sale.points("earned") == 119)
        #expect(sale.points("balance") == 149)
        func back(_ sku: String, _ quantity: String = "1") throws -> [Int64?] {
            let text = ReceiptText(
                number: shop.freshNumber(), lines: [.init(sku: sku, quantity: quantity, amount: 0)],
                more: #","original":"S1/T01/1/7""#)
            let answer = try shop.till("T02").request("RETURN", text.json)
            return [answer.points("spent"), answer.points("earned")]
        }
        #expect(try back("GOLD") == [-20, 0])
        #expect(try back("WINE") == [0, -90])
        #expect(try back("MUG") == [-20, -29])
        #expect(try back("GOLD") == [-20, 0])
        #expect(try shop.points() == Balance(90))
        #expect(try shop.identify()?["tier"]?["next"]?["missing"]?.integer == 2_700_000)
        try shop.audit()
    }

    @Test("are a disagreement with the quote when they are more or fewer than it said")
    func otherPoints() throws {
        let shop = try shop()
        let quote = try basket.quote(shop, to: "c-1", spending: 60)
        for (number, points, marks) in [
            ("7", 5_900, ["quote_differs"]), ("8", 6_100, ["quote_differs"]), ("9", 6_000, []),
        ] as [(String, Int64, [String])] {
            var receipt = try tendered(basket, shop, to: "c-1", as: quote, number: number)
            receipt.payments =
                #"[{"kind":"points","amount":\#(points)},{"kind":"cash","amount":\#(600_000 - points)}]"#
            #expect(try shop.till().request("SALE", receipt.json).marks == marks, "\(points)")
        }
        try shop.audit()
    }

    @Test("do to every line what the same points do as a discount, by any programme", arguments: UInt64(1)...40)
    func sameAsDiscount(_ seed: UInt64) throws {
        /// Sells random baskets, and says what each line of each did.
        func day(asTender: Bool) throws -> [[ReceiptEffects.Line]?] {
            var generator = SeededGenerator(seed: seed)
            let shop = try Shop(using: &generator)
            let effects = try (1...5).map { number in
                let basket = try Basket(using: &generator)
                let customer = Bool.random(using: &generator) ? "c-1" : "c-2"
                let quote = try basket.quote(
                    shop, to: customer, spending: Int64.random(in: 0...3_000, using: &generator))
                let receipt =
                    try asTender
                    ? tendered(basket, shop, to: customer, as: quote, number: "\(number)")
                    : basket.receipt(shop, to: customer, as: quote, number: "\(number)")
                let sale = try shop.till().request("SALE", receipt.json)
                #expect(sale.marks == [], "seed \(seed), receipt \(number)")
                for name in ["earned", "spent"] {
                    #expect(sale.points(name) == quote["points"]?[name]?.integer, "seed \(seed), receipt \(number)")
                }
                let explained = shop.operation.request("EXPLAIN", #"{"key":"S1/T01/1/\#(number)"}"#).ok
                #expect(explained?["agrees"]?.bool == true, "seed \(seed), receipt \(number)")
                let key = ReceiptKey(store: "S1", till: "T01", shift: 1, number: "\(number)")
                let stored = try shop.world.journal.read { try $0.receipt(key) }
                return stored?.effects.flatMap { ReceiptEffects($0) }?.lines
            }
            try shop.audit("seed \(seed)")
            return effects
        }
        let discounts = try day(asTender: false)
        #expect(discounts.allSatisfy { $0 != nil })
        #expect(try day(asTender: true) == discounts, "seed \(seed)")
    }
}
