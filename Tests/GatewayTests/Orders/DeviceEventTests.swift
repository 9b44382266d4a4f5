import Journal
import LineProtocol
import TestSupport
import Testing

@testable import Gateway

@Suite("Events come until they are acknowledged")
struct DeviceEventTests {
    private func shop() throws -> (TestWorld, TestClient) {
        let world = try TestWorld()
        return (world, try world.greeted(.website, "S1", "WEB1"))
    }

    private func push(_ website: TestClient, _ numbers: ClosedRange<Int>) {
        for number in numbers { _ = website.request("ORDER_PUSH", PushText(order: "o\(number)").json) }
    }

    @Test("again after every HELLO, in order, under their numbers, also after a restart of the gateway")
    func again() throws {
        let (world, website) = try shop()
        let till = try world.till()
        push(website, 1...5)
        let first = till.events(count: 5)
        #expect(first.map(\.number) == [1, 2, 3, 4, 5])
        till.vanish()
        #expect(try world.till().events(count: 5) == first)
        try world.restart()
        let back = try world.till()
        #expect(back.lines.first?.ok?["unacknowledged"]?.integer == 5)
        #expect(back.lines.map(\.number) == [nil, 1, 2, 3, 4, 5])
        #expect(back.events == first)
    }

    @Test("not after ACK, nor after events_after, and neither is taken back")
    func acknowledged() throws {
        let (world, website) = try shop()
        let till = try world.till()
        push(website, 1...5)
        _ = till.events(count: 5)
        #expect(till.request("ACK", #"{"through":2}"#).ok?["unacknowledged"]?.integer == 3)
        #expect(till.request("ACK", #"{"through":1}"#).ok?["unacknowledged"]?.integer == 3)
        let second = try world.greeted(.register, "S1", "T01", hello: #","events_after":4"#)
        #expect(second.events.map(\.number) == [5])
        let third = try world.greeted(.register, "S1", "T01", hello: #","events_after":1"#)
        #expect(third.events.map(\.number) == [5])
        // A number that was never sent counts as the last that was.
        #expect(third.request("ACK", #"{"through":1000}"#).ok?["unacknowledged"]?.integer == 0)
        push(website, 6...6)
        #expect(third.events(count: 2).last?.number == 6)
        #expect(try world.till().events.map(\.number) == [6])
    }

    @Test("to the connection that was greeted last; when it goes they wait for the next HELLO")
    func newest() throws {
        let (world, website) = try shop()
        let older = try world.till()
        let newer = try world.till()
        push(website, 1...1)
        #expect(newer.events(count: 1).count == 1)
        #expect(older.events.isEmpty)
    }

    @Test("a device that is away finds them; what is posted while it says HELLO comes once, behind the others")
    func whileGreeting() throws {
        let disk = Disk()
        let world = try TestWorld(hooks: disk.hooks)
        let website = try world.greeted(.website, "S1", "WEB1")
        let till = try world.till()
        push(website, 1...3)
        _ = till.events(count: 3)
        till.vanish()
        let other = try world.connect(.register, "S1", "T01")
        let before = disk.begun.all.count
        let gate = disk.hold()
        website.send("ORDER_PUSH p4 \(PushText(order: "o4").json)")
        #expect(disk.begun.wait(count: before + 1))
        other.send(#"HELLO h1 {"protocol":1}"#)
        website.send("ORDER_PUSH p5 \(PushText(order: "o5").json)")
        disk.letGo()
        gate.open()
        _ = website.answer(to: "p5")
        try world.settle()
        #expect(other.events.map(\.number) == [1, 2, 3, 4, 5])
        #expect(other.lines.first?.ok != nil)
    }

    private func post(_ count: Int, _ world: TestWorld) throws {
        try world.journal.perform { transaction in
            for _ in 0..<count {
                _ = try transaction.post(
                    "order.offered", body: Array("{}".utf8), store: "S1", device: "T01", at: VirtualClock.beginning)
            }
        }
    }

    @Test("the oldest of too many give way, and the numbers go on")
    func mailbox() throws {
        let (world, _) = try shop()
        let limit = ProtocolLimits.unacknowledgedEvents
        try post(limit + 3, world)
        let till = try world.till()
        #expect(till.lines.first?.ok?["unacknowledged"]?.integer == Int64(limit))
        #expect(till.events.first?.number == 4)
        #expect(till.request("ACK", #"{"through":\#(limit)}"#).ok?["unacknowledged"]?.integer == 3)
        try world.settle()
        #expect(till.events.suffix(3).map(\.number) == (1...3).map { UInt64(limit + $0) })
    }

    @Test("page by page to a device that was away, what happens meanwhile behind them, each once and in order")
    func pages() throws {
        let (world, website) = try shop()
        let page = ProtocolLimits.eventsPerPage
        try post(page * 3 + 50, world)
        let till = try world.till()
        try world.settle()
        #expect(till.events.count == page)
        push(website, 1...1)
        try world.settle()
        #expect(till.events.count == page)
        var seen = 0
        while till.events.count > seen {
            seen = till.events.count
            // Sent twice without waiting, as a hasty client does.
            let last = till.events.last?.number ?? 0
            till.send(#"ACK a1 {"through":\#(last)}"#)
            till.send(#"ACK a2 {"through":\#(last)}"#)
            try world.settle()
        }
        #expect(till.events.map(\.number) == (1...page * 3 + 51).map { UInt64($0) })
        #expect(till.events.last?.body["order"]?.text == "o1")
        push(website, 2...2)
        #expect(till.events(count: page * 3 + 52).last?.body["order"]?.text == "o2")
    }

    @Test(
        "those that come while a till is greeted without the writer are sent before later ones",
        arguments: [false, true])
    func missed(failsAtFirst: Bool) throws {
        let disk = Disk()
        let world = try TestWorld(hooks: disk.hooks)
        let till = try world.connect(.register, "S1", "T01")
        let session = try #require(till.session)
        let principal = try #require(
            world.gateway.devices.device(with: TestWorld.certificate(.register, "S1", "T01")))
        // As a HELLO does: the mailbox was read while it was empty, and two events are stored before it is answered.
        session.beginGreeting(principal)
        let page = try world.journal.read { try $0.mailbox(of: principal.key, after: 0) }
        let events = try (1...2).map { _ in
            try world.journal.perform { [now = world.clock.now()] in
                try $0.post("order.offered", body: Array("{}".utf8), store: "S1", device: "T01", at: now)
            }
        }
        session.send(events[0])
        if failsAtFirst { disk.fail(times: 1) }
        session.finishGreeting(principal, tag: "h", reply: Array("{}".utf8), page: page)
        session.send(events[1])
        #expect(till.events.isEmpty)
        try world.settle(tolerant: true)
        if failsAtFirst {
            #expect(till.events.isEmpty)
            #expect(eventually { world.gateway.journal.isAvailable })
            world.loop.advance(milliseconds: 1_000)
            try world.settle()
        }
        #expect(till.events.map(\.number) == [1, 2])
    }

    @Test("those that a connection has not acknowledged when it ends go to the one before it")
    func handedOver() throws {
        let (world, website) = try shop()
        let first = try world.till()
        let second = try world.till()
        push(website, 1...2)
        #expect(second.events(count: 2).map(\.number) == [1, 2])
        #expect(second.request("ACK", #"{"through":1}"#).ok != nil)
        #expect(first.events.isEmpty)
        second.vanish()
        try world.settle()
        #expect(first.events.map(\.number) == [2])
        push(website, 3...3)
        #expect(first.events(count: 2).last?.number == 3)
    }

    @Test("and so do those that came while a connection was being greeted that has ended before")
    func endedWhileGreeted() throws {
        let disk = Disk()
        let world = try TestWorld(hooks: disk.hooks)
        let website = try world.greeted(.website, "S1", "WEB1")
        let first = try world.till()
        let gate = disk.hold()
        let before = disk.begun.all.count
        website.send("ORDER_PUSH p1 \(PushText(order: "o1").json)")
        #expect(disk.begun.wait(count: before + 1))
        let second = try world.connect(.register, "S1", "T01")
        second.send(#"HELLO h {"protocol":1}"#)
        disk.letGo()
        gate.open()
        #expect(eventually { world.journal.isIdle })
        second.vanish()
        try world.settle()
        #expect(first.events.map(\.event) == ["order.offered"])
        #expect(world.gateway.presence.sessions(of: DeviceKey(store: "S1", name: "T01")).count == 1)
    }
}
