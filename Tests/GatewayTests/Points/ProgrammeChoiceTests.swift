import Retail
import Testing

@testable import Gateway

@Suite("Segments, tiers in a rolling window, and promotions for some")
struct ProgrammeChoiceTests {
    // MARK: Segments

    @Test("customers of a segment have the programme of their segment, everybody else the other")
    func segments() throws {
        let premium = """
            {"id": "premium", "version": 4, "currency": "RUB", "segments": ["premium"], "activation_days": 3,
             "tiers": [{"name": "gold card", "threshold": 0, "earn_rate": 1000}]}
            """
        let shop = try Shop(TestWorld(programmes: [TestProgramme.text, premium]))
        try shop.enrol()
        try shop.enrol("7000005678", #","segment":"premium""#)
        try shop.enrol("7000009999", #","segment":"economy""#)
        #expect(
            try ["c-1", "c-2", "c-3"].map { try shop.identify($0)?["programme"]?.text }
                == ["default", "premium", "default"])
        for (customer, earned, pending, programme) in [
            ("c-1", 30, 0, "default"), ("c-2", 100, 100, "premium"), ("c-3", 30, 0, "default"),
        ] as [(String, Int64, Int64, String)] {
            let quote = try shop.quote(to: customer)
            #expect(quote?["rules"]?["id"]?.text == programme)
            #expect(quote?["points"]?["earned"]?.integer == earned)
            let sale = try shop.sell(to: customer)
            #expect(sale.points("earned") == earned)
            #expect(sale.points("pending") == pending)
            #expect(sale.ok?["rules"]?["id"]?.text == programme)
        }
        #expect(try shop.identify("c-2")?["tier"]?["name"]?.text == "gold card")
        try shop.audit()
    }

    // MARK: Tiers

    @Test("purchases leave the rolling window as days pass, also when nobody buys")
    func window() throws {
        let shop = try Shop(with: #", "tier_window_days": 30"#)
        try shop.enrol()
        #expect(try shop.sell(3_000_000).ok?["tier"]?.text == "silver")
        // A new tier counts from the next receipt.
        #expect(try shop.quote()?["points"]?["earned"]?.integer == 50)
        try shop.pass(until: "2026-12-01T09:30:00Z")
        try shop.sell(1_000_000)
        func standing() throws -> [JSONTree?] {
            let tier = try shop.identify()?["tier"]
            return [tier?["name"], tier?["next"]?["missing"]]
        }
        // The thirtieth day, today included, is 21 December.
        try shop.pass(until: "2026-12-21T20:59:59.999Z")
        #expect(try standing() == [.string("silver"), .number("6000000")])
        shop.pass(milliseconds: 1)
        #expect(try standing() == [.string("base"), .number("2000000")])
        #expect(try shop.quote()?["points"]?["earned"]?.integer == 30)
        #expect(try shop.sell().points("earned") == 30)
        shop.pass(days: 31)
        try shop.restart()
        #expect(try standing() == [.string("base"), .number("3000000")])
        try shop.audit()
    }

    @Test("a return takes its amount out of the window")
    func returnInWindow() throws {
        let shop = try Shop(with: #", "tier_window_days": 30"#)
        try shop.enrol()
        try shop.sell(3_000_000, number: "77")
        shop.pass(days: 2)
        #expect(try shop.giveBack("0.5", of: "S1/T01/1/77", paid: 1_500_000).ok?["tier"]?.text == "base")
        #expect(try shop.identify()?["tier"]?["next"]?["missing"]?.integer == 1_500_000)
        try shop.audit()
    }

    // MARK: Limits

    @Test("a promotion of which a customer gets one is given once, over tills and restarts")
    func limitPerCustomer() throws {
        let shop = try Shop(
            with: #", "promotions": [{"id": "once", "when": {"limit_per_customer": 1}, "effect": {"extra_points": 9}}]"#
        )
        try shop.enrol()
        try shop.enrol("7000005678")
        // A quote uses nothing up.
        for _ in 0..<3 { #expect(try shop.quote()?["points"]?["earned"]?.integer == 39) }
        #expect(try shop.sell().points("earned") == 39)
        #expect(try shop.quote()?["points"]?["earned"]?.integer == 30)
        #expect(try shop.sell(till: "T02").points("earned") == 30)
        try shop.restart()
        #expect(try shop.quote()?["points"]?["earned"]?.integer == 30)
        #expect(try shop.sell().points("earned") == 30)
        #expect(try shop.sell(to: "c-2").points("earned") == 39)
        #expect(try shop.quote(to: "c-2")?["points"]?["earned"]?.integer == 30)
        try shop.audit()
    }

    private let twoInAll =
        #", "promotions": [{"id": "two", "when": {"limit_total": 2}, "effect": {"extra_points": 9}}]"#

    @Test("a promotion of which there are two in all is given twice, over tills, customers and restarts")
    func limitTotal() throws {
        let shop = try Shop(with: twoInAll)
        for card in 1...3 { try shop.enrol("700000123\(card)") }
        #expect(try shop.sell(to: "c-1").points("earned") == 39)
        #expect(try shop.quote(to: "c-2")?["points"]?["earned"]?.integer == 39)
        #expect(try shop.sell(to: nil).ok?["points"] == .null)
        try shop.restart()
        #expect(try shop.sell(to: "c-2", till: "T02").points("earned") == 39)
        #expect(try shop.quote(to: "c-3")?["points"]?["earned"]?.integer == 30)
        #expect(try shop.sell(to: "c-3").points("earned") == 30)
        try shop.restart()
        #expect(try shop.quote(to: "c-3")?["points"]?["earned"]?.integer == 30)
        try shop.audit()
    }

    @Test("a promotion of which there are two in all is given twice, however many tills sell at once")
    func limitTotalAtOnce() throws {
        let disk = Disk()
        let shop = try Shop(TestWorld(hooks: disk.hooks, programmes: [TestProgramme.text(with: twoInAll)]))
        let tills = try (1...6).map { try shop.till("T0\($0)") }
        for number in 1...6 { try shop.enrol("700000123\(number)") }
        // While a commit takes its time, the receipts gather and go into the next one together.
        let before = disk.begun.all.count
        let gate = disk.hold()
        tills[0].send("VOID v1 \(#"{"shift":2,"number":"1","at":"2026-11-22T09:30:00Z"}"#)")
        #expect(disk.begun.wait(count: before + 1))
        for (index, till) in tills.enumerated() {
            till.send("SALE s1 \(ReceiptText(customer: "c-\(index + 1)").json)")
        }
        disk.letGo()
        gate.open()
        let earned = tills.compactMap { $0.answer(to: "s1").points("earned") }
        #expect(earned.sorted() == [30, 30, 30, 30, 39, 39])
        try shop.audit()
    }

    // MARK: For some

    @Test("a promotion with a coupon wants the coupon, in the quote and in the receipt")
    func coupon() throws {
        let shop = try Shop(
            with: #", "promotions": [{"id": "ten", "when": {"coupon": "TEN"}, "effect": {"percent_off": 1000}},"#
                + #"{"id": "plus", "when": {"coupon": "PLUS"}, "effect": {"extra_points": 5}}]"#)
        try shop.enrol()
        #expect(try shop.quote()?["total"]?.integer == 100_000)
        let coupons = #","coupons":["TEN","PLUS","OTHER"]"#
        let quote = try shop.quote(more: coupons)
        #expect(quote?["total"]?.integer == 90_000)
        #expect(quote?["points"]?["earned"]?.integer == 32)
        #expect(quote?["promotions"]?.elements?.compactMap { $0["id"]?.text } == ["plus", "ten"])
        let line = ReceiptText.Line(
            price: 100_000, amount: 90_000, more: #","discounts":[{"origin":"promotion","id":"ten","amount":10000}]"#)
        let id = try #require(quote?["quote"]?.text)
        let till = try shop.till()
        let sale = till.request(
            "SALE", ReceiptText(customer: "c-1", lines: [line], more: coupons + #","quote":"\#(id)""#).json)
        #expect(sale.marks == [])
        #expect(sale.points("earned") == 32)
        #expect(
            till.request("SALE", ReceiptText(number: "2", customer: "c-1", lines: [line]).json).points("earned") == 27)
        try shop.audit()
    }

    @Test("a personal offer is told to its customer with its last day, and priced for nobody else")
    func personal() throws {
        let shop = try Shop(
            with: #", "promotions": [{"id": "yours", "name": "10 % for you", "when": {"customers": ["K-1"],"#
                + #""from": "2026-11-20", "until": "2026-11-30"}, "effect": {"percent_off": 1000}}]"#)
        try shop.enrol("7000001234", #","external":"K-1""#)
        try shop.enrol("7000005678", #","external":"K-2""#)
        let offer = try JSONTree(#"[{"id":"yours","text":"10 % for you","until":"2026-11-30"}]"#.utf8)
        #expect(try shop.identify()?["offers"] == offer)
        #expect(try shop.identify("c-2")?["offers"]?.elements == [])
        #expect(try shop.quote()?["total"]?.integer == 90_000)
        #expect(try shop.quote(to: "c-2")?["total"]?.integer == 100_000)
        try shop.restart()
        try shop.pass(until: "2026-11-30T20:59:59Z")
        #expect(try shop.identify()?["offers"] == offer)
        shop.pass(minutes: 1)
        #expect(try shop.identify()?["offers"]?.elements == [])
        #expect(try shop.quote()?["total"]?.integer == 100_000)
        try shop.audit()
    }

    @Test("three for two, a bundle and a gift take off what they promise, and the receipt agrees")
    func baskets() throws {
        let shop = try Shop(
            with:
                #", "promotions": [{"id": "three", "products": {"skus": ["CUP"]}, "effect": {"n_for_m": {"n": 3, "m": 2}}},"#
                + #"{"id": "set", "products": {"skus": ["POT", "LID"]}, "effect": {"bundle": {"items": ["#
                + #"{"products": {"skus": ["POT"]}}, {"products": {"skus": ["LID"]}}], "price": 15000}}},"#
                + #"{"id": "free", "when": {"minimum_amount": 10000}, "effect": {"gift": {"sku": "BAG"}}}]"#)
        try shop.enrol()
        let basket = Basket([
            ("CUP", "3", 1_000), ("POT", "1", 12_000), ("LID", "1", 6_000), ("BAG", "1", 500),
        ])
        let quote = try basket.quote(shop, to: "c-1")
        #expect(quote["total"]?.integer == 17_000)
        #expect(quote["lines"]?.elements?.compactMap { $0["amount"]?.integer } == [2_000, 10_000, 5_000, 0])
        #expect(quote["promotions"]?.elements?.compactMap { $0["id"]?.text } == ["free", "set", "three"])
        let without = try Basket([("POT", "1", 12_000)]).quote(shop, to: "c-1")
        #expect(without["gifts"]?.elements == [.string("BAG")])
        let sale = try basket.sell(shop, to: "c-1", as: quote)
        #expect(sale.marks == [])
        #expect(sale.points("earned") == 5)
        try shop.audit()
    }
}
