import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("A return takes from the turnover what the sale had added")
struct ReturnTurnoverTests {
    private func turnover(_ shop: Shop) throws -> Int64 {
        try shop.world.journal.read { try $0.account(of: CustomerID(number: 1)) }.turnover.minorUnits
    }

    private func shop() throws -> Shop {
        let shop = try Shop()
        try shop.enrol()
        #expect(try shop.sell(1_000_000, number: "1").points("earned") == 300)
        return shop
    }

    /// Three things for 1,000.01, of which 100 points pay a part.
    private func sale(asTender: Bool) -> ReceiptText {
        let discount = #","discounts":[{"origin":"points","amount":10000}]"#
        return ReceiptText(
            number: "2", customer: "c-1",
            lines: [
                .init(
                    quantity: "3", price: 33_334, amount: asTender ? 100_001 : 90_001, more: asTender ? "" : discount)
            ],
            payments: asTender
                ? #"[{"kind":"points","amount":10000},{"kind":"card","amount":90001}]"#
                : #"[{"kind":"card","amount":90001}]"#)
    }

    @Test("whatever it claims that was paid back, and piece by piece exactly", arguments: [true, false])
    func claims(asTender: Bool) throws {
        let shop = try shop()
        #expect(try shop.till().request("SALE", sale(asTender: asTender).json).points("spent") == 100)
        #expect(try turnover(shop) == 1_090_001)
        let claims: [(amount: Int64, payments: String?)] = [
            (0, nil), (9_999_999, nil), (33_333, #"[{"kind":"points","amount":33333}]"#),
        ]
        for (index, left) in [1_060_001, 1_030_001, 1_000_000].enumerated() {
            let line = ReceiptText.Line(price: 33_334, amount: claims[index].amount)
            let back = ReceiptText(
                number: "\(10 + index)", lines: [line], payments: claims[index].payments,
                more: #","original":"S1/T01/1/2""#)
            #expect(try shop.till().request("RETURN", back.json).ok != nil)
            // floor(90,001 × q ÷ 3) is gone after q pieces.
            #expect(try turnover(shop) == left, "piece \(index + 1)")
        }
        try shop.audit()
    }

    @Test("line by line: a line that points paid takes less with it than one that money paid")
    func lines() throws {
        let shop = try Shop(with: #", "redeem_exclude": {"skus": ["WINE"]}"#)
        try shop.enrol()
        try shop.sell(1_000_000, number: "1")
        let sale = ReceiptText(
            number: "2", customer: "c-1", lines: [.init(sku: "MUG"), .init(sku: "WINE")],
            payments: #"[{"kind":"points","amount":30000},{"kind":"card","amount":170000}]"#)
        #expect(try shop.till().request("SALE", sale.json).points("spent") == 300)
        #expect(try turnover(shop) == 1_170_000)
        for (number, sku, left) in [("3", "WINE", 1_070_000), ("4", "MUG", 1_000_000)] as [(String, String, Int64)] {
            let back = ReceiptText(number: number, lines: [.init(sku: sku)], more: #","original":"S1/T01/1/2""#)
            #expect(try shop.till().request("RETURN", back.json).ok != nil)
            #expect(try turnover(shop) == left, "\(sku)")
        }
        try shop.audit()
    }

    @Test("in any pieces of any baskets nothing is left of it, however it was paid", arguments: UInt64(1)...20)
    func pieces(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let shop = try shop()
        let lines = (1...Int.random(in: 1...6, using: &generator)).map { _ in
            ReceiptText.Line(
                quantity: "\(Int.random(in: 1...9, using: &generator))",
                amount: Int64.random(in: 0...99_999, using: &generator))
        }
        let total = lines.reduce(0) { $0 + $1.amount }
        let points = Int64.random(in: 0...min(30_000, total), using: &generator)
        let sale = ReceiptText(
            number: "2", customer: "c-1", lines: lines,
            payments: #"[{"kind":"points","amount":\#(points)},{"kind":"card","amount":\#(total - points)}]"#)
        #expect(try shop.till().request("SALE", sale.json).ok != nil, "seed \(seed)")
        #expect(try turnover(shop) == 1_000_000 + total - points, "seed \(seed)")
        let pieces = try lines.enumerated().flatMap { index, line in
            Array(repeating: index + 1, count: try #require(Int(line.quantity)))
        }
        var last = try turnover(shop)
        for (number, line) in pieces.shuffled(using: &generator).enumerated() {
            let claim = Int64.random(in: 0...99_999, using: &generator)
            let back = ReceiptText(
                number: "\(10 + number)", lines: [.init(amount: claim, more: #","original_line":\#(line)"#)],
                more: #","original":"S1/T01/1/2""#)
            #expect(try shop.till().request("RETURN", back.json).ok != nil, "seed \(seed)")
            let now = try turnover(shop)
            #expect(now <= last, "seed \(seed)")
            last = now
        }
        #expect(last == 1_000_000, "seed \(seed)")
        #expect(try shop.points() == Balance(300), "seed \(seed)")
        try shop.audit("seed \(seed)")
    }
}
