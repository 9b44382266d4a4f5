import Retail
import Testing

@testable import Gateway

@Suite("Points for being a customer: welcome, website, every nth purchase, birthday, thresholds")
struct MechanicsTests {
    // MARK: Enrolment

    @Test("welcome points can be spent at once, and come once")
    func welcomeAtOnce() throws {
        let shop = try Shop(with: #", "welcome": {"points": 100, "usable": "at_once", "expiry_days": 30}"#)
        let enrol = #"{"card":"7000001234"}"#
        let first = try shop.till().request("ENROL", enrol).ok
        #expect(Balance(first?["points"]) == Balance(100, expiring: 100, until: "2026-12-22"))
        for client in [try shop.till("T02"), try shop.app(), try shop.website()] {
            #expect(client.request("ENROL", enrol).ok?["points"]?["available"]?.integer == 100)
        }
        try shop.restart()
        #expect(try shop.till().request("ENROL", enrol).ok?["points"]?["available"]?.integer == 100)
        #expect(try shop.sell(400_000, spending: 100).points("spent") == 100)
        try shop.audit()
    }

    @Test("welcome points that wait for the first purchase can be spent from the next receipt on")
    func welcomeAfterPurchase() throws {
        let shop = try Shop(with: #", "welcome": {"points": 100, "usable": "after_first_purchase"}"#)
        try shop.enrol()
        #expect(try shop.points() == Balance(pending: 100))
        shop.pass(days: 400)
        #expect(try shop.quote(spending: 100)?["points"]?["spendable"]?.integer == 0)
        let first = try shop.sell(1_000_000, spending: 10)
        #expect(first.marks == ["points_debt"])
        #expect(first.points("balance") == 389)
        #expect(try shop.quote(1_000_000, spending: 100)?["points"]?["spent"]?.integer == 100)
        try shop.restart()
        #expect(try shop.points() == Balance(389))
        try shop.audit()
    }

    @Test("points that wait for a first purchase wait no longer when a customer who has bought is merged in")
    func welcomeAfterMerge() throws {
        let shop = try Shop(with: #", "welcome": {"points": 100, "usable": "after_first_purchase"}"#)
        try shop.enrol()
        try shop.enrol("7000005678")
        try shop.sell()
        #expect(try shop.points() == Balance(130))
        #expect(try shop.points("c-2") == Balance(pending: 100))
        let merged = shop.operation.request("CUSTOMER_MERGE", #"{"customer_id":"c-2","into":"c-1"}"#)
        #expect(merged.points("available") == 230)
        #expect(try shop.points() == Balance(230))
        try shop.audit()
    }

    @Test("the registration on the website is rewarded once, for a new and for a known customer")
    func registration() throws {
        let shop = try Shop(with: #", "site_registration": {"points": 50}"#)
        let enrol = #"{"card":"7000001234"}"#
        #expect(try shop.till().request("ENROL", enrol).ok?["points"]?["available"]?.integer == 0)
        #expect(try shop.app().request("ENROL", enrol).ok?["points"]?["available"]?.integer == 0)
        for _ in 0..<3 {
            #expect(try shop.website().request("ENROL", enrol).ok?["points"]?["available"]?.integer == 50)
        }
        // Also when all of them are spent.
        try shop.sell(1_000_000, spending: 50)
        try shop.restart()
        #expect(try shop.website().request("ENROL", enrol).ok?["points"]?["available"]?.integer == 298)
        let fresh = try shop.website().request("ENROL", #"{"email":"new@example.com"}"#).ok
        #expect(fresh?["created"]?.bool == true)
        #expect(fresh?["points"]?["available"]?.integer == 50)
        try shop.audit()
    }

    // MARK: Purchases

    @Test("every third purchase brings points, counted over tills, days and restarts; a return counts nothing")
    func everyThird() throws {
        let shop = try Shop(with: #", "every_nth": {"n": 3, "points": 7, "multiplier": 20000}"#)
        try shop.enrol()
        var earned: [Int64?] = []
        for number in 1...7 {
            let quoted = try shop.quote()?["points"]?["earned"]?.integer
            let sale = try shop.sell(till: number % 2 == 0 ? "T01" : "T02", number: "\(number)")
            #expect(sale.points("earned") == quoted)
            earned.append(sale.points("earned"))
            if number == 4 { try shop.giveBack(of: "S1/T01/1/4", till: "T03") }
            shop.pass(days: 1)
            if number == 5 { try shop.restart() }
        }
        #expect(earned == [30, 30, 67, 30, 30, 67, 30])
        try shop.audit()
    }

    @Test("a receipt above a threshold earns more, the highest that is reached counts")
    func thresholds() throws {
        let shop = try Shop(
            with: #", "thresholds": [{"amount": 200000, "points": 5}, {"amount": 500000, "multiplier": 20000}]"#)
        try shop.enrol()
        for (amount, expected) in [(199_999, 59), (200_000, 65), (499_999, 154), (500_000, 300)] as [(Int64, Int64)] {
            #expect(try shop.quote(amount)?["points"]?["earned"]?.integer == expected)
            #expect(try shop.sell(amount).points("earned") == expected)
        }
        // What was paid with points does not count.
        #expect(try shop.sell(200_000, spending: 1).points("earned") == 59)
        try shop.audit()
    }

    // MARK: Birthday

    private let gift = #", "birthday": {"before": 3, "after": 3, "gift_points": 40, "expiry_days": 10}"#

    @Test("a birthday's gift comes once a year, and the answer to IDENTIFY shows it already")
    func giftAtIdentify() throws {
        let shop = try Shop(with: gift)
        try shop.enrol("7000001234", #","birthday":"1990-11-25""#)
        // 22 November: three days before.
        for _ in 0..<3 { #expect(try shop.points() == Balance(40, expiring: 40, until: "2026-12-02")) }
        try shop.restart()
        #expect(try shop.points().available == 40)
        #expect(try shop.sell().points("balance") == 70)
        shop.pass(days: 10)
        #expect(try shop.points().available == 70)
        try shop.pass(until: "2027-11-21T20:59:59Z")
        #expect(try shop.points().available == 30)
        // Midnight in Moscow.
        try shop.pass(until: "2027-11-21T21:00:00Z")
        #expect(try shop.points() == Balance(70, expiring: 40, until: "2027-12-02"))
        #expect(try shop.quote()?["points"]?["available"]?.integer == 70)
        try shop.audit()
    }

    @Test("a customer who is first seen at a sale can have spent the gift in it")
    func giftAtSale() throws {
        let shop = try Shop(with: gift)
        try shop.enrol("7000001234", #","birthday":"1990-11-27""#)
        #expect(try shop.points() == Balance())
        shop.pass(days: 1, minutes: 60)
        // A quote has no effect; the gift is there once the customer is identified or buys.
        #expect(try shop.quote(spending: 40)?["points"]?["available"]?.integer == 0)
        shop.pass(days: 8)
        #expect(try shop.points() == Balance())
        shop.pass(days: 357)
        // 23 November of the year after: not yet.
        #expect(try shop.sell().points("balance") == 30)
        shop.pass(days: 1)
        let sale = try shop.sell(spending: 25)
        #expect(sale.marks == [])
        #expect(sale.points("balance") == 74)
        #expect(try shop.sell().points("balance") == 104)
        try shop.audit()
    }

    @Test("a gift comes once to a customer whom many tills see at the same time")
    func giftAtOnce() throws {
        let shop = try Shop(with: gift)
        try shop.enrol("7000001234", #","birthday":"1990-11-22""#)
        let tills = try (1...5).map { try shop.till("T0\($0)") }
        for till in tills { till.send(#"IDENTIFY i1 {"card":"7000001234"}"#) }
        for till in tills { #expect(Balance(till.answer(to: "i1").ok?["points"]).available == 40) }
        try shop.audit()
    }

    @Test("a window over New Year belongs to one birthday")
    func giftOverNewYear() throws {
        let shop = try Shop(with: gift)
        try shop.enrol("7000001234", #","birthday":"1990-01-01""#)
        try shop.pass(until: "2026-12-30T09:00:00Z")
        #expect(try shop.points().available == 40)
        try shop.pass(until: "2027-01-03T09:00:00Z")
        #expect(try shop.points().available == 40)
        try shop.pass(until: "2027-12-29T09:00:00Z")
        #expect(try shop.points().available == 40)
        try shop.pass(until: "2027-12-31T09:00:00Z")
        #expect(try shop.points() == Balance(40, expiring: 40, until: "2028-01-08"))
        try shop.audit()
    }

    @Test("29 February is kept on the 28th in other years, and once in a leap year")
    func leapDay() throws {
        let shop = try Shop(with: #", "birthday": {"before": 0, "after": 0, "gift_points": 40}"#)
        try shop.enrol("7000001234", #","birthday":"1992-02-29""#)
        for (moment, expected) in [
            ("2027-02-27T12:00:00Z", 0), ("2027-02-28T12:00:00Z", 40), ("2027-03-01T12:00:00Z", 40),
            ("2028-02-28T12:00:00Z", 40), ("2028-02-29T12:00:00Z", 80), ("2028-03-01T12:00:00Z", 80),
        ] as [(String, Int64)] {
            try shop.pass(until: moment)
            #expect(try shop.points().available == expected, "\(moment)")
        }
        try shop.audit()
    }

    @Test("a birthday begins at the store's midnight, not at another store's")
    func storeClock() throws {
        let stores = StoreDirectory(named: ["S2": StoreSettings(timeZone: "Asia/Vladivostok")])
        let shop = try Shop(
            TestWorld(
                stores: stores,
                programmes: [
                    TestProgramme.text(with: #", "birthday": {"before": 0, "after": 0, "gift_points": 40}"#)
                ]))
        try shop.enrol("7000001234", #","birthday":"1992-12-01""#)
        // Ten hours east of Greenwich it is 1 December already.
        try shop.pass(until: "2026-11-30T15:00:00Z")
        #expect(try shop.points().available == 0)
        let east = try shop.world.greeted(.register, "S2", "T21")
        let seen = east.request("IDENTIFY", #"{"customer_id":"c-1"}"#).ok
        #expect(seen?["birthday"]?.bool == true)
        #expect(seen?["points"]?["available"]?.integer == 40)
        try shop.pass(until: "2026-12-01T09:00:00Z")
        #expect(try shop.points().available == 40)
        try shop.audit()
    }
}
