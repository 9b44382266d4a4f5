import Journal
import Retail
import TestSupport
import Testing
import Upstream

@testable import Gateway

@Suite("A customer who is not known here is asked of upstream")
struct CustomerLookupTests {
    private let anna =
        #"{"external":"K-1","full":true,"name":"Anna","identifiers":[{"kind":"card","value":"7000001234"},"#
        + #"{"kind":"phone","value":"+79161234567"}],"opening":{"points":40,"as_of":"2026-11-01T00:00:00Z"}}"#
    private let card = #"{"card":"7000001234"}"#

    private func asked(_ world: FeedWorld) -> Int { world.upstream.questions.all.count { $0.hasPrefix("customer") } }

    /// Lets virtual time pass until a till's patience is over; the question has reached upstream by then.
    private func waitTooLong(_ world: FeedWorld, asked count: Int = 1) {
        #expect(eventually { asked(world) >= count })
        world.world.loop.advance(milliseconds: 400)
    }

    private func lookups(_ world: FeedWorld) throws -> CustomerLookups { try #require(world.world.gateway.lookups) }

    @Test("once, and is stored: every identifier leads there, also after a restart and without upstream")
    func found() throws {
        let world = try FeedWorld()
        world.upstream.know("card", "7000001234", anna)
        let till = try world.shop.till()
        let known = till.request("IDENTIFY", card).ok
        #expect(known?["name"]?.text == "Anna")
        #expect(known?["points"]?["available"]?.integer == 40)
        #expect(till.request("IDENTIFY", #"{"phone":"89161234567"}"#).ok == known)
        try world.shop.restart()
        #expect(try world.shop.till().request("IDENTIFY", card).ok == known)
        #expect(asked(world) == 1)
        #expect(try world.events("customer.enrolled").isEmpty)
        try world.shop.audit()
    }

    @Test("who is unknown there, too, is told so at once, and is not asked again for a while")
    func unknown() throws {
        let world = try FeedWorld()
        let till = try world.shop.till()
        let answer = till.request("IDENTIFY", card)
        #expect(answer.code == "not_found")
        #expect(answer.body["upstream"]?.text == "unknown")
        #expect(till.request("IDENTIFY", card).body["upstream"]?.text == "unknown")
        #expect(asked(world) == 1)
        world.world.clock.advance(milliseconds: 61_000)
        world.upstream.know("card", "7000001234", anna)
        #expect(till.request("IDENTIFY", card).ok?["name"]?.text == "Anna")
        // One's own id is nobody's business upstream.
        #expect(till.request("IDENTIFY", #"{"customer_id":"c-99"}"#).body["upstream"] == nil)
        #expect(asked(world) == 2)
    }

    @Test("a till waits for 400 ms; the answer that comes later is stored, and the next scan finds the card")
    func late() throws {
        let world = try FeedWorld()
        world.upstream.know("card", "7000001234", anna)
        let gate = world.upstream.hold()
        let till = try world.shop.till()
        till.send("IDENTIFY a \(card)")
        #expect(eventually { asked(world) == 1 })
        world.world.loop.advance(milliseconds: 399)
        #expect(till.lines.last?.tag != "a")
        world.world.loop.advance(milliseconds: 1)
        let answer = till.answer(to: "a")
        #expect(answer.code == "not_found")
        #expect(answer.body["upstream"]?.text == "unanswered")
        gate.open()
        let lookups = try lookups(world)
        #expect(eventually { lookups.counts.found == 1 })
        #expect(till.request("IDENTIFY", card).ok?["name"]?.text == "Anna")
        #expect(lookups.counts.late == 1)
    }

    @Test("many tills that show one card ask once")
    func coalesced() throws {
        let world = try FeedWorld()
        world.upstream.know("card", "7000001234", anna)
        let gate = world.upstream.hold()
        let tills = try (1...5).map { try world.shop.till("T0\($0)") }
        for till in tills { till.send("IDENTIFY a \(card)") }
        gate.open()
        for till in tills { #expect(till.answer(to: "a").ok?["name"]?.text == "Anna") }
        #expect(asked(world) == 1)
    }

    @Test("an upstream that does not answer costs one till its patience, then nobody, and is tried again after a pause")
    func breaker() throws {
        let world = try FeedWorld()
        let gate = world.upstream.hold()
        let till = try world.shop.till()
        till.send("IDENTIFY a \(card)")
        waitTooLong(world)
        #expect(till.answer(to: "a").body["upstream"]?.text == "unanswered")
        for number in 1...20 {
            // At once: virtual time does not pass.
            #expect(till.request("IDENTIFY", #"{"card":"80000000\#(number)"}"#).body["upstream"]?.text == "unanswered")
        }
        #expect(asked(world) == 1)
        let lookups = try lookups(world)
        #expect(lookups.isPaused)
        world.upstream.letGo()
        gate.open()
        #expect(eventually { lookups.counts.unknown == 1 })
        world.world.clock.advance(milliseconds: 2_000)
        world.upstream.know("card", "7000005678", anna)
        #expect(till.request("IDENTIFY", #"{"card":"7000005678"}"#).ok?["name"]?.text == "Anna")
        #expect(!lookups.isPaused)
    }

    @Test("failures make the pauses grow up to a minute, and one question finds out")
    func pauses() {
        var breaker = LookupBreaker()
        var now = Instant(millisecondsSinceEpoch: 0)
        var pauses: [Int64] = []
        for _ in 0..<8 {
            let isFirst = breaker.mayAsk(at: now)
            let isSecond = breaker.mayAsk(at: now)
            #expect(isFirst)
            #expect(isSecond == pauses.isEmpty)
            breaker.failed(at: now)
            var pause: Int64 = 0
            var probe = breaker
            while !probe.mayAsk(at: now.adding(milliseconds: pause)) { pause += 500 }
            pauses.append(pause)
            now = now.adding(milliseconds: pause)
        }
        #expect(pauses == [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
        breaker.succeeded()
        #expect(!breaker.isPaused)
    }

    @Test("an upstream that fails is one that does not answer; nobody waits for it")
    func failing() throws {
        let world = try FeedWorld()
        world.upstream.answer("card", "7000001234", with: .failed(reason: "HTTP 500"))
        let till = try world.shop.till()
        #expect(till.request("IDENTIFY", card).body["upstream"]?.text == "unanswered")
        #expect(till.request("IDENTIFY", #"{"card":"7000005678"}"#).body["upstream"]?.text == "unanswered")
        #expect(asked(world) == 1)
        for bad in ["{}", #"{"at":"2026-11-01T00:00:00Z","body":{}}"#, "[", #"{"at":1,"body":{"external":"K-1"}}"#] {
            world.world.clock.advance(milliseconds: 120_000)
            world.upstream.answer("card", "7000001234", with: .found(Array(bad.utf8)))
            #expect(till.request("IDENTIFY", card).body["upstream"]?.text == "unanswered", "\(bad)")
        }
        // Somebody else than was asked for.
        world.world.clock.advance(milliseconds: 120_000)
        world.upstream.know("external", "K-2", anna)
        #expect(till.request("IDENTIFY", #"{"external":"K-2"}"#).body["upstream"]?.text == "unanswered")
        #expect(try world.id(#""external":"K-1""#) == nil)
    }

    @Test("more questions than there is room for are answered at once")
    func limits() throws {
        let world = try FeedWorld()
        let gate = world.upstream.hold()
        let till = try world.shop.till()
        let other = try world.shop.till("T02")
        for number in 10..<70 { till.send(#"IDENTIFY a\#(number) {"card":"80000000\#(number)"}"#) }
        for number in 70..<90 { other.send(#"IDENTIFY a\#(number) {"card":"80000000\#(number)"}"#) }
        // Four under way and sixty-four in the queue; the rest is not kept waiting.
        for number in 78..<90 { #expect(other.answer(to: "a\(number)").body["upstream"]?.text == "unanswered") }
        #expect(!other.lines.contains { $0.tag == "a77" })
        gate.open()
        for number in 10..<70 { #expect(till.answer(to: "a\(number)").body["upstream"]?.text == "unknown") }
        #expect(asked(world) == 68)
    }

    @Test("what upstream does not know is remembered within a limit")
    func remembered() {
        var unknown = UnknownIdentifiers(limit: 100, forMilliseconds: 1_000)
        let now = Instant(millisecondsSinceEpoch: 0)
        for number in 0..<1_000 { unknown.insert(.card("\(number)"), at: now) }
        let kept = (0..<1_000).filter { unknown.contains(.card("\($0)"), at: now) }
        #expect(kept.count <= 100 && kept.count >= 50)
        #expect(kept.last == 999)
        #expect(!unknown.contains(.card("999"), at: now.adding(milliseconds: 1_000)))
        #expect(!unknown.contains(.card("999"), at: now.adding(milliseconds: -1)))
    }

    // MARK: Enrolment

    @Test("an enrolment finds the customer upstream before it makes a second one")
    func enrolment() throws {
        let world = try FeedWorld(programmes: [
            TestProgramme.text(with: #", "welcome": {"points": 500, "usable": "at_once"}"#)
        ])
        world.upstream.know("phone", "+79161234567", anna)
        let answer = try world.shop.till().request(
            "ENROL", #"{"phone":"+79161234567","card":"7000009999","name":"A."}"#
        ).ok
        #expect(answer?["created"]?.bool == false)
        #expect(answer?["external"]?.text == "K-1")
        #expect(answer?["points"]?["available"]?.integer == 40)
        #expect(try world.id(#""card":"7000009999""#) == answer?["customer_id"]?.text)
        // Nobody there: enrolled as ever, also when upstream does not answer.
        #expect(try world.shop.till().request("ENROL", #"{"phone":"+79161234568"}"#).ok?["created"]?.bool == true)
        let gate = world.upstream.hold()
        let till = try world.shop.till()
        till.send(#"ENROL e {"phone":"+79161234569"}"#)
        waitTooLong(world, asked: 3)
        #expect(till.answer(to: "e").ok?["created"]?.bool == true)
        gate.open()
    }

    @Test("who is enrolled while the answer is on its way is one customer with it in the end")
    func race() throws {
        let world = try FeedWorld()
        world.upstream.know("card", "7000001234", anna)
        let gate = world.upstream.hold()
        let till = try world.shop.till()
        till.send("IDENTIFY a \(card)")
        waitTooLong(world)
        _ = till.answer(to: "a")
        let made = till.request("ENROL", #"{"phone":"+79161234567","name":"Ann"}"#).ok
        #expect(made?["created"]?.bool == true)
        gate.open()
        let lookups = try lookups(world)
        #expect(eventually { lookups.counts.found == 1 })
        let known = till.request("IDENTIFY", card).ok
        #expect(known?["customer_id"] == made?["customer_id"])
        #expect(known?["external"]?.text == "K-1")
        #expect(known?["points"]?["available"]?.integer == 40)
        #expect(try world.world.journal.read { try $0.customerCount() } == 1)
        try world.shop.audit()
    }

    @Test("a gateway that may not ask says nothing of upstream")
    func off() throws {
        let world = try TestWorld()
        let answer = try world.till().request("IDENTIFY", card)
        #expect(answer.code == "not_found")
        #expect(answer.body["upstream"] == nil)
    }
}
