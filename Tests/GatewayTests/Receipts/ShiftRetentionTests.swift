import Journal
import LineProtocol
import Retail
import TestSupport
import Testing
import Upstream

@testable import Gateway

@Suite("Shifts whose receipts were removed")
struct ShiftRetentionTests {
    private let claim = #"{"shift":1,"at":"2026-11-22T09:30:00Z","receipts":6,"total":600000,"numbers":["1:6"]}"#

    private func sell(_ till: TestClient, _ numbers: ClosedRange<Int>) {
        for number in numbers { #expect(till.request("SALE", ReceiptText(number: "\(number)").json).ok != nil) }
    }

    /// Lets everything become old; how many receipts are gone then.
    private func age(_ world: TestWorld) throws -> Int {
        #expect(world.isConfirmed())
        try world.pass(days: 41)
        return try world.removeOldReceipts()
    }

    @Test("a receipt that has come and was removed since is not missing, and one that has not come is still")
    func notMissing() throws {
        let upstream = ScriptedUpstream()
        let world = try TestWorld(adapter: upstream, retention: RetentionSettings(days: 40))
        let till = try world.till()
        sell(till, 1...5)
        let first = till.request("SHIFT_CLOSE", claim)
        #expect(first.ok?["missing"]?.elements == [.string("6")])
        #expect(first.marks == ["receipts", "total", "numbers"])
        // The newest of all stays.
        #expect(try age(world) == 4)
        let again = till.request("SHIFT_CLOSE", claim)
        #expect(again.ok?["missing"]?.elements == [.string("6")] && again.ok?["missing_count"]?.integer == 1)
        #expect(again.marks == ["numbers"])
        #expect(again.ok?["received_at"] == first.ok?["received_at"])
        sell(till, 6...6)
        let last = till.request("SHIFT_CLOSE", claim)
        #expect(last.ok?["missing"]?.elements == [] && last.ok?["unexpected"]?.elements == [])
        #expect(last.marks == [])
        #expect(eventually { upstream.stored.all.contains { $0.type == "shift.completed" } })
    }

    @Test("a shift that was whole when it was closed stays so")
    func whole() throws {
        let world = try TestWorld(adapter: ScriptedUpstream(), retention: RetentionSettings(days: 40))
        let till = try world.till()
        sell(till, 1...6)
        #expect(till.request("SHIFT_CLOSE", claim).marks == [])
        #expect(try age(world) == 5)
        let again = till.request("SHIFT_CLOSE", claim)
        #expect(again.ok?["missing"]?.elements == [] && again.ok?["receipts"]?.integer == 1)
        #expect(again.marks == [])
    }
}
