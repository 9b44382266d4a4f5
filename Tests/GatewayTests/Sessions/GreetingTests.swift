import TestSupport
import Testing

@testable import Gateway

@Suite("What a device waits for that says HELLO")
struct GreetingTests {
    /// A world in which `till` is known and nobody writes.
    private func quietWorld(_ disk: Disk) throws -> (world: TestWorld, till: TestClient) {
        let world = try TestWorld(hooks: disk.hooks)
        let till = try world.connect(.register, "S1", "T01")
        try world.settle()
        #expect(eventually { world.journal.isIdle })
        return (world, till)
    }

    @Test("where nothing is to be told a till is greeted while the disk takes its time, whatever it acknowledges")
    func nothingWaits() throws {
        let disk = Disk()
        let (world, till) = try quietWorld(disk)
        let commits = disk.begun.all.count
        let gate = disk.hold()
        let greeting = till.request("HELLO", #"{"protocol":1,"events_after":7}"#)
        #expect(greeting.ok?["unacknowledged"]?.integer == 0)
        #expect(disk.begun.all.count == commits)
        disk.letGo()
        gate.open()
        try world.settle()
    }

    @Test("an order that is being written down when a till comes is offered to it")
    func orderOnItsWay() throws {
        let disk = Disk()
        let (world, till) = try quietWorld(disk)
        let website = try world.greeted(.website, "S1", "WEB1")
        try world.settle()
        let commits = disk.begun.all.count
        let gate = disk.hold()
        website.send("ORDER_PUSH 1 \(PushText().json)")
        #expect(disk.begun.wait(count: commits + 1))
        // No till was there when it was decided that nobody gets it, and nobody can read of it yet.
        till.send(#"HELLO h {"protocol":1}"#)
        world.loop.drain()
        disk.letGo()
        gate.open()
        #expect(till.events(count: 1).map(\.event) == ["order.offered"])
    }

    @Test("what is stored between HELLO and its answer comes after the answer, once")
    func storedMeanwhile() throws {
        let (world, till) = try quietWorld(Disk())
        let website = try world.greeted(.website, "S1", "WEB1")
        try world.settle()
        #expect(eventually { world.journal.isIdle })
        till.send(#"HELLO h {"protocol":1}"#)
        website.send("ORDER_PUSH 1 \(PushText().json)")
        try world.settle()
        try world.settle()
        #expect(till.lines.map { $0.event ?? $0.tag } == ["h", "order.offered"])
    }
}
