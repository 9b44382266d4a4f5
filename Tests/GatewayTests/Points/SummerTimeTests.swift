import Retail
import Testing

@testable import Gateway

/// In Berlin summer time began on 28 March 2027 and ended on 31 October.
@Suite("Days are the store's, also when summer time comes or goes in between")
struct SummerTimeTests {
    private func shop(_ more: String, from moment: String) throws -> Shop {
        let stores = StoreDirectory(others: StoreSettings(timeZone: "Europe/Berlin"))
        let shop = try Shop(TestWorld(stores: stores, programmes: [TestProgramme.text(with: more)]))
        try shop.pass(until: moment)
        try shop.enrol()
        return shop
    }

    private func burning(_ shop: Shop, on day: String) throws {
        #expect(try shop.points() == Balance(30, expiring: 30, until: day))
    }

    @Test("points earned in winter burn when a day of summer ends, and their last day is told as it is")
    func winterToSummer() throws {
        let shop = try shop(#", "expiry_days": 30"#, from: "2027-03-01T12:00:00Z")
        try shop.sell()
        try burning(shop, on: "2027-03-31")
        // The hour around the change.
        for moment in ["2027-03-27T23:30:00Z", "2027-03-28T00:59:59Z", "2027-03-28T01:00:00Z"] {
            try shop.pass(until: moment)
            try burning(shop, on: "2027-03-31")
        }
        try shop.restart()
        try shop.pass(until: "2027-03-31T21:59:59.999Z")
        try burning(shop, on: "2027-03-31")
        shop.pass(milliseconds: 1)
        #expect(try shop.points() == Balance())
        try shop.bookTime()
        let now = shop.world.clock.now()
        #expect(try shop.world.journal.read { try $0.audit(at: now) }.pointsLiability == 0)
        try shop.audit()
    }

    @Test("points earned in summer burn when a day of winter ends, and their last day is told as it is")
    func summerToWinter() throws {
        let shop = try shop(#", "expiry_days": 30"#, from: "2027-10-10T12:00:00Z")
        try shop.sell()
        try burning(shop, on: "2027-11-09")
        try shop.pass(until: "2027-11-09T22:30:00Z")
        try burning(shop, on: "2027-11-09")
        #expect(try shop.quote(spending: 30)?["points"]?["spent"]?.integer == 30)
        try shop.pass(until: "2027-11-09T22:59:59.999Z")
        try burning(shop, on: "2027-11-09")
        shop.pass(milliseconds: 1)
        #expect(try shop.points() == Balance())
        try shop.audit()
    }

    @Test("the points of an enrolment, of the website and of a birthday burn at the end of the store's day as well")
    func grants() throws {
        let shop = try shop(
            #", "welcome": {"points": 10, "usable": "at_once", "expiry_days": 30},"#
                + #""site_registration": {"points": 20, "expiry_days": 30},"#
                + #""birthday": {"before": 1, "after": 1, "gift_points": 40, "expiry_days": 30}"#,
            from: "2027-03-01T12:00:00Z")
        _ = try shop.website().request("ENROL", #"{"card":"7000001234","birthday":"1990-03-01"}"#)
        #expect(try shop.points() == Balance(70, expiring: 70, until: "2027-03-31"))
        try shop.pass(until: "2027-03-31T21:59:59.999Z")
        #expect(try shop.points() == Balance(70, expiring: 70, until: "2027-03-31"))
        shop.pass(milliseconds: 1)
        #expect(try shop.points() == Balance())
        try shop.audit()
    }

    @Test("points that a return gives back live until their fourteenth day in the store is over")
    func fourteenDays() throws {
        let shop = try shop(
            #", "expiry_days": 5, "earn_exclude": {"skus": ["GOLD"]}"#, from: "2027-03-10T12:00:00Z")
        try shop.sell()
        let line = ReceiptText.Line(
            sku: "GOLD", price: 100_000, amount: 97_000, more: #","discounts":[{"origin":"points","amount":3000}]"#)
        _ = try shop.till().request("SALE", ReceiptText(number: "2", customer: "c-1", lines: [line]).json)
        try shop.pass(until: "2027-03-20T12:00:00Z")
        let back = ReceiptText(number: "3", lines: [line], more: #","original":"S1/T01/1/2""#)
        #expect(try shop.till().request("RETURN", back.json).points("balance") == 30)
        try burning(shop, on: "2027-04-03")
        try shop.pass(until: "2027-04-03T21:59:59.999Z")
        try burning(shop, on: "2027-04-03")
        shop.pass(milliseconds: 1)
        #expect(try shop.points() == Balance())
        try shop.audit()
    }

    @Test("a purchase leaves the rolling window when the store's day begins, whichever day of the window was shorter")
    func window() throws {
        let shop = try shop(#", "tier_window_days": 30"#, from: "2027-03-20T22:30:00Z")
        func missing() throws -> Int64? { try shop.identify()?["tier"]?["next"]?["missing"]?.integer }
        // Half an hour before midnight: of the thirty days 18 April is the last.
        try shop.sell(1_000_000)
        #expect(try missing() == 2_000_000)
        try shop.pass(until: "2027-04-18T21:59:59.999Z")
        #expect(try missing() == 2_000_000)
        shop.pass(milliseconds: 1)
        #expect(try missing() == 3_000_000)
        try shop.restart()
        #expect(try missing() == 3_000_000)
        try shop.audit()
    }

    @Test("a purchase leaves the rolling window at the end of the short day on which summer time begins")
    func shortDay() throws {
        let shop = try shop(#", "tier_window_days": 30"#, from: "2027-02-27T12:00:00Z")
        func missing() throws -> Int64? { try shop.identify()?["tier"]?["next"]?["missing"]?.integer }
        try shop.sell(1_000_000)
        // Asked while it is winter still: what is known is good until the day ends, an hour early.
        for moment in ["2027-03-27T23:30:00Z", "2027-03-28T21:59:59.999Z"] {
            try shop.pass(until: moment)
            #expect(try missing() == 2_000_000)
        }
        shop.pass(milliseconds: 1)
        #expect(try missing() == 3_000_000)
        try shop.audit()
    }

    @Test("a purchase stays in the rolling window to the end of the long day on which summer time ends")
    func longDay() throws {
        let shop = try shop(#", "tier_window_days": 30"#, from: "2027-10-02T12:00:00Z")
        func missing() throws -> Int64? { try shop.identify()?["tier"]?["next"]?["missing"]?.integer }
        try shop.sell(1_000_000)
        for moment in ["2027-10-30T22:30:00Z", "2027-10-31T22:59:59.999Z"] {
            try shop.pass(until: moment)
            #expect(try missing() == 2_000_000, "\(moment)")
        }
        shop.pass(milliseconds: 1)
        #expect(try missing() == 3_000_000)
        try shop.audit()
    }
}
