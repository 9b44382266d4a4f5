import FaultyDisk
import Locking
import TestSupport
import Testing

@testable import Gateway

/// A shop on a disk that may fail, with an upstream that takes everything.
private final class DiskShop {
    let disk: FaultyDisk
    let upstream = ScriptedUpstream()
    let world: TestWorld
    let shop: Shop

    init() throws {
        disk = try FaultyDisk()
        world = try TestWorld(folder: disk.folder, adapter: upstream)
        shop = Shop(world)
    }

    /// Asks again and again while the store is away, as a till does.
    @discardableResult
    func insist(_ client: TestClient, _ verb: String, _ body: String) -> WireLine {
        var answer = client.request(verb, body)
        for _ in 0..<20 where answer.code == "store_unavailable" {
            #expect((answer.error?["retry_after_ms"]?.integer ?? 0) > 0)
            _ = world.available()
            answer = client.request(verb, body)
        }
        return answer
    }

    func status(_ number: String) throws -> String? {
        insist(try shop.till(), "STATUS", #"{"key":"S1/T01/1/\#(number)"}"#).ok?["state"]?.text
    }

    /// Waits until upstream has confirmed everything.
    func confirmed() -> Bool {
        eventually { (try? world.journal.read { try $0.backlog().unsent }) == 0 }
    }

    /// The receipts that upstream has, each as often as it came.
    var relayed: [String] { upstream.stored.all.filter { $0.type == "receipt" }.map(\.id) }
}

@Suite("A gateway whose disk fails", .timeLimit(.minutes(5)))
struct FailingDiskTests {
    private static let void = #"{"shift":1,"number":"V","at":"2026-11-22T09:30:00Z"}"#

    @Test(
        "refuses what has an effect, goes on identifying and quoting, and is back when the disk is",
        arguments: [true, false])
    func away(_ isFull: Bool) throws {
        let day = try DiskShop()
        try day.shop.enrol()
        #expect(try day.shop.sell(200_000, number: "1").ok != nil)
        #expect(day.world.hasLoaded())
        #expect(day.confirmed())
        let points = try day.shop.points()
        if isFull { day.disk.beFull() } else { day.disk.beReadOnly() }
        let till = try day.shop.till()
        let website = try? day.shop.website()
        for _ in 1...2 {
            #expect(try day.shop.sell(number: "2").code == "store_unavailable")
            #expect(try day.shop.hold(10, for: "3").code == "store_unavailable")
            #expect(till.request("ENROL", #"{"card":"7000009999"}"#).code == "store_unavailable")
            #expect(till.request("VOID", Self.void).code == "store_unavailable")
            #expect(try day.status("1") == "stored")
            #expect(try day.status("2") == "unknown")
            #expect(website?.request("ORDER_PUSH", PushText().json).ok == nil)
            // From memory, and as before.
            #expect(try day.shop.points() == points)
            #expect(till.request("IDENTIFY", #"{"card":"7000009999"}"#).code == "not_found")
            #expect(try day.shop.quote(spending: 20)?["points"]?["spent"]?.integer == 20)
        }
        // A till that connects only now, with a certificate that was known before, is served like the others.
        let late = try day.world.connect(.register, "S1", "T01")
        #expect(late.request("HELLO", #"{"protocol":1}"#).ok?["device"]?.text == "T01")
        #expect(late.request("IDENTIFY", #"{"card":"7000001234"}"#).ok?["customer_id"]?.text == "c-1")
        #expect(late.request("VOID", Self.void).code == "store_unavailable")
        day.disk.obey(nil)
        #expect(day.world.available())
        #expect(try day.status("2") == "unknown")
        #expect(try day.status("V") == "unknown")
        let stored = try day.shop.sell(number: "2")
        #expect(stored.ok?["state"]?.text == "stored")
        #expect(stored.marks == [])
        #expect(try day.status("2") == "stored")
        #expect(day.confirmed())
        #expect(day.relayed == ["S1/T01/1/1", "S1/T01/1/2"])
        try day.shop.audit()
    }

