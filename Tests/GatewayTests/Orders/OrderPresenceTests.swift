import Journal
import Locking
import Retail
import Testing

@testable import Gateway

@Suite("Tills that come and go while orders wait")
struct OrderPresenceTests {
    private func pass(_ world: TestWorld, seconds: Int) throws {
        world.clock.advance(milliseconds: seconds * 1_000)
        world.gateway.passOrderTime()
        try world.settle()
    }

    private func state(_ website: TestClient) -> String? {
        website.request("ORDER_GET", #"{"order":"1001"}"#).ok?["state"]?.text
    }

    /// A website, and an order that till T01 has claimed.
    private func claimed(_ world: TestWorld) throws -> (website: TestClient, till: TestClient) {
        let website = try world.greeted(.website, "S1", "WEB1")
        let till = try world.till("T01")
        #expect(website.request("ORDER_PUSH", PushText().json).ok != nil)
        for verb in ["ORDER_ACK", "ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM"] {
            #expect(till.request(verb, PushText().reference).ok != nil, "\(verb)")
        }
        try world.settle()
        return (website, till)
    }

    @Test("a till that is gone again before its HELLO was answered does not keep its claim for ever")
    func goneWhileGreeting() throws {
        let world = try TestWorld()
        let (website, till) = try claimed(world)
        till.vanish()
        try world.settle()
        let back = try world.connect(.register, "S1", "T01")
        back.send(#"HELLO h {"protocol":1}"#)
        back.vanish()
        try world.settle()
        try pass(world, seconds: 119)
        #expect(state(website) == "claimed")
        try pass(world, seconds: 1)
        #expect(state(website) == "ready")
    }

    @Test("a claim whose till stays away ends although nothing could be written when the gateway started")
    func storeAwayAtStart() throws {
        let world = try TestWorld()
        let clients = try claimed(world)
        let commits = Mutex(0)
        var hooks = JournalHooks()
        hooks.beforeCommit = {
            // The first puts the programmes in force, without which nothing starts; the next begins to wait for tills.
            let count = commits.withLock { commits in
                commits += 1
                return commits
            }
            if count == 2 { throw Disk.Broken() }
        }
        try world.restart(hooks: hooks)
        // Until here they were connected: nothing says yet that the till is away.
        withExtendedLifetime(clients) {}
        try world.settle(tolerant: true)
        #expect(world.available())
        let website = try world.greeted(.website, "S1", "WEB1")
        try pass(world, seconds: 1)
        try pass(world, seconds: 119)
        #expect(state(website) == "claimed")
        try pass(world, seconds: 1)
        #expect(state(website) == "ready")
    }

    @Test("a till that left while nothing could be written loses its claim all the same, and a connected one does not")
    func storeAway() throws {
        let disk = Disk()
        let world = try TestWorld(hooks: disk.hooks)
        let (website, till) = try claimed(world)
        disk.fail(times: 1)
        till.vanish()
        try world.settle(tolerant: true)
        #expect(world.available())
        try pass(world, seconds: 1)
        try pass(world, seconds: 119)
        #expect(state(website) == "claimed")
        try pass(world, seconds: 1)
        #expect(state(website) == "ready")
    }

    @Test("after a stop, however long, a till has the whole time to come back")
    func longStop() throws {
        let world = try TestWorld()
        let (_, till) = try claimed(world)
        till.vanish()
        try world.settle()
        world.clock.advance(milliseconds: 600_000)
        try world.restart()
        try pass(world, seconds: 60)
        let website = try world.greeted(.website, "S1", "WEB1")
        #expect(state(website) == "claimed")
        try pass(world, seconds: 60)
        #expect(state(website) == "ready")
    }

    @Test("a clock that was a day ahead and is put back delays nobody by a day", arguments: [false, true])
    func clockPutBack(_ isStopped: Bool) throws {
        let world = try TestWorld()
        world.clock.advance(milliseconds: 86_400_000)
        let website = try world.greeted(.website, "S1", "WEB1")
        let till = try world.till("T01")
        #expect(website.request("ORDER_PUSH", PushText().json).ok != nil)
        #expect(till.request("ORDER_ACK", PushText().reference).ok != nil)
        try pass(world, seconds: 1)
        world.clock.advance(milliseconds: -86_400_000)
        if isStopped { try world.restart() }
        let other = try world.till("T02")
        try pass(world, seconds: 1)
        try pass(world, seconds: 179)
        #expect(!other.events.contains { $0.event == "order.offered" })
        try pass(world, seconds: 2)
        #expect(other.events.contains { $0.event == "order.offered" })
    }

    @Test("an app that connects later is asked to take what everybody is asked to take")
    func lateApp() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        #expect(website.request("ORDER_PUSH", PushText().json).ok != nil)
        try pass(world, seconds: 180)
        let app = try world.greeted(.app, "S1", "APP1")
        #expect(app.events(count: 1).map { $0.body["order"]?.text } == ["1001"])
    }

    @Test("who was asked with everybody hears that it is gone, and why, though no till had it and some were away")
    func withdrawnFromEverybody() throws {
        let stores = StoreDirectory(named: ["S1": StoreSettings(orderTills: ["T09"])])
        let world = try TestWorld(stores: stores)
        let tills = try ["T01", "T02"].map { try world.till($0) }
        let website = try world.greeted(.website, "S1", "WEB1")
        #expect(website.request("ORDER_PUSH", PushText().json).ok != nil)
        try pass(world, seconds: 180)
        for till in tills { #expect(till.events.map(\.event) == ["order.offered"]) }
        tills[1].vanish()
        try world.settle()
        #expect(website.request("ORDER_CANCEL", #"{"order":"1001"}"#).ok?["state"]?.text == "cancelled")
        try world.settle()
        #expect(tills[0].events.last?.event == "order.withdrawn")
        #expect(tills[0].events.last?.body["reason"]?.text == "cancelled")
        #expect(try world.till("T02").events(count: 2).last?.body["reason"]?.text == "cancelled")
    }

    @Test("once everybody was asked the order is not carried from till to till any more")
    func noPingPong() throws {
        let world = try TestWorld()
        let tills = try ["T01", "T02"].map { try world.till($0) }
        let website = try world.greeted(.website, "S1", "WEB1")
        #expect(website.request("ORDER_PUSH", PushText().json).ok != nil)
        for _ in 0..<36 { try pass(world, seconds: 5) }
        let before = tills.map(\.events.count)
        for _ in 0..<20 { try pass(world, seconds: 5) }
        #expect(tills.map(\.events.count) == before)
        #expect(tills.allSatisfy { $0.events.last?.event == "order.offered" })
    }
}
