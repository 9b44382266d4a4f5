import Journal
import LineProtocol
import Locking
import Retail
import TestSupport
import Testing
import Upstream

@testable import Gateway

@Suite("An operator of the relay")
struct RelayDeskTests {
    /// Upstream refuses these receipts until it is told to take them.
    private final class Refusing: Sendable {
        let numbers: Set<String>
        let isOver = Atomic(false)

        init(_ numbers: Set<String>) {
            self.numbers = numbers
        }

        var upstream: ScriptedUpstream {
            ScriptedUpstream { [self] _, events in
                .answered(
                    events.map { event in
                        let isBad = numbers.contains { event.id.hasSuffix("/\($0)") }
                        return isBad && !isOver.load(ordering: .relaxed) ? .refused(reason: "no such tender") : .stored
                    })
            }
        }
    }

    private func sell(_ world: TestWorld, _ numbers: ClosedRange<Int>, till: String = "T01") throws {
        let till = try world.till(till)
        for number in numbers { _ = till.request("SALE", ReceiptText(number: "\(number)").json) }
    }

    @Test("sees what upstream refused, page by page, and one event as it was sent")
    func quarantine() throws {
        let world = try TestWorld(adapter: Refusing(["2", "4", "5"]).upstream)
        try sell(world, 1...6)
        let operation = world.localOperator()
        #expect(eventually { (try? world.journal.read { try $0.backlog().unsent }) == 0 })
        let first = operation.request("RELAY_QUARANTINE", #"{"limit":2}"#).ok
        #expect(first?["entries"]?.elements?.map { $0["id"]?.text } == ["S1/T01/1/2", "S1/T01/1/4"])
        #expect(first?["entries"]?.elements?.first?["reason"]?.text == "no such tender")
        #expect(first?["entries"]?.elements?.first?["body"] == nil)
        let next = try #require(first?["next"]?.text)
        let second = operation.request("RELAY_QUARANTINE", #"{"after":"\#(next)"}"#).ok
        #expect(second?["entries"]?.elements?.map { $0["id"]?.text } == ["S1/T01/1/5"])
        #expect(second?["next"] == .null)
        let one = operation.request("RELAY_QUARANTINE", #"{"id":"S1/T01/1/4"}"#).ok?["entries"]?.elements?.first
        #expect(one?["body"]?["key"]?.text == "S1/T01/1/4")
        #expect(one?["body"]?["gateway"] != nil)
        #expect(operation.request("RELAY_QUARANTINE", #"{"id":"S1/T01/1/1"}"#).code == "not_found")
        #expect(operation.request("RELAY_QUARANTINE", #"{"after":"x"}"#).code == "bad_field")
    }

    @Test("sends one event again, or all of them, in their order and under their ids")
    func retry() throws {
        let refusing = Refusing(["2", "4", "5"])
        let upstream = refusing.upstream
        let world = try TestWorld(adapter: upstream)
        try sell(world, 1...6)
        let operation = world.localOperator()
        #expect(eventually { (try? world.journal.read { try $0.quarantineCount() }) == 3 })
        #expect(operation.request("RELAY_RETRY", #"{"id":"S1/T01/1/3"}"#).code == "not_found")
        // Upstream refuses it again: it is back, once.
        #expect(operation.request("RELAY_RETRY", #"{"id":"S1/T01/1/2"}"#).ok?["requeued"]?.integer == 1)
        #expect(
            eventually {
                (try? world.journal.read { [try $0.backlog().unsent, try $0.quarantineCount()] }) == [0, 3]
            })
        refusing.isOver.store(true, ordering: .relaxed)
        #expect(operation.request("RELAY_RETRY").ok?["requeued"]?.integer == 3)
        #expect(upstream.stored.wait(count: 6))
        #expect(
            upstream.stored.all.map(\.id) == [1, 3, 6, 4, 5, 2].map { "S1/T01/1/\($0)" })
        #expect(operation.request("RELAY_RETRY").ok?["requeued"]?.integer == 0)
        #expect(operation.request("AUDIT").ok?["findings"]?.elements == [])
    }

    @Test("takes an event out of the way that the only till's others wait behind, and sends it again later")
    func setAside() throws {
        let isMended = Atomic<Bool>(false)
        let upstream = ScriptedUpstream { _, events in
            let place = events.firstIndex { $0.id == "S1/T01/1/2" }
            guard let place, !isMended.load(ordering: .relaxed) else { return .answered(events.map { _ in .stored }) }
            let failure = DeliveryFailure("HTTP 500", cause: .unclear)
            return .failed(failure, after: events[..<place].map { _ in .stored })
        }
        let world = try TestWorld(adapter: upstream)
        try sell(world, 1...4)
        let operation = world.localOperator()
        #expect(
            eventually {
                _ = operation.request("RELAY_RETRY")
                return operation.request("RELAY_STATUS").ok?["held_streams"]?.elements?.first?["id"]?.text
                    == "S1/T01/1/2"
            })
        #expect(operation.request("RELAY_SET_ASIDE", #"{"id":"S1/T01/1/3"}"#).code == "not_found")
        let reply = operation.request("RELAY_SET_ASIDE", #"{"id":"S1/T01/1/2"}"#)
        #expect(reply.ok?["stream"]?.text == "S1/T01")
        #expect(upstream.stored.wait(count: 3))
        #expect(upstream.stored.all.map(\.id) == [1, 3, 4].map { "S1/T01/1/\($0)" })
        #expect(operation.request("RELAY_SET_ASIDE", #"{"id":"S1/T01/1/2"}"#).code == "not_found")
        isMended.store(true, ordering: .relaxed)
        #expect(operation.request("RELAY_RETRY").ok?["requeued"]?.integer == 1)
        #expect(upstream.stored.wait(count: 4))
        #expect(operation.request("AUDIT").ok?["findings"]?.elements == [])
    }

    @Test("takes aside what is just on its way, and upstream takes it after all: it is not refused then")
    func setAsideOnItsWay() throws {
        let isHeld = Gate()
        let isOnItsWay = Gathered<Bool>()
        let attempts = Atomic<Int>(0)
        let upstream = ScriptedUpstream { _, events in
            guard let place = events.firstIndex(where: { $0.id == "S1/T01/1/2" }) else {
                return .answered(events.map { _ in .stored })
            }
            guard events.count == 1, attempts.wrappingAdd(1, ordering: .relaxed).newValue > 2 else {
                let failure = DeliveryFailure("HTTP 500", cause: .unclear)
                return .failed(failure, after: events[..<place].map { _ in .stored })
            }
            isOnItsWay.add(true)
            isHeld.pass()
            return .answered([.stored])
        }
        let world = try TestWorld(adapter: upstream)
        try sell(world, 1...3)
        let operation = world.localOperator()
        #expect(
            eventually {
                _ = operation.request("RELAY_RETRY")
                return isOnItsWay.all.count == 1
            })
        #expect(operation.request("RELAY_SET_ASIDE", #"{"id":"S1/T01/1/2"}"#).ok != nil)
        #expect(operation.request("RELAY_QUARANTINE").ok?["entries"]?.elements?.count == 1)
        isHeld.open()
        #expect(upstream.stored.wait(count: 3))
        #expect(eventually { operation.request("RELAY_QUARANTINE").ok?["entries"]?.elements?.isEmpty == true })
        #expect(eventually { operation.request("RELAY_STATUS").ok?["held"]?.integer == 0 })
        #expect(operation.request("AUDIT").ok?["findings"]?.elements == [])
    }

