import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("Points become active, burn, and are spent in the order in which they burn")
struct LotLifeTests {
    @Test("earned points are pending until the minute on which they become active")
    func activation() throws {
        let shop = try Shop(with: #", "activation_days": 14"#)
        try shop.enrol()
        let sale = try shop.sell()
        #expect(sale.points("balance") == 0)
        #expect(sale.points("pending") == 30)
        #expect(try shop.points() == Balance(pending: 30))
        #expect(try shop.quote(spending: 30)?["points"]?["spendable"]?.integer == 0)
        #expect(try shop.hold(1, for: "9").error?["available"]?.integer == 0)
        shop.pass(days: 14, milliseconds: -1)
        #expect(try shop.points() == Balance(pending: 30))
        #expect(try shop.quote(spending: 30)?["points"]?["available"]?.integer == 0)
        shop.pass(milliseconds: 1)
        #expect(try shop.points() == Balance(30))
        #expect(try shop.quote(spending: 30)?["points"]?["spent"]?.integer == 30)
        try shop.restart()
        #expect(try shop.points() == Balance(30))
        #expect(try shop.hold(30, for: "9").ok?["available"]?.integer == 0)
        try shop.audit()
    }

    @Test("points that became active while the gateway was down are there when it is up again")
    func activeAfterRestart() throws {
        let shop = try Shop(with: #", "activation_days": 1"#)
        try shop.enrol()
        try shop.sell()
        shop.pass(days: 1)
        try shop.restart()
        #expect(try shop.quote(spending: 30)?["points"]?["spent"]?.integer == 30)
        #expect(try shop.points() == Balance(30))
        try shop.audit()
    }

    @Test("points burn at the end of their last day in the store's time zone, each purchase's on its own")
    func expiry() throws {
        let shop = try Shop(with: #", "expiry_days": 10"#)
        try shop.enrol()
        // Half past twelve on 22 November in Moscow; at 21:00 UTC the day is over there.
        try shop.sell()
        try shop.pass(until: "2026-11-23T21:00:00Z")
        try shop.sell(200_000)
        #expect(try shop.points() == Balance(90, expiring: 30, until: "2026-12-02"))
        try shop.pass(until: "2026-12-02T20:59:59.999Z")
        #expect(try shop.points() == Balance(90, expiring: 30, until: "2026-12-02"))
        shop.pass(milliseconds: 1)
        #expect(try shop.points() == Balance(60, expiring: 60, until: "2026-12-04"))
        #expect(try shop.quote(spending: 90)?["points"]?["spent"]?.integer == 60)
        try shop.pass(until: "2026-12-04T21:00:00Z")
        #expect(try shop.points() == Balance())
        #expect(try shop.hold(1, for: "9").error?["available"]?.integer == 0)
        try shop.restart()
        #expect(try shop.points() == Balance())
        try shop.audit()
    }

    @Test("the days of points that are pending are counted from when they become active")
    func expiryAfterActivation() throws {
        let shop = try Shop(with: #", "activation_days": 14, "expiry_days": 0"#)
        try shop.enrol()
        try shop.sell()
        try shop.pass(until: "2026-12-06T09:30:00Z")
        #expect(try shop.points() == Balance(30, expiring: 30, until: "2026-12-06"))
        try shop.pass(until: "2026-12-06T21:00:00Z")
        #expect(try shop.points() == Balance())
        try shop.audit()
    }

    @Test("burnt points are written down without anybody asking, and the store owes fewer")
    func burntByTime() throws {
        let shop = try Shop(with: #", "expiry_days": 1"#)
        for number in 1...300 { try shop.enrol("70000\(10_000 + number)") }
        for number in 1...300 { try shop.sell(to: "c-\(number)") }
        try shop.bookTime()
        func report() throws -> (liability: Int64, entries: Int64, lots: Int64) {
            let now = shop.world.clock.now()
            let report = try shop.world.journal.read { try $0.audit(at: now) }
            return (report.pointsLiability, report.ledgerEntries, report.lots)
        }
        #expect(try report() == (9_000, 300, 300))
        shop.pass(days: 2)
        // Each pass asks for the next as long as there is something due.
        for _ in 0..<4 { try shop.bookTime() }
        #expect(try report() == (0, 600, 0))
        // Written once, however often time passes.
        for _ in 0..<3 { try shop.bookTime() }
        #expect(try report() == (0, 600, 0))
        #expect(try shop.points("c-300") == Balance())
        try shop.audit()
    }

    @Test("of any number of accounts, each with several lots, all is written down by one look at the time")
    func burntAtOnce() throws {
        let shop = try Shop(with: #", "expiry_days": 1"#)
        for number in 1...200 {
            try shop.enrol("70000\(10_000 + number)")
            for _ in 1...2 { try shop.sell(to: "c-\(number)") }
        }
        shop.pass(days: 2)
        let now = shop.world.clock.now()
        func lots() throws -> Int64 { try shop.world.journal.read { try $0.audit(at: now) }.lots }
        #expect(try lots() == 400)
        shop.world.gateway.passTime()
        #expect(eventually { (try? lots()) == 0 })
        try shop.audit()
    }

    @Test("what burns first is spent first, whatever was earned first")
    func order() throws {
        let shop = try Shop(
            with: #", "expiry_days": 90, "site_registration": {"points": 50, "expiry_days": 5}"#)
        try shop.enrol()
        try shop.sell()
        // Earned later, burns earlier.
        let registered = try shop.website().request("ENROL", #"{"card":"7000001234"}"#)
        #expect(Balance(registered.ok?["points"]) == Balance(80, expiring: 50, until: "2026-11-27"))
        #expect(try shop.sell(300_000, spending: 60).points("spent") == 60)
        shop.pass(days: 6)
        // Nothing was left of what would have burnt: 30 − 10 and what the sale earned.
        #expect(try shop.points().available == 20 + 88)
        try shop.audit()
    }

    @Test("points never burn where the programme gives them no last day")
    func noExpiry() throws {
        let shop = try Shop()
        try shop.enrol()
        try shop.sell()
        shop.pass(days: 365 * 27)
        try shop.bookTime()
        #expect(try shop.points() == Balance(30))
        try shop.audit()
    }
}
