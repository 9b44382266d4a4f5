import Journal
import Retail
import Testing

@testable import Gateway

/// In Berlin summer time began on 28 March 2027 at 1:00 UTC and ended on 31 October.
@Suite("Baskets at the end of the shop's day")
struct BasketEndOfDayTests {
    private func shop(_ zone: String, at moment: String) throws -> FloorShop {
        let stores = StoreDirectory(others: StoreSettings(timeZone: zone))
        let shop = try FloorShop(TestWorld(stores: stores))
        try shop.pass(until: moment)
        return shop
    }

    @Test(
        "what is sent or opened is withdrawn at midnight in the store, not a moment before, and both sides are told once"
    )
    func midnight() throws {
        let shop = try shop("Europe/Moscow", at: "2026-11-22T12:00:00Z")
        for basket in ["b1", "b2", "b3"] { shop.send(basket) }
        #expect(shop.till.request("BASKET_OPEN", FloorShop.reference("b2")).ok != nil)
        #expect(shop.till.request("BASKET_RETURN", FloorShop.reference("b3")).ok != nil)
        try shop.pass(until: "2026-11-22T20:59:59.999Z")
        #expect(try shop.state("b1") == .sent)
        try shop.pass(milliseconds: 1)
        #expect(try shop.state("b1") == .withdrawn)
        #expect(try shop.state("b2") == .withdrawn)
        #expect(try shop.state("b3") == .returned)
        try shop.pass(milliseconds: 86_400_000)
        let withdrawn = "basket.changed withdrawn"
        #expect(FloorShop.events(shop.app).filter { $0 == withdrawn }.count == 2)
        #expect(FloorShop.events(shop.till).filter { $0 == withdrawn }.count == 2)
        #expect(shop.till.request("BASKET_OPEN", FloorShop.reference("b1")).error?["state"]?.text == "withdrawn")
        #expect(shop.sell("b2", number: "1").marks == ["basket_state"])
        #expect(try shop.state("b2") == .withdrawn)
    }

    @Test(
        "a day of summer time's coming or going ends at the store's midnight",
        arguments: [
            ("2027-03-27T12:00:00Z", "2027-03-27T23:00:00Z"), ("2027-03-28T00:30:00Z", "2027-03-28T22:00:00Z"),
            ("2027-03-28T12:00:00Z", "2027-03-28T22:00:00Z"), ("2027-10-30T12:00:00Z", "2027-10-30T22:00:00Z"),
            ("2027-10-30T23:30:00Z", "2027-10-31T23:00:00Z"), ("2027-10-31T12:00:00Z", "2027-10-31T23:00:00Z"),
        ])
    func summerTime(sent: String, midnight: String) throws {
        let shop = try shop("Europe/Berlin", at: sent)
        shop.send("b1")
        try shop.pass(until: midnight)
        #expect(try shop.state("b1") == .withdrawn)
        let late = try self.shop("Europe/Berlin", at: sent)
        late.send("b1")
        try late.pass(until: midnight)
        late.send("b2")
        try late.pass(milliseconds: 3_600_000)
        #expect(try late.state("b2") == .sent)
    }

    @Test("not a moment before midnight on the day that has 23 or 25 hours")
    func notBefore() throws {
        for (sent, before) in [
            ("2027-03-28T12:00:00Z", "2027-03-28T21:59:59.999Z"), ("2027-10-31T12:00:00Z", "2027-10-31T22:59:59.999Z"),
        ] {
            let shop = try shop("Europe/Berlin", at: sent)
            shop.send("b1")
            try shop.pass(until: before)
            #expect(try shop.state("b1") == .sent, "\(before)")
        }
    }

    @Test("what was due while the gateway was down happens when it is back, once")
    func down() throws {
        let shop = try shop("Europe/Moscow", at: "2026-11-22T12:00:00Z")
        shop.send("b1")
        shop.app.vanish()
        shop.till.vanish()
        shop.world.clock.advance(milliseconds: 3 * 86_400_000)
        try shop.world.restart()
        #expect(try shop.state("b1") == .sent)
        shop.world.gateway.passOrderTime()
        shop.world.gateway.passOrderTime()
        try shop.world.settle()
        let phone = try shop.world.greeted(.app, "S1", "APP1")
        #expect(FloorShop.events(phone) == ["basket.changed withdrawn"])
        #expect(phone.events.first?.body["at"]?.text == shop.world.clock.now().rfc3339)
        #expect(FloorShop.events(try shop.world.till()) == ["basket.offered sent", "basket.changed withdrawn"])
    }

    @Test("more than one change takes: the rest follows with the next second")
    func many() throws {
        let shop = try shop("Europe/Moscow", at: "2026-11-22T12:00:00Z")
        for number in 1...90 { shop.send("b\(number)") }
        try shop.pass(until: "2026-11-22T21:00:00Z")
        for _ in 0..<3 { try shop.pass(milliseconds: 1_000) }
        #expect(try shop.world.journal.read { try $0.openBaskets(ofApp: "APP1", store: "S1") } == 0)
        #expect(FloorShop.events(shop.app).count == 90)
    }
}