    @Test("sees how it stands: what is unsent, of whom, how old, and why")
    func status() throws {
        let world = try TestWorld(
            adapter: ScriptedUpstream { _, _ in .failed(DeliveryFailure("no route", cause: .away)) })
        try sell(world, 1...3)
        try sell(world, 1...2, till: "T02")
        world.clock.advance(milliseconds: 90_000)
        let operation = world.localOperator()
        #expect(eventually { operation.request("RELAY_STATUS").ok?["state"]?.text == "away" })
        let status = try #require(operation.request("RELAY_STATUS", #"{"streams":true}"#).ok)
        #expect(status["upstream"]?.text == "scripted")
        #expect(status["last_error"]?.text == "no route")
        #expect(status["unsent"]?.integer == 5)
        #expect(status["oldest_age_s"]?.integer == 90)
        #expect(status["next_attempt_at"]?.text != nil)
        #expect(status["streams"]?.elements?.map { $0["stream"]?.text } == ["S1/T01", "S1/T02"])
        #expect(status["streams"]?.elements?.map { $0["unsent"]?.integer } == [3, 2])
        #expect(operation.request("RELAY_STATUS").ok?["streams"] == nil)
        let till = try world.till("T02")
        #expect(till.request("BACKLOG").ok?["unsent"]?.integer == 2)
        #expect(till.request("RELAY_STATUS").code == "forbidden")
    }

    @Test("is told when nothing is relayed at all")
    func nothing() throws {
        let world = try TestWorld()
        try sell(world, 1...1)
        let status = world.localOperator().request("RELAY_STATUS").ok
        #expect(status?["state"]?.text == "none")
        #expect(status?["upstream"] == .null)
        #expect(status?["unsent"]?.integer == 1)
    }
}
