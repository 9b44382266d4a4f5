import Journal
import Locking
import Retail
import TestSupport
import Testing
import Upstream

@testable import Gateway

@Suite("Old receipts are removed")
struct RetentionTests {
    private static let dayMilliseconds = 86_400_000

    private func world(
        _ upstream: ScriptedUpstream? = ScriptedUpstream(), days: Int = 400, mebibytes: Int = 0
    ) throws -> TestWorld {
        try TestWorld(adapter: upstream, retention: RetentionSettings(days: days, mebibytes: mebibytes))
    }

    private func sell(_ till: TestClient, _ numbers: ClosedRange<Int>, more: String = "") -> [String?] {
        numbers.map { till.request("SALE", ReceiptText(number: "\($0)", more: more).json).ok?.text }
    }

    private func status(_ till: TestClient, _ number: Int) -> String? {
        till.request("STATUS", #"{"key":"S1/T01/1/\#(number)"}"#).ok?["state"]?.text
    }

    @Test("when upstream has confirmed them and their time is over, and not a day before")
    func age() throws {
        let world = try world()
        let till = try world.till()
        let first = sell(till, 1...5)
        #expect(world.isConfirmed())
        try world.pass(days: 400)
        #expect(try world.removeOldReceipts() == 0)
        #expect(sell(till, 1...5) == first)
        world.clock.advance(milliseconds: 1)
        // The newest stays: the numbers of those to come follow it.
        #expect(try world.removeOldReceipts() == 4)
        #expect((1...5).map { status(till, $0) } == ["unknown", "unknown", "unknown", "unknown", "stored"])
        let next = till.request("SALE", ReceiptText(number: "6").json)
        #expect(next.ok?["sequence"]?.integer == 6)
    }

    @Test("never while upstream has not confirmed them, whatever their age and number")
    func unconfirmed() throws {
        let world = try world(nil, days: 40, mebibytes: 1)
        let till = try world.till()
        let first = sell(till, 1...60, more: #","fiscal":{"blob":"\#(String(repeating: "x", count: 40_000))"}"#)
        try world.pass(days: 3_650)
        #expect(try world.removeOldReceipts() == 0)
        #expect(try world.journal.read { try $0.backlog().unsent } == 60)
        let more = #","fiscal":{"blob":"\#(String(repeating: "x", count: 40_000))"}"#
        #expect(sell(till, 1...60, more: more) == first)
    }

    @Test("but not those that upstream has refused: a person still has to look at them")
    func refused() throws {
        let upstream = ScriptedUpstream { _, events in
            .answered(events.map { $0.id.hasSuffix("/2") ? .refused(reason: "unknown product") : .stored })
        }
        let world = try world(upstream)
        let till = try world.till()
        _ = sell(till, 1...4)
        #expect(world.isConfirmed())
        try world.pass(days: 401)
        #expect(try world.removeOldReceipts() == 2)
        #expect((1...4).map { status(till, $0) } == ["unknown", "stored", "unknown", "stored"])
    }

    @Test("before their time when the database is too large, but none within forty days")
    func size() throws {
        let world = try world(mebibytes: 1)
        let till = try world.till()
        let blob = #","fiscal":{"blob":"\#(String(repeating: "x", count: 40_000))"}"#
        let first = sell(till, 1...40, more: blob)
        #expect(world.isConfirmed())
        try world.pass(days: 40)
        #expect(try world.removeOldReceipts() == 0)
        #expect(sell(till, 1...40, more: blob) == first)
        world.clock.advance(milliseconds: 1)
        _ = sell(till, 41...41)
        #expect(world.isConfirmed())
        let removed = try world.removeOldReceipts()
        #expect(removed == 40)
        #expect(try world.journal.read { try $0.bytesInUse() } <= 1 << 20)
        #expect(status(till, 41) == "stored")
    }

    @Test("not by a clock that has jumped, until it has been so for a day")
    func clockThatJumped() throws {
        let world = try world()
        let till = try world.till()
        _ = sell(till, 1...3)
        #expect(world.isConfirmed())
        #expect(try world.removeOldReceipts() == 0)
        world.clock.advance(milliseconds: 700 * Self.dayMilliseconds)
        #expect(try world.removeOldReceipts() == 0)
        world.clock.advance(milliseconds: Self.dayMilliseconds - 1)
        #expect(try world.removeOldReceipts() == 0)
        world.clock.advance(milliseconds: -(701 * Self.dayMilliseconds))
        #expect(try world.removeOldReceipts() == 0)
        world.clock.advance(milliseconds: 701 * Self.dayMilliseconds)
        #expect(try world.removeOldReceipts() == 0)
        world.clock.advance(milliseconds: Self.dayMilliseconds)
        #expect(try world.removeOldReceipts() == 2)
    }

    @Test("but not one whose key another content came under, which is for a person to look at")
    func conflicts() throws {
        let world = try world()
        let till = try world.till()
        _ = sell(till, 1...3)
        #expect(till.request("SALE", ReceiptText(number: "1", more: #","note":"other""#).json).code == "conflict")
        #expect(world.isConfirmed())
        try world.pass(days: 401)
        #expect(try world.removeOldReceipts() == 1)
        #expect((1...3).map { status(till, $0) } == ["stored", "unknown", "stored"])
        #expect(try world.journal.read { try $0.conflicts(receipt: 1) }.count == 1)
    }

    @Test("and the audit does not miss the receipt of a basket that was sold long ago")
    func baskets() throws {
        let shop = try world()
        let till = try shop.till()
        let app = try shop.greeted(.app, "S1", "A1")
        let line = #"{"sku":"MUG","name":"Mug","quantity":1,"price":100000}"#
        let sent = app.request("BASKET_SEND", #"{"basket":"b1","till":"T01","lines":[\#(line)]}"#)
        #expect(sent.ok != nil, "\(sent)")
        #expect(till.request("BASKET_OPEN", #"{"app":"A1","basket":"b1"}"#).ok != nil)
        _ = till.request("SALE", ReceiptText(number: "1", more: #","app":"A1","basket":"b1""#).json)
        _ = sell(till, 2...2)
        #expect(shop.isConfirmed())
        #expect(shop.localOperator().request("AUDIT").ok?["findings"]?.elements == [])
        try shop.pass(days: 401)
        #expect(try shop.removeOldReceipts() == 1)
        #expect(shop.localOperator().request("AUDIT").ok?["findings"]?.elements == [])
    }

    @Test("and the books go on adding up: balances, what points came from, and a return whose sale is gone")
    func books() throws {
        let world = try world()
        let till = try world.till()
        _ = till.request("ENROL", #"{"name":"Anna","card":"7000001234"}"#)
        for number in 1...3 { _ = till.request("SALE", ReceiptText(number: "\(number)", customer: "c-1").json) }
        #expect(world.isConfirmed())
        let before = till.request("IDENTIFY", #"{"card":"7000001234"}"#).ok?["points"]?["available"]?.integer
        try world.pass(days: 401)
        #expect(try world.removeOldReceipts() == 2)
        #expect(world.localOperator().request("AUDIT").ok?["findings"]?.elements == [])
        let back = till.request("RETURN", ReceiptText(number: "4", more: #","original":"S1/T01/1/1""#).json)
        #expect(back.ok?["marks"]?.elements?.contains { $0.text == "original_unknown" } == true)
        #expect(till.request("IDENTIFY", #"{"card":"7000001234"}"#).ok?["points"]?["available"]?.integer == before)
        #expect(world.localOperator().request("AUDIT").ok?["findings"]?.elements == [])
    }

    @Test("and a restart between two steps changes nothing")
    func restart() throws {
        let world = try world()
        _ = sell(try world.till(), 1...250)
        #expect(world.isConfirmed())
        try world.pass(days: 401)
        let limit = ReceiptRetention.receiptsPerStep
        let cutoff = world.clock.now()
        let step = try world.journal.perform {
            try $0.removeReceipts(after: 0, receivedBefore: cutoff, at: cutoff, limit: limit)
        }
        #expect(step.removed == limit)
        #expect(step.last == Int64(limit))
        try world.restart(adapter: ScriptedUpstream())
        #expect(try world.removeOldReceipts() == 249 - limit)
        #expect(world.localOperator().request("AUDIT").ok?["findings"]?.elements == [])
    }
}
