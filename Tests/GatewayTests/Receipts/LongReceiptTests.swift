import Retail
import Testing

@testable import Gateway

@Suite("A receipt of five hundred lines")
struct LongReceiptTests {
    /// Line `number` costs so many roubles and kopecks that no two lines earn alike.
    private func line(_ number: Int, _ more: String = "") -> ReceiptText.Line {
        let amount = Int64(number * 137 % 9_973 + 1)
        return ReceiptText.Line(sku: "A\(number)", price: amount, amount: amount, more: more)
    }

    private var amounts: [Int64] { (1...500).map { line($0).amount } }

    @Test("earns on the sum, takes every point back line by line, and pays them out again")
    func exact() throws {
        let shop = try Shop()
        try shop.enrol()
        try shop.sell(1_000_000, number: "1")
        let total = amounts.reduce(0, +)
        let sale = ReceiptText(
            number: "2", customer: "c-1", lines: (1...500).map { line($0) },
            payments: #"[{"kind":"points","amount":25000},{"kind":"card","amount":\#(total - 25_000)}]"#)
        let sold = try shop.till().request("SALE", sale.json)
        let earned = (total - 25_000) * 300 / 10_000 / 100
        #expect(sold.marks == [])
        #expect(sold.points("spent") == 250)
        #expect(sold.points("earned") == earned)
        #expect(sold.points("balance") == 50 + earned)
        // Every third line on its own, the others together.
        var back: [Int64] = [0, 0]
        func giveBack(_ lines: [Int], _ number: String) throws {
            let text = ReceiptText(
                number: number, lines: lines.map { line($0) }, more: #","original":"S1/T01/1/2""#)
            let answer = try shop.till("T02").request("RETURN", text.json)
            back[0] -= try #require(answer.points("earned"))
            back[1] -= try #require(answer.points("spent"))
        }
        for number in stride(from: 3, through: 500, by: 3) { try giveBack([number], "\(number)") }
        #expect(back[0] < earned)
        try giveBack((1...500).filter { $0 % 3 != 0 }, "rest")
        #expect(back == [earned, 250])
        #expect(try shop.points() == Balance(300))
        #expect(try shop.identify()?["tier"]?["next"]?["missing"]?.integer == 2_000_000)
        try shop.audit()
    }

    @Test("is quoted and sold as it was quoted")
    func quoted() throws {
        let shop = try Shop()
        try shop.enrol()
        try shop.sell(1_000_000, number: "1")
        let basket = Basket((1...500).map { (sku: "A\($0)", quantity: "1", price: line($0).price) })
        let quote = try basket.quote(shop, to: "c-1", spending: 300)
        #expect(quote["points"]?["spent"]?.integer == 300)
        let taken = quote["lines"]?.elements?.compactMap { $0["amount"]?.integer } ?? []
        #expect(taken.reduce(0, +) == amounts.reduce(0, +) - 30_000)
        let sale = try basket.sell(shop, to: "c-1", as: quote, number: "2")
        #expect(sale.marks == [])
        #expect(sale.points("earned") == quote["points"]?["earned"]?.integer)
        #expect(sale.points("spent") == 300)
        try shop.audit()
    }
}
