import Journal
import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("A receipt is on the disk before it is answered")
struct ReceiptDurabilityTests {
    @Test("no answer is sent before its commit")
    func answerFollowsCommit() throws {
        let disk = Disk()
        let world = try TestWorld(hooks: disk.hooks)
        let till = try world.till()
        let before = disk.begun.all.count
        let gate = disk.hold()
        till.send("SALE s1 \(ReceiptText().json)")
        #expect(disk.begun.wait(count: before + 1))
        world.loop.drain()
        #expect(!till.lines.contains { $0.tag == "s1" })
        disk.letGo()
        gate.open()
        #expect(till.answer(to: "s1").ok?["state"]?.text == "stored")
    }

    @Test("a commit that fails is answered store_unavailable, stores nothing, and the store recovers")
    func failingCommit() throws {
        let disk = Disk()
        let world = try TestWorld(hooks: disk.hooks)
        let till = try world.till()
        disk.fail(times: 1)
        let refused = till.request("SALE", ReceiptText().json)
        #expect(refused.code == "store_unavailable")
        #expect((refused.error?["retry_after_ms"]?.integer ?? 0) > 0)
        #expect(world.available())
        #expect(till.request("STATUS", #"{"key":"S1/T01/1/1"}"#).ok?["state"]?.text == "unknown")
        let stored = till.request("SALE", ReceiptText().json)
        #expect(stored.ok?["state"]?.text == "stored")
        #expect(stored.ok?["marks"]?.elements == [])
        #expect(try world.journal.read { try $0.receiptCount() } == 1)
    }

    @Test("while the store is away every request with an effect is refused, and questions from memory are answered")
    func storeAway() throws {
        let disk = Disk()
        let world = try TestWorld(hooks: disk.hooks)
        let till = try world.till()
        #expect(till.request("ENROL", #"{"name":"Anna","card":"7000001234"}"#).ok != nil)
        disk.fail(times: 1_000)
        #expect(till.request("SALE", ReceiptText().json).code == "store_unavailable")
        #expect(till.request("ENROL", #"{"card":"7000009999"}"#).code == "store_unavailable")
        #expect(till.request("IDENTIFY", #"{"card":"7000001234"}"#).ok?["name"]?.text == "Anna")
        #expect(till.request("IDENTIFY", #"{"card":"7000009999"}"#).code == "not_found")
        disk.fail(times: 0)
        #expect(world.available())
        #expect(till.request("SALE", ReceiptText().json).ok != nil)
    }

    @Test("a till that is gone when its receipt is stored finds it stored")
    func tillGone() throws {
        let disk = Disk()
        let world = try TestWorld(hooks: disk.hooks)
        let till = try world.till()
        let before = disk.begun.all.count
        let gate = disk.hold()
        till.send("SALE s1 \(ReceiptText().json)")
        #expect(disk.begun.wait(count: before + 1))
        till.vanish()
        disk.letGo()
        gate.open()
        let again = try world.till()
        let status = again.request("STATUS", #"{"key":"S1/T01/1/1"}"#).ok
        #expect(status?["state"]?.text == "stored")
        #expect(again.request("SALE", ReceiptText().json).ok == status?["reply"])
    }
}
