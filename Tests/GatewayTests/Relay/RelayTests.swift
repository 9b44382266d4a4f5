import Journal
import Retail
import TestSupport
import Testing
import Upstream

@testable import Gateway

@Suite("The relay hands everything upstream")
struct RelayTests {
    private func sell(_ till: TestClient, _ numbers: ClosedRange<Int>) {
        for number in numbers { _ = till.request("SALE", ReceiptText(number: "\(number)").json) }
    }

    /// Waits until upstream has confirmed everything that is queued.
    private func confirmed(_ world: TestWorld) -> Bool {
        eventually { (try? world.journal.read { try $0.backlog().unsent }) == 0 }
    }

    @Test("in the order in which it was stored, each with a key of its own")
    func order() throws {
        let upstream = ScriptedUpstream()
        let world = try TestWorld(adapter: upstream)
        let tills = [try world.till("T01"), try world.till("T02"), try world.till("T03")]
        for number in 1...40 { for till in tills { sell(till, number...number) } }
        #expect(upstream.stored.wait(count: 120))
        #expect(confirmed(world))
        let events = upstream.stored.all
        #expect(events.map(\.sequence) == events.map(\.sequence).sorted())
        #expect(Set(events.map(\.id)).count == 120)
        for till in ["T01", "T02", "T03"] {
            #expect(
                events.map(\.id).filter { $0.hasPrefix("S1/\(till)/") } == (1...40).map { "S1/\(till)/1/\($0)" })
        }
    }

    @Test("again after a failure, with nothing left out")
    func failure() throws {
        let upstream = ScriptedUpstream { attempt, events in
            attempt == 1
                ? .failed(DeliveryFailure("no route", cause: .away))
                : .answered(events.map { _ in .stored })
        }
        let world = try TestWorld(adapter: upstream)
        sell(try world.till(), 1...3)
        #expect(upstream.stored.wait(count: 3))
        #expect(upstream.stored.all.map(\.id) == ["S1/T01/1/1", "S1/T01/1/2", "S1/T01/1/3"])
        #expect(confirmed(world))
    }

    @Test("from the first event that was not taken when a batch was taken in part")
    func partial() throws {
        let gate = Gate()
        let upstream = ScriptedUpstream { attempt, events in
            if attempt == 1 { gate.pass() }
            if attempt == 2 { return .answered([.stored] + events.dropFirst().map { _ in .retry(reason: "later") }) }
            return .answered(events.map { _ in .stored })
        }
        let world = try TestWorld(adapter: upstream)
        let till = try world.till()
        sell(till, 1...1)
        // The first batch has one event, however late the relay wakes.
        #expect(upstream.deliveries.wait(count: 1))
        sell(till, 2...5)
        gate.open()
        #expect(upstream.stored.wait(count: 5))
        #expect(upstream.stored.all.map(\.id) == (1...5).map { "S1/T01/1/\($0)" })
        // What upstream wants later is tried alone before anything of its till goes on.
        #expect(upstream.deliveries.all.dropFirst(2).first?.map(\.id) == ["S1/T01/1/3"])
        #expect(confirmed(world))
    }

    @Test("past an event that upstream refuses for good: it goes to quarantine with the reason")
    func refused() throws {
        let upstream = ScriptedUpstream { _, events in
            .answered(events.map { $0.id == "S1/T01/1/2" ? .refused(reason: "unknown product") : .stored })
        }
        let world = try TestWorld(adapter: upstream)
        sell(try world.till(), 1...3)
        #expect(upstream.stored.wait(count: 2))
        #expect(confirmed(world))
        #expect(try world.journal.read { try $0.quarantineCount() } == 1)
        let audit = world.localOperator().request("AUDIT").ok
        #expect(audit?["checked"]?["quarantined"]?.integer == 1)
        #expect(audit?["findings"]?.elements == [])
    }

    @Test("once in effect when the gateway dies between handing over and noting it")
    func crash() throws {
        let gate = Gate()
        let handed = Gate()
        let first = ScriptedUpstream { _, events in
            handed.open()
            gate.pass()
            return .answered(events.map { _ in .stored })
        }
        let world = try TestWorld(adapter: first)
        sell(try world.till(), 1...1)
        #expect(handed.pass())
        // What a power cut at this moment would leave.
        let image = try TemporaryFolder(copyOf: world.folderPath)
        gate.open()
        #expect(first.stored.wait(count: 1))
        let second = ScriptedUpstream()
        let revived = try TestWorld(folder: image, adapter: second)
        #expect(second.stored.wait(count: 1))
        #expect(confirmed(revived))
        #expect(second.stored.all == first.stored.all)
    }

    @Test("although the store failed to note what upstream took")
    func unnoted() throws {
        let disk = Disk()
        let upstream = ScriptedUpstream { attempt, events in
            if attempt == 1 { disk.fail(times: 1) }
            return .answered(events.map { _ in .stored })
        }
        let world = try TestWorld(hooks: disk.hooks, adapter: upstream)
        sell(try world.till(), 1...1)
        #expect(upstream.deliveries.wait(count: 1))
        #expect(confirmed(world))
        // It is remembered until it is noted, and not sent twice.
        #expect(upstream.stored.all.map(\.id) == ["S1/T01/1/1"])
    }

    @Test("with every byte of the till's own members, and its own beside them")
    func content() throws {
        let upstream = ScriptedUpstream()
        let world = try TestWorld(adapter: upstream)
        let till = try world.till()
        _ = till.request("ENROL", #"{"card":"7000001234","external":"crm-77"}"#)
        let fiscal = #"{ "sign":18446744073709551615,"inn":"7707083893  ","mark":"01046\u001d93>&'", "n":1.50 }"#
        _ = till.request("SALE", ReceiptText(customer: "c-1", more: #","fiscal":\#(fiscal),"note":"ы""#).json)
        #expect(upstream.stored.wait(count: 2))
        let events = upstream.stored.all
        #expect(events.map(\.type) == ["customer.enrolled", "receipt"])
        let receipt = try #require(events.last)
        let body = String(decoding: receipt.body, as: UTF8.self)
        #expect(body.contains(#""fiscal":"# + fiscal))
        #expect(body.contains(#""note":"ы""#))
        let tree = try JSONTree(receipt.body)
        #expect(tree["key"]?.text == "S1/T01/1/1")
        #expect(tree["customer"]?.text == "crm-77")
        #expect(tree["gateway"]?["points"]?["earned"]?.integer == 30)
        #expect(tree["number"]?.text == "1")
    }

    @Test("enrolments and what is learnt of a customer later, and not what is nothing new")
    func customers() throws {
        let upstream = ScriptedUpstream()
        let world = try TestWorld(adapter: upstream)
        let till = try world.till()
        for body in [
            #"{"card":"7000001234"}"#, #"{"card":"7000001234"}"#, #"{"card":"7000001234","name":"Anna"}"#,
            #"{"card":"7000001234","phone":"+79161234567"}"#, #"{"card":"7000001234","consents":["sms"]}"#,
            #"{"card":"7000001234","consents":["sms"]}"#,
        ] { _ = till.request("ENROL", body) }
        #expect(upstream.stored.wait(count: 4))
        #expect(confirmed(world))
        let events = upstream.stored.all
        #expect(events.map(\.type) == ["customer.enrolled"] + Array(repeating: "customer.changed", count: 3))
        #expect(Set(events.map(\.id)).count == 4)
    }

    @Test("the states of orders, one event for each step")
    func orders() throws {
        let upstream = ScriptedUpstream()
        let world = try TestWorld(adapter: upstream)
        let website = try world.greeted(.website, "S1", "WEB1")
        let till = try world.till()
        _ = website.request("ORDER_PUSH", PushText().json)
        for verb in ["ORDER_ACK", "ORDER_ACCEPT", "ORDER_READY", "ORDER_READY"] {
            _ = till.request(verb, PushText().reference)
        }
        #expect(upstream.stored.wait(count: 4))
        #expect(confirmed(world))
        #expect(upstream.stored.all.map(\.id) == (1...4).map { "WEB1/1001/\($0)" })
    }

    @Test("with an id of the customer's own or of the one they were merged into meanwhile")
    func merged() throws {
        let gate = Gate()
        let handed = Gate()
        let upstream = ScriptedUpstream { attempt, events in
            if attempt == 1 {
                handed.open()
                gate.pass()
            }
            return .answered(events.map { _ in .stored })
        }
        let world = try TestWorld(adapter: upstream)
        let till = try world.till()
        sell(till, 1...1)
        #expect(handed.pass())
        for more in [#","external":"K-1""#, "", #","external":"K-3""#, "", "", #","external":"K-6""#].enumerated() {
            _ = till.request("ENROL", #"{"card":"700000000\#(more.offset)"\#(more.element)}"#)
        }
        for number in 1...6 {
            _ = till.request("SALE", ReceiptText(number: "1\(number)", customer: "c-\(number)").json)
        }
        let operation = world.localOperator()
        // K-1 goes on under an id without one; c-2 becomes K-3; c-4 becomes c-5 and that K-6.
        for (gone, survivor) in [("c-1", "c-7"), ("c-2", "c-3"), ("c-4", "c-5"), ("c-5", "c-6")] {
            if survivor == "c-7" { _ = till.request("ENROL", #"{"card":"7000000099"}"#) }
            let body = #"{"customer_id":"\#(gone)","into":"\#(survivor)"}"#
            #expect(operation.request("CUSTOMER_MERGE", body).ok != nil)
        }
        gate.open()
        #expect(confirmed(world))
        let receipts = try upstream.stored.all.filter { $0.type == "receipt" }.map { try JSONTree($0.body) }
        #expect(receipts.map { $0["key"]?.text } == ([1] + (11...16)).map { "S1/T01/1/\($0)" })
        #expect(
            receipts.dropFirst().map { $0["customer"]?.text } == ["K-1", "K-3", "K-3", "K-6", "K-6", "K-6"])
    }
}
