import Journal
import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("What orders wait for")
struct OrderTimerTests {
    private func pass(_ world: TestWorld, seconds: Int) throws {
        world.clock.advance(milliseconds: seconds * 1_000)
        world.gateway.passOrderTime()
        try world.settle()
    }

    private func state(_ client: TestClient, _ order: String = "1001") -> String? {
        client.request("ORDER_GET", #"{"source":"WEB1","order":"\#(order)"}"#).ok?["state"]?.text
    }

    private func names(_ client: TestClient) -> [String?] { client.events.map(\.event) }

    /// A website that has pushed an order, with members of its own.
    private func pushed(_ world: TestWorld, more: String = "") throws -> TestClient {
        let website = try world.greeted(.website, "S1", "WEB1")
        #expect(website.request("ORDER_PUSH", PushText(more: more).json).ok != nil)
        try world.settle()
        return website
    }

    @Test("a till that does not acknowledge within five seconds loses the order to the next, and not a moment before")
    func unacknowledged() throws {
        let world = try TestWorld()
        let first = try world.till("T01")
        let second = try world.till("T02")
        let website = try pushed(world)
        #expect(names(first) == ["order.offered"])
        try pass(world, seconds: 4)
        #expect(names(second) == [])
        try pass(world, seconds: 1)
        #expect(names(second) == ["order.offered"])
        #expect(names(first) == ["order.offered", "order.withdrawn"])
        // The second does not either: back to the first.
        try pass(world, seconds: 5)
        #expect(names(first).last == "order.offered")
        #expect(first.request("ORDER_ACK", PushText().reference).ok != nil)
        try pass(world, seconds: 60)
        #expect(names(first).count == 3)
        #expect(state(website) == "delivered")
    }

    @Test("where there is no other till the offer stays, and goes to the one that comes once it is overdue")
    func alone() throws {
        let world = try TestWorld()
        let first = try world.till("T01")
        _ = try pushed(world)
        try pass(world, seconds: 20)
        #expect(names(first) == ["order.offered"])
        let second = try world.till("T02")
        try pass(world, seconds: 5)
        #expect(names(second) == ["order.offered"])
        #expect(names(first) == ["order.offered", "order.withdrawn"])
    }

    @Test(
        "nobody accepts within three minutes: every till and app is asked, those who come later, too; then one has it")
    func escalation() throws {
        let world = try TestWorld()
        let tills = try ["T01", "T02", "T03"].map { try world.till($0) }
        let app = try world.greeted(.app, "S1", "APP1")
        let website = try pushed(world)
        #expect(tills[0].request("ORDER_ACK", PushText().reference).ok != nil)
        try world.settle()
        try pass(world, seconds: 179)
        #expect(names(tills[1]) == [])
        try pass(world, seconds: 1)
        #expect(names(tills[1]) == ["order.offered"])
        #expect(names(tills[2]) == ["order.offered"])
        #expect(names(app).filter { $0 == "order.offered" }.count == 2)
        let late = try world.till("T04")
        #expect(late.events(count: 1).first?.event == "order.offered")
        #expect(tills[1].request("ORDER_ACCEPT", PushText().reference).ok?["state"]?.text == "accepted")
        try world.settle()
        #expect(names(tills[0]).last == "order.withdrawn")
        #expect(names(tills[2]).last == "order.withdrawn")
        #expect(names(late).last == "order.withdrawn")
        #expect(state(website) == "accepted")
        try pass(world, seconds: 3_600)
        #expect(names(tills[0]).filter { $0 == "order.offered" }.count == 1)
        #expect(try world.journal.read { try $0.orderTimersDue(at: .distantFuture, limit: 9) }.isEmpty)
    }

    @Test("still nobody: the operator is alarmed, upstream is told, again and again until somebody takes it")
    func alarm() throws {
        let world = try TestWorld()
        let website = try pushed(world)
        func alarms() throws -> Int {
            try world.journal.read { try $0.outbox(limit: 100) }.filter { $0.type == "order.alarm" }.count
        }
        try pass(world, seconds: 180)
        #expect(try alarms() == 0)
        try pass(world, seconds: 120)
        #expect(try alarms() == 1)
        try pass(world, seconds: 120)
        #expect(try alarms() == 2)
        let till = try world.till()
        #expect(till.request("ORDER_ACCEPT", PushText().reference).ok != nil)
        try pass(world, seconds: 600)
        #expect(try alarms() == 2)
        #expect(state(website) == "accepted")
    }

    @Test("a till that is away for two minutes loses its claim, and one that comes back in time keeps it")
    func claim() throws {
        let world = try TestWorld()
        let till = try world.till("T01")
        let website = try pushed(world)
        for verb in ["ORDER_ACK", "ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM"] {
            #expect(till.request(verb, PushText().reference).ok != nil, "\(verb)")
        }
        till.vanish()
        try world.settle()
        try pass(world, seconds: 119)
        let back = try world.till("T01")
        try world.settle()
        try pass(world, seconds: 300)
        #expect(state(website) == "claimed")
        back.vanish()
        try world.settle()
        try pass(world, seconds: 120)
        let order = website.request("ORDER_GET", #"{"order":"1001"}"#).ok
        #expect(order?["state"]?.text == "ready")
        #expect(order?["by"]?["role"]?.text == "gateway")
        #expect(website.events.last?.body["state"]?.text == "ready")
        let other = try world.till("T02")
        #expect(other.request("ORDER_CLAIM", PushText().reference).ok != nil)
    }

    @Test("what is not collected in time expires, and everybody is told; a claim that is under way ends first")
    func expiry() throws {
        let world = try TestWorld()
        let till = try world.till("T01")
        let until = VirtualClock.beginning.adding(milliseconds: 3_600_000).rfc3339
        let website = try pushed(world, more: #","pickup_until":"\#(until)""#)
        for verb in ["ORDER_ACK", "ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM"] {
            #expect(till.request(verb, PushText().reference).ok != nil, "\(verb)")
        }
        try pass(world, seconds: 3_600)
        #expect(state(website) == "claimed")
        #expect(till.request("ORDER_RELEASE", PushText().reference).ok != nil)
        try pass(world, seconds: 120)
        #expect(state(website) == "expired")
        #expect(till.events.last?.event == "order.withdrawn")
        #expect(till.events.last?.body["reason"]?.text == "expired")
        #expect(website.events.last?.body["state"]?.text == "expired")
        #expect(try world.journal.read { try $0.orderTimersDue(at: .distantFuture, limit: 9) }.isEmpty)
    }

    @Test("what was due while the gateway was down happens when it is back, once")
    func restart() throws {
        let world = try TestWorld()
        let until = VirtualClock.beginning.adding(milliseconds: 600_000).rfc3339
        let website = try pushed(world, more: #","pickup_until":"\#(until)""#)
        website.vanish()
        world.clock.advance(milliseconds: 86_400_000)
        try world.restart()
        world.gateway.passOrderTime()
        world.gateway.passOrderTime()
        try world.settle()
        let again = try world.greeted(.website, "S1", "WEB1")
        let history = again.request("ORDER_GET", #"{"order":"1001"}"#).ok?["history"]?.elements ?? []
        #expect(history.map { $0["state"]?.text } == ["new", "expired"])
        #expect(again.events(count: 1).map(\.event) == ["order.changed"])
    }

    @Test("a clock that was a day ahead and is put back while the disk takes nothing still does not put deadlines off")
    func putBackInOutage() throws {
        let disk = Disk()
        let world = try TestWorld(hooks: disk.hooks)
        world.clock.advance(milliseconds: 86_400_000)
        let website = try pushed(world)
        world.clock.advance(milliseconds: -86_400_000)
        disk.fail(times: 1)
        world.gateway.passOrderTime()
        try world.settle(tolerant: true)
        #expect(eventually { world.gateway.journal.isAvailable })
        #expect(try waitingFor(world, seconds: 3_600).isEmpty)
        try pass(world, seconds: 1)
        #expect(try waitingFor(world, seconds: 179).isEmpty)
        #expect(try waitingFor(world, seconds: 180) == [.accept])
        withExtendedLifetime(website) {}
    }

    /// What comes within so many seconds.
    private func waitingFor(_ world: TestWorld, seconds: Int) throws -> [OrderTimerKind] {
        let moment = world.clock.now().adding(milliseconds: Int64(seconds) * 1_000)
        return try world.journal.read { try $0.orderTimersDue(at: moment, limit: 9) }.map(\.kind)
    }

    @Test("a till whose claim the gateway's stop has interrupted has as long to come back as after a cut")
    func claimOverRestart() throws {
        let world = try TestWorld()
        let till = try world.till("T01")
        let website = try pushed(world)
        for verb in ["ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM"] {
            #expect(till.request(verb, PushText().reference).ok != nil, "\(verb)")
        }
        _ = website
        world.clock.advance(milliseconds: 3_600_000)
        try world.restart()
        try world.settle()
        try pass(world, seconds: 119)
        let web = try world.greeted(.website, "S1", "WEB1")
        #expect(state(web) == "claimed")
        try pass(world, seconds: 1)
        #expect(state(web) == "ready")
    }

    @Test("a store's own times hold")
    func ownTimes() throws {
        var settings = StoreSettings()
        settings.orderTimes.acknowledgeMilliseconds = 1_000
        settings.orderTimes.acceptMilliseconds = 10_000
        let world = try TestWorld(stores: StoreDirectory(named: ["S1": settings]))
        _ = try world.till("T01")
        let second = try world.till("T02")
        _ = try pushed(world)
        try pass(world, seconds: 1)
        #expect(names(second) == ["order.offered"])
        #expect(second.request("ORDER_ACK", PushText().reference).ok != nil)
        let third = try world.till("T03")
        try pass(world, seconds: 9)
        #expect(names(third) == ["order.offered"])
    }
}
