import Retail
import Testing

@testable import Gateway

@Suite("Points go back with the goods")
struct PointsReturnTests {
    @Test("earned points are taken from the receipt's own lot first, pending as it is")
    func pendingFirst() throws {
        let shop = try Shop(with: #", "activation_days": 14"#)
        try shop.enrol()
        try shop.sell(number: "1")
        shop.pass(days: 14)
        try shop.sell(200_000, number: "2")
        #expect(try shop.points() == Balance(30, pending: 60))
        let back = try shop.giveBack("0.5", of: "S1/T01/1/2", till: "T02")
        #expect(back.points("earned") == -30)
        #expect(back.points("balance") == 30)
        #expect(back.points("pending") == 30)
        #expect(try shop.points() == Balance(30, pending: 30))
        #expect(try shop.giveBack("0.5", of: "S1/T01/1/2", till: "T02").points("pending") == 0)
        #expect(try shop.points() == Balance(30))
        try shop.audit()
    }

    @Test("earned points that were spent already come out of the others, and what is missing is a debt")
    func earnedSpent() throws {
        let shop = try Shop()
        try shop.enrol()
        try shop.sell(number: "1")
        #expect(try shop.sell(500_000, spending: 25, number: "2").points("balance") == 154)
        let first = try shop.giveBack(of: "S1/T01/1/1", till: "T03")
        #expect(first.points("earned") == -30)
        #expect(first.points("balance") == 124)
        #expect(try shop.sell(1_000_000, spending: 124, number: "3").points("balance") == 296)
        #expect(
            try shop.sell(2_000_000, spending: 296, number: "4", #","cashier":{"id":"7"}"#).points("balance") == 591)
        let greedy = try shop.sell(200_000, spending: 600, number: "5")
        #expect(greedy.points("debt") == 0)
        #expect(greedy.marks == ["points_debt"])
        let left = try #require(greedy.points("balance"))
        // Everything of the fourth sale was spent: its 591 points are owed, but for what there is and what it gives back.
        let back = try shop.giveBack(of: "S1/T01/1/4")
        #expect(back.points("earned") == -591)
        #expect(back.points("spent") == -296)
        #expect(back.points("debt") == 591 - 296 - left)
        #expect(back.points("balance") == 0)
        try shop.audit()
    }

    @Test("at another till and on another day, in portions, across restarts")
    func elsewhere() throws {
        let shop = try Shop(with: #", "expiry_days": 300"#)
        try shop.enrol()
        try shop.sell(1_000_000, number: "1")
        let sold = ReceiptText(
            number: "2", customer: "c-1",
            lines: [
                .init(
                    quantity: "7", price: 50_000, amount: 335_000,
                    more: #","discounts":[{"origin":"points","amount":15000}]"#)
            ])
        let sale = try shop.till().request("SALE", sold.json)
        #expect(sale.points("spent") == 150)
        #expect(sale.points("earned") == 100)
        var earned: Int64 = 0
        var spent: Int64 = 0
        for unit in 1...7 as ClosedRange<Int64> {
            shop.pass(days: 3)
            if unit % 3 == 0 { try shop.restart() }
            let back = try shop.giveBack(of: "S1/T01/1/2", till: "T0\(unit)")
            earned -= try #require(back.points("earned"))
            spent -= try #require(back.points("spent"))
            #expect(earned == 100 * unit / 7)
            #expect(spent == 150 * unit / 7)
            #expect(try shop.points().available == 300 - 150 + spent + 100 - earned)
        }
        #expect(try shop.points() == Balance(300, expiring: 300, until: "2027-09-18"))
        #expect(try shop.giveBack("0.001", of: "S1/T01/1/2").code == "bad_field")
        try shop.audit()
    }

    @Test("a return that is sent again, also after a restart, counts once")
    func repeated() throws {
        let shop = try Shop()
        try shop.enrol()
        try shop.sell(number: "1")
        let back = ReceiptText(
            number: "2", lines: [.init(quantity: "0.5", amount: 50_000)], more: #","original":"S1/T01/1/1""#
        ).json
        let first = try shop.till().request("RETURN", back).ok
        #expect(first?["points"]?["balance"]?.integer == 15)
        #expect(try shop.till().request("RETURN", back).ok == first)
        try shop.restart()
        #expect(try shop.till().request("RETURN", back).ok == first)
        #expect(try shop.points() == Balance(15))
        try shop.audit()
    }

    @Test("spent points go back to their lot and burn on their own day")
    func ownDay() throws {
        let shop = try Shop(with: #", "expiry_days": 10, "earn_exclude": {"skus": ["GOLD"]}"#)
        try shop.enrol()
        try shop.sell(number: "1")
        let line = ReceiptText.Line(
            sku: "GOLD", price: 100_000, amount: 97_000, more: #","discounts":[{"origin":"points","amount":3000}]"#)
        let sale = try shop.till().request("SALE", ReceiptText(number: "2", customer: "c-1", lines: [line]).json)
        #expect(sale.points("balance") == 0)
        shop.pass(days: 5)
        let back = try shop.till().request(
            "RETURN",
            ReceiptText(number: "3", at: "2026-11-27T09:30:00Z", lines: [line], more: #","original":"S1/T01/1/2""#).json
        )
        #expect(back.points("spent") == -30)
        #expect(try shop.points() == Balance(30, expiring: 30, until: "2026-12-02"))
        shop.pass(days: 6)
        #expect(try shop.points() == Balance())
        try shop.audit()
    }

    @Test("where that day has passed they live fourteen days more")
    func fourteenDays() throws {
        let shop = try Shop(with: #", "expiry_days": 10, "earn_exclude": {"skus": ["GOLD"]}"#)
        try shop.enrol()
        try shop.sell(number: "1")
        let line = ReceiptText.Line(
            sku: "GOLD", quantity: "2", price: 50_000, amount: 97_000,
            more: #","discounts":[{"origin":"points","amount":3000}]"#)
        _ = try shop.till().request("SALE", ReceiptText(number: "2", customer: "c-1", lines: [line]).json)
        let half = ReceiptText.Line(sku: "GOLD", price: 50_000, amount: 48_500)
        func back(_ number: String) throws -> WireLine {
            let receipt = ReceiptText(
                number: number, at: shop.world.clock.now().rfc3339, lines: [half], more: #","original":"S1/T01/1/2""#)
            return try shop.till().request("RETURN", receipt.json)
        }
        #expect(try back("3").points("balance") == 15)
        shop.pass(days: 20)
        try shop.bookTime()
        try shop.restart()
        #expect(try shop.points() == Balance())
        // 12 December in Moscow.
        let second = try back("4")
        #expect(second.points("spent") == -15)
        #expect(second.points("balance") == 15)
        #expect(try shop.points() == Balance(15, expiring: 15, until: "2026-12-26"))
        try shop.pass(until: "2026-12-26T20:59:59Z")
        #expect(try shop.points().available == 15)
        shop.pass(minutes: 1)
        #expect(try shop.points() == Balance())
        try shop.audit()
    }

    @Test("points that are held for another receipt are not taken back from it")
    func heldElsewhere() throws {
        let shop = try Shop()
        try shop.enrol()
        try shop.sell(number: "1")
        _ = try shop.hold(20, for: "9", till: "T02")
        let back = try shop.giveBack(of: "S1/T01/1/1")
        #expect(back.points("earned") == -30)
        #expect(back.points("debt") == 20)
        #expect(try shop.points() == Balance(held: 20, debt: 20))
        // The other till was promised the points.
        let sale = try shop.sell(300_000, spending: 20, till: "T02", number: "9")
        #expect(sale.marks == [])
        #expect(sale.points("debt") == 0)
        #expect(sale.points("balance") == 69)
        try shop.audit()
    }

    @Test("points that repaid a debt are taken back as well")
    func afterDebt() throws {
        let shop = try Shop()
        try shop.enrol()
        // Ten points that nobody has; the sale's own repay them.
        #expect(try shop.sell(101_000, spending: 10, number: "1").points("balance") == 20)
        let back = try shop.giveBack(of: "S1/T01/1/1")
        #expect(back.points("earned") == -30)
        #expect(back.points("spent") == -10)
        #expect(try shop.points() == Balance())
        try shop.audit()
    }
}