    /// What upstream, the tills and the disk hold after a day in which one sync has failed.
    private func day(failing number: Int, _ fault: FaultyDisk.Fault) throws -> Int {
        let day = try DiskShop()
        let name: Comment = "sync \(number)"
        let syncs = Mutex(0)
        let till = try day.shop.till()
        let website = try day.shop.website()
        day.disk.obey { step in
            guard step.call == .sync else { return nil }
            return syncs.withLock { syncs in
                syncs += 1
                return syncs == number ? fault : nil
            }
        }
        #expect(day.insist(till, "ENROL", #"{"card":"7000001234"}"#).ok != nil, name)
        func sale(_ number: String, spending points: Int64 = 0) -> String {
            ReceiptText(
                number: number, at: day.world.clock.now().rfc3339, customer: "c-1",
                lines: [Shop.line(100_000, spending: points)]
            ).json
        }
        #expect(day.insist(till, "SALE", sale("1")).marks == [], name)
        let hold = #"{"shift":1,"number":"2","customer_id":"c-1","points":10}"#
        #expect(day.insist(till, "HOLD", hold).ok != nil, name)
        #expect(day.insist(till, "SALE", sale("2", spending: 10)).marks == [], name)
        let back = ReceiptText(
            number: "3", lines: [.init(more: #","original_line":1"#)], more: #","original":"S1/T01/1/1""#)
        #expect(day.insist(till, "RETURN", back.json).marks == [], name)
        #expect(day.insist(till, "VOID", Self.void).marks == [], name)
        #expect(day.insist(website, "ORDER_PUSH", PushText().json).ok != nil, name)
        for number in ["1", "2", "3", "V"] { #expect(try day.status(number) == "stored", name) }
        #expect(day.confirmed(), name)
        #expect(
            Array(day.relayed.reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
                == ["1", "2", "3", "V"].map { "S1/T01/1/\($0)" }, name)
        let shown = try day.shop.points()
        try day.shop.audit(name)
        // After a power cut the disk says the same as memory did.
        let image = try TestWorld(folder: day.disk.image(.allUnsynced))
        let revived = Shop(image)
        #expect(try revived.points() == shown, name)
        for number in ["1", "2", "3", "V"] {
            let answer = try revived.till().request("STATUS", #"{"key":"S1/T01/1/\#(number)"}"#)
            #expect(answer.ok?["state"]?.text == "stored", name)
        }
        #expect(try revived.till().request("ORDER_GET", PushText().reference).ok != nil, name)
        try revived.audit(name)
        return syncs.withLock { $0 }
    }

    @Test(
        "at any one sync of a day has lost nothing that it acknowledged, doubled nothing, and remembers what the disk does"
    )
    func anySync() throws {
        var number = 1
        let all = try day(failing: .max, .syncForgotten)
        #expect(all > 7)
        while number <= all {
            _ = try day(failing: number, number.isMultiple(of: 2) ? .syncForgotten : .syncReverted)
            number += 1
        }
    }

    @Test("takes back what it could not sync: nobody is told of it, not by upstream either")
    func nothingRelayed() throws {
        let day = try DiskShop()
        #expect(try day.shop.sell(to: nil, number: "1").ok != nil)
        #expect(day.confirmed())
        day.disk.obey { $0.call == .sync ? .syncForgotten : nil }
        #expect(try day.shop.sell(to: nil, number: "2").code == "store_unavailable")
        #expect(try day.world.journal.read { try $0.backlog().unsent } == 0)
        day.disk.obey(nil)
        #expect(day.world.available())
        #expect(try day.status("2") == "unknown")
        #expect(try day.shop.sell(to: nil, number: "3").ok != nil)
        #expect(day.confirmed())
        #expect(day.relayed == ["S1/T01/1/1", "S1/T01/1/3"])
    }
}
