import LineProtocol
import Retail
import TestSupport
import Testing
import Upstream

@testable import Gateway

@Suite("Shifts")
struct ShiftTests {
    private let at = "2026-11-22T09:30:00Z"

    private func close(_ till: TestClient, _ more: String, shift: Int = 1) -> WireLine {
        till.request("SHIFT_CLOSE", #"{"shift":\#(shift),"at":"\#(at)"\#(more)}"#)
    }

    private func numbers(_ line: WireLine, _ name: String) -> [String]? {
        line.ok?[name]?.elements?.compactMap(\.text)
    }

    private func sell(_ till: TestClient, _ number: String) {
        #expect(till.request("SALE", ReceiptText(number: number).json).ok != nil)
    }

    @Test("a till learns at the end of the day exactly which of its receipts the gateway lacks, until it lacks none")
    func untilNothingIsMissing() throws {
        let till = try TestWorld().till()
        for number in 1...20 where number % 5 != 0 { sell(till, "\(number)") }
        let claim = #","receipts":20,"numbers":["1:20"]"#
        let first = close(till, claim)
        #expect(numbers(first, "missing") == ["5", "10", "15", "20"])
        #expect(first.ok?["missing_count"]?.integer == 4)
        #expect(first.marks == ["receipts", "numbers"])
        for (sent, left) in [("10", ["5", "15", "20"]), ("20", ["5", "15"]), ("5", ["15"]), ("15", [])] {
            sell(till, sent)
            let again = close(till, claim)
            #expect(numbers(again, "missing") == left)
            #expect(again.ok?["received_at"] == first.ok?["received_at"])
        }
        #expect(close(till, claim).marks == [])
        #expect(close(till, #","receipts":21"#).code == "conflict")
    }

    @Test("what the till has not named is told too, and counts and sums kind by kind")
    func unexpected() throws {
        let till = try TestWorld().till()
        sell(till, "1")
        sell(till, "2")
        _ = till.request("VOID", #"{"shift":1,"number":"3","at":"\#(at)","total":5}"#)
        let returned = ReceiptText(number: "4", lines: [.init(price: 300, amount: 300)])
        #expect(till.request("RETURN", returned.json).ok != nil)
        for (number, direction) in [("5", "sale"), ("6", "return")] {
            let json =
                #"{"shift":1,"number":"\#(number)","at":"\#(at)","direction":"\#(direction)","reason":"x","#
                + #""payments":[{"kind":"cash","amount":\#(number)0}],"total":\#(number)0}"#
            #expect(till.request("CORRECTION", json).marks == [])
        }
        // Another shift and another till have nothing to do with it.
        let other = ReceiptText(number: "9").json.replacing(#""shift":1"#, with: #""shift":2"#)
        #expect(till.request("SALE", other).ok != nil)
        let answer = close(till, #","numbers":["2:3","5"],"total":199690"#)
        #expect(numbers(answer, "unexpected") == ["1", "4", "6"])
        #expect(answer.ok?["unexpected_count"]?.integer == 3)
        #expect(numbers(answer, "missing") == [])
        #expect(answer.ok?["receipts"]?.integer == 6)
        #expect(answer.ok?["total"]?.integer == 199_690)
        #expect(answer.marks == ["numbers"])
        let kinds = try ["sale", "return", "void", "correction"].map { kind in
            let figures = try #require(answer.ok?["by_kind"]?[kind])
            return [figures["receipts"]?.integer, figures["total"]?.integer]
        }
        #expect(kinds == [[2, 200_000], [1, 300], [1, 5], [2, -10]])
    }

    @Test("upstream hears of each step in order with the receipts, and once that late receipts have made a shift whole")
    func upstreamIsTold() throws {
        let upstream = ScriptedUpstream()
        let world = try TestWorld(adapter: upstream)
        let till = try world.till()
        let open = #"{"shift":1,"at":"\#(at)","cashier":{"id":"k1"},"drawer":{"float":  1.50}}"#
        #expect(till.request("SHIFT_OPEN", open).ok?["receipts"]?.integer == 0)
        #expect(till.request("SHIFT_OPEN", open).ok != nil)
        sell(till, "1")
        let claim = #","receipts":3,"numbers":["1:3"]"#
        _ = close(till, claim)
        _ = close(till, claim)
        sell(till, "3")
        sell(till, "4")
        sell(till, "2")
        sell(till, "2")
        _ = close(till, claim)
        #expect(eventually { upstream.stored.all.count >= 7 })
        let events = upstream.stored.all
        #expect(
            events.map(\.id) == [
                "S1/T01/shift/1/opened", "S1/T01/1/1", "S1/T01/shift/1/closed", "S1/T01/1/3", "S1/T01/1/4",
                "S1/T01/1/2",
                "S1/T01/shift/1/completed",
            ])
        #expect(events.map(\.type).filter { $0 != "receipt" } == ["shift.opened", "shift.closed", "shift.completed"])
        let opened = String(decoding: events[0].body, as: UTF8.self)
        #expect(opened.hasPrefix(#"{"store":"S1","till":"T01","received_at":"#))
        #expect(opened.hasSuffix(#","shift":1,"at":"\#(at)","cashier":{"id":"k1"},"drawer":{"float":  1.50}}"#))
        let closed = try JSONTree(events[2].body)
        #expect(closed["receipts"]?.integer == 3 && closed["gateway"]?["receipts"]?.integer == 1)
        #expect(closed["gateway"]?["missing"]?.elements == [.string("2:3")])
        let completed = try JSONTree(events[6].body)
        #expect(completed["shift"]?.integer == 1 && completed["gateway"]?["receipts"]?.integer == 4)
    }

    @Test("a shift that was whole when it was closed is complete without another word")
    func wholeAtOnce() throws {
        let upstream = ScriptedUpstream()
        let world = try TestWorld(adapter: upstream)
        let till = try world.till()
        sell(till, "1")
        #expect(numbers(close(till, #","numbers":["1"]"#), "missing") == [])
        sell(till, "2")
        #expect(eventually { upstream.stored.all.count >= 3 })
        #expect(upstream.stored.all.map(\.type) == ["receipt", "shift.closed", "receipt"])
    }

    @Test("what was missing is still known after a restart, and the books agree with it")
    func restart() throws {
        let world = try TestWorld()
        sell(try world.till(), "1")
        let claim = #","numbers":["1:2"]"#
        #expect(numbers(close(try world.till(), claim), "missing") == ["2"])
        let upstream = ScriptedUpstream()
        try world.restart(adapter: upstream)
        let till = try world.till()
        sell(till, "2")
        #expect(eventually { upstream.stored.all.contains { $0.type == "shift.completed" } })
        #expect(numbers(close(till, claim), "missing") == [])
        let now = world.clock.now()
        #expect(try world.journal.read { try $0.audit(at: now) }.findings == [])
    }

    @Test(
        "a power cut around the close leaves it done with its event, or not at all",
        arguments: CrashCamera.Moment.allCases)
    func powerCut(_ moment: CrashCamera.Moment) throws {
        let camera = CrashCamera()
        let world = try TestWorld(hooks: camera.hooks)
        sell(try world.till(), "1")
        try world.settle()
        camera.arm(moment, commitsBefore: 0, folder: world.folderPath)
        let claim = #","numbers":["1:2"]"#
        #expect(close(try world.till(), claim).ok != nil)
        let upstream = ScriptedUpstream()
        let after = try TestWorld(folder: try camera.take(folder: world.folderPath), adapter: upstream)
        #expect(numbers(close(try after.till(), claim), "missing") == ["2"])
        sell(try after.till(), "2")
        #expect(eventually { upstream.stored.all.contains { $0.type == "shift.completed" } })
        #expect(upstream.stored.all.filter { $0.type == "shift.closed" }.count == 1)
    }

    @Test("totals that no shop has stop nobody: sums stay within the protocol's range")
    func hugeTotals() throws {
        let world = try TestWorld()
        let now = world.clock.now()
        try world.journal.perform { transaction in
            for number in 1...1_030 {
                try transaction.insert(
                    .init(
                        sequence: Int64(number),
                        key: ReceiptKey(store: "S1", till: "T01", shift: 1, number: "\(number)"), kind: .void,
                        customer: nil, total: Money(minorUnits: 9_000_000_000_000_000), receivedAt: now,
                        body: Array("{}".utf8)),
                    answer: Array("{}".utf8), effects: nil)
            }
        }
        let till = try world.till()
        let answer = close(till, #","numbers":["1:1030"]"#)
        #expect(answer.ok?["by_kind"]?["void"]?["total"]?.integer == 9_000_000_000_000_000)
        #expect(answer.ok?["total"]?.integer == 0)
        #expect(answer.marks == [])
    }

    @Test("a shift among a hundred thousand receipts is compared in no time")
    func large() throws {
        let world = try TestWorld()
        let now = world.clock.now()
        try world.journal.perform { transaction in
            for number in 1...100_000 {
                let key = ReceiptKey(
                    store: "S1", till: "T0\(number % 5)", shift: number / 10_000, number: "\(number)")
                try transaction.insert(
                    .init(
                        sequence: Int64(number), key: key, kind: .sale, customer: nil, total: Money(minorUnits: 100),
                        receivedAt: now, body: Array("{}".utf8)),
                    answer: Array("{}".utf8), effects: nil)
            }
        }
        let till = try world.till("T01")
        let start = ContinuousClock.now
        let answer = close(till, #","numbers":["10001:11000"]"#, shift: 1)
        let took = ContinuousClock.now - start
        // 2,000 receipts of the shift end in 1 or 6; 200 of those named are among them.
        #expect(answer.ok?["receipts"]?.integer == 2_000)
        #expect(answer.ok?["missing_count"]?.integer == 800)
        #expect(answer.ok?["unexpected_count"]?.integer == 1_800)
        #expect(took < .seconds(2), "\(took)")
    }
}
