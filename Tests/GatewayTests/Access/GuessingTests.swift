import Logging
import Retail
import TestSupport
import Testing
import Upstream

@testable import Gateway

@Suite("Guessing customers and tokens is slowed down, work is not", .timeLimit(.minutes(3)))
struct GuessingTests {
    private let log = LogKeeper(.trace)

    private func world(
        misses: Int = 3, byID: Int = 3, tokens: Int = 3, interval: Int64 = 10_000,
        customerSource: (any CustomerSource)? = nil
    ) throws -> TestWorld {
        var limits = GuessLimits()
        limits.misses = RequestRate(burst: misses, millisecondsPerRequest: interval)
        limits.missesOfWebsite = RequestRate(burst: misses * 2, millisecondsPerRequest: interval)
        limits.customersByID = RequestRate(burst: byID, millisecondsPerRequest: interval)
        limits.wrongTokens = RequestRate(burst: tokens, millisecondsPerRequest: interval)
        limits.countsThisMachine = true
        return try TestWorld(customerSource: customerSource, guessing: limits, log: log.logger)
    }

    private func card(_ number: Int) -> String { #"{"card":"\#(8_000_000_000 + number)"}"# }

    @Test("a device that tries out cards is told to wait, for right ones as well as for wrong ones")
    func cards() throws {
        let world = try world()
        let till = try world.till()
        #expect(till.request("ENROL", #"{"card":"7000001234","phone":"+79161234567"}"#).ok != nil)
        // The enrolment of somebody new has counted twice: card and phone.
        #expect(till.request("IDENTIFY", card(1)).code == "not_found")
        let refused = till.request("IDENTIFY", #"{"card":"7000001234"}"#)
        #expect(refused.code == "rate_limited")
        #expect(refused.error?["retry_after_ms"]?.integer == 10_000)
        #expect(Specification.breach(of: refused, isClosed: till.isClosed) == nil)
        for body in [card(2), #"{"phone":"+79161234567"}"#, #"{"email":"a@b.example"}"#, #"{"token":"abc"}"#] {
            #expect(till.request("IDENTIFY", body).code == "rate_limited")
            #expect(till.request("ENROL", body).code == "rate_limited" || body.contains("token"))
        }
        // Another connection of the same device is the same device; another device is not.
        #expect(try world.till().request("IDENTIFY", card(3)).code == "rate_limited")
        #expect(try world.till("T02").request("IDENTIFY", #"{"card":"7000001234"}"#).ok != nil)
        // The sale goes on.
        #expect(till.request("SALE", ReceiptText().json).ok != nil)
        world.clock.advance(milliseconds: 9_999)
        #expect(till.request("IDENTIFY", card(4)).error?["retry_after_ms"]?.integer == 1)
        world.clock.advance(milliseconds: 1)
        #expect(till.request("IDENTIFY", #"{"card":"7000001234"}"#).ok != nil)
        #expect(till.request("IDENTIFY", card(4)).code == "not_found")
        #expect(till.request("IDENTIFY", card(5)).code == "rate_limited")
    }

    @Test("customers who are known cost nothing, however many and however fast")
    func hits() throws {
        let world = try world()
        let rows = (0..<500).map { #"{"card":"\#(7_000_000_000 + $0)"}"# }.joined(separator: ",")
        #expect(world.localOperator().request("IMPORT_CUSTOMERS", #"{"rows":[\#(rows)]}"#).ok != nil)
        let till = try world.till()
        for number in 0..<500 {
            #expect(till.request("IDENTIFY", #"{"card":"\#(7_000_000_000 + number)"}"#).ok != nil)
        }
        // One card again and again, that nobody knows, is one guess.
        for _ in 0..<50 { #expect(till.request("IDENTIFY", card(1)).code == "not_found") }
        #expect(till.request("IDENTIFY", #"{"card":"7000000000"}"#).ok != nil)
        #expect(log.warnings.isEmpty)
    }

    @Test("the usual limits leave a till alone at which every customer is new, all day")
    func busyTill() throws {
        var limits = GuessLimits()
        limits.countsThisMachine = true
        let world = try TestWorld(guessing: limits, log: log.logger)
        let till = try world.till()
        // After an outage it enrols what it has kept, and then somebody new every half minute.
        for number in 0..<400 {
            if number >= 40 { world.clock.advance(milliseconds: 30_000) }
            let phone = #""phone":"+7916\#(1_000_000 + number)""#
            #expect(till.request("IDENTIFY", "{\(phone)}").code == "not_found")
            let person = #"{\#(phone),"card":"\#(9_000_000 + number)","email":"p\#(number)@example.org"}"#
            #expect(till.request("ENROL", person).ok?["created"]?.bool == true, "\(number)")
        }
        #expect(log.warnings.isEmpty)
    }

    @Test("the usual limits let nobody enumerate phones: fewer than 10,000 a day")
    func enumeration() throws {
        var limits = GuessLimits()
        limits.countsThisMachine = true
        let world = try TestWorld(guessing: limits, log: log.logger)
        let till = try world.till()
        var answered = 0
        // A fifth of a day, as fast as the gateway lets it.
        let end = world.clock.now().adding(milliseconds: 86_400_000 / 5)
        var number = 0
        while world.clock.now() < end {
            number += 1
            let answer = till.request("IDENTIFY", #"{"phone":"+7917\#(1_000_000 + number)"}"#)
            if answer.code == "not_found" { answered += 1 }
            world.clock.advance(milliseconds: Int(answer.error?["retry_after_ms"]?.integer ?? 0))
        }
        #expect(answered > 120 && answered < 2_000, "\(answered)")
        // Told once, not thousands of times.
        #expect(log.warnings.count == 1, "\(log.warnings.prefix(3))")
    }

    @Test("the log names the device once for each rush, and nothing of what it has tried")
    func told() throws {
        let world = try world()
        let till = try world.till()
        for number in 1...20 { _ = till.request("IDENTIFY", card(number)) }
        #expect(log.warnings.count == 1)
        let line = try #require(log.warnings.first)
        #expect(line.contains("T01") && line.contains("S1") && line.contains("register"))
        for number in 1...20 { #expect(!line.contains("\(8_000_000_000 + number)")) }
        // One by one as they come back is the same rush; after a whole pause it is another.
        for number in 21...23 {
            world.clock.advance(milliseconds: 10_000)
            #expect(till.request("IDENTIFY", card(number)).code == "not_found")
        }
        #expect(log.warnings.count == 1)
        world.clock.advance(milliseconds: 60_000)
        for number in 31...40 { _ = till.request("IDENTIFY", card(number)) }
        #expect(log.warnings.count == 2)
    }

    @Test("customers by the gateway's own id are counted whether they are there or not; a website's are not")
    func customersByID() throws {
        let world = try world(misses: 100)
        let rows = (0..<10).map { #"{"card":"\#(7_000_000_000 + $0)"}"# }.joined(separator: ",")
        #expect(world.localOperator().request("IMPORT_CUSTOMERS", #"{"rows":[\#(rows)]}"#).ok != nil)
        let app = try world.greeted(.app, "S1", "APP1")
        for _ in 0..<5 { #expect(app.request("CUSTOMER", #"{"customer_id":"c-1"}"#).ok != nil) }
        #expect(app.request("CUSTOMER", #"{"customer_id":"c-99"}"#).code == "unknown_customer")
        #expect(app.request("IDENTIFY", #"{"customer_id":"c-3"}"#).ok != nil)
        for body in [#"{"customer_id":"c-4"}"#, #"{"customer_id":"c-98"}"#] {
            #expect(app.request("CUSTOMER", body).code == "rate_limited")
            #expect(app.request("IDENTIFY", body).code == "rate_limited")
        }
        // Whoever shows a card is served.
        #expect(app.request("IDENTIFY", #"{"card":"7000000005"}"#).ok != nil)
        #expect(log.warnings.count == 1)
        world.clock.advance(milliseconds: 10_000)
        #expect(app.request("CUSTOMER", #"{"customer_id":"c-4"}"#).ok != nil)
        let site = try world.greeted(.website, "S1", "WEB1")
        for number in 1...10 { #expect(site.request("IDENTIFY", #"{"customer_id":"c-\#(number)"}"#).ok != nil) }
    }

    @Test("somebody whom upstream knows costs nothing, and many questions at once are counted before it answers")
    func upstream() throws {
        let source = SlowSource()
        let world = try world(misses: 4, customerSource: source)
        let till = try world.till()
        for number in 0..<20 {
            source.know("\(8_000_000_000 + number)")
            #expect(till.request("IDENTIFY", card(number)).ok != nil, "\(number)")
        }
        let gate = source.hold()
        for number in 100..<110 { till.send("IDENTIFY g\(number) \(card(number))") }
        gate.open()
        let codes = (100..<110).map { till.answer(to: "g\($0)").code ?? "" }
        #expect(codes.count { $0 == "not_found" } == 4, "\(codes)")
        #expect(codes.count { $0 == "rate_limited" } == 6, "\(codes)")
    }

    @Test("coupons that no programme takes are guesses; quotes without coupons are not touched")
    func coupons() throws {
        let promotion = #"{"id":"ten","when":{"coupon":"TEN"},"effect":{"percent_off":1000}}"#
        var limits = GuessLimits()
        limits.misses = RequestRate(burst: 3, millisecondsPerRequest: 10_000)
        limits.countsThisMachine = true
        let programme = TestProgramme.text(with: #", "promotions": [\#(promotion)]"#)
        let world = try TestWorld(programmes: [programme], guessing: limits, log: log.logger)
        let till = try world.till()
        func quote(_ coupon: String?) -> WireLine {
            let coupons = coupon.map { #","coupons":["\#($0)"]"# } ?? ""
            return till.request("QUOTE", #"{"lines":[{"sku":"A","quantity":1,"price":100000}]\#(coupons)}"#)
        }
        for _ in 0..<20 { #expect(quote("TEN").ok?["total"]?.integer == 90_000) }
        for _ in 0..<20 { #expect(quote("OLD").ok?["total"]?.integer == 100_000) }
        for code in ["A1", "A2"] { #expect(quote(code).ok != nil) }
        for code in ["TEN", "A3", "OLD"] { #expect(quote(code).code == "rate_limited") }
        #expect(quote(nil).ok != nil)
        #expect(till.request("IDENTIFY", card(1)).code == "not_found")
        #expect(log.warnings.count == 1 && !log.lines.joined().contains("A2"))
        world.clock.advance(milliseconds: 10_000)
        #expect(quote("TEN").ok?["total"]?.integer == 90_000)
    }

    @Test("many coupons in one quote are as many guesses")
    func manyCoupons() throws {
        var limits = GuessLimits()
        limits.misses = RequestRate(burst: 3, millisecondsPerRequest: 10_000)
        limits.countsThisMachine = true
        let world = try TestWorld(guessing: limits, log: log.logger)
        let till = try world.till()
        func quote(_ coupons: Range<Int>) -> WireLine {
            let codes = coupons.map { #""X\#($0)""# }.joined(separator: ",")
            let line = #"{"sku":"A","quantity":1,"price":100000}"#
            return till.request("QUOTE", #"{"lines":[\#(line)],"coupons":[\#(codes)]}"#)
        }
        #expect(quote(0..<10).ok != nil)
        // Seven more than there were have to come back as well before the next one.
        #expect(quote(20..<21).error?["retry_after_ms"]?.integer == 80_000)
        world.clock.advance(milliseconds: 79_999)
        #expect(quote(20..<21).error?["retry_after_ms"]?.integer == 1)
        world.clock.advance(milliseconds: 1)
        #expect(quote(20..<21).ok != nil)
    }

    @Test("a clock that is put back locks nobody out for longer than a whole rush")
    func clockPutBack() throws {
        let world = try world()
        let till = try world.till()
        for number in 1...3 { _ = till.request("IDENTIFY", card(number)) }
        world.clock.advance(milliseconds: -86_400_000)
        let wait = till.request("IDENTIFY", card(9)).error?["retry_after_ms"]?.integer ?? .max
        #expect(wait <= 30_000)
        world.clock.advance(milliseconds: Int(wait))
        #expect(till.request("IDENTIFY", card(9)).code == "not_found")
    }

    // MARK: Tokens

    private func hello(_ world: TestWorld, _ token: String, network: UInt64) -> WireLine {
        world.stranger(network: network).request("HELLO", #"{"protocol":1,"token":"\#(token)"}"#)
    }

    @Test("an address that tries tokens out is told to wait; whoever there has a right one is let in all the same")
    func tokens() throws {
        let world = try world()
        let device = #"{"store":"S1","role":"app","device":"APP1"}"#
        let token = try #require(world.localOperator().request("DEVICE_ADD", device).ok?["token"]?.text)
        for number in 1...3 {
            #expect(hello(world, "wrong-token-\(10_000 + number)", network: 7).code == "unauthenticated")
        }
        let refused = hello(world, "wrong-token-99999", network: 7)
        #expect(refused.code == "rate_limited")
        #expect(refused.error?["retry_after_ms"]?.integer == 10_000)
        #expect(hello(world, "wrong-token-99999", network: 8).code == "unauthenticated")
        #expect(hello(world, token, network: 7).ok != nil)
        // A certificate cannot be guessed.
        let till = TestClient(world: world, certificate: TestWorld.certificate(.register, "S1", "T01"), networkKey: 7)
        _ = try world.connect(.register, "S1", "T01")
        #expect(till.request("HELLO", #"{"protocol":1}"#).ok != nil)
        for _ in 0..<50 { #expect(hello(world, "wrong-token-99999", network: 7).code == "rate_limited") }
        let told = log.lines.filter { $0.contains("tries tokens") }
        #expect(told.count == 1)
        #expect(log.lines.filter { $0.contains("HELLO refused") }.count == 4)
        #expect(!log.lines.contains { $0.contains("wrong-token") || $0.contains(token) })
        world.clock.advance(milliseconds: 10_000)
        #expect(hello(world, "wrong-token-99999", network: 7).code == "unauthenticated")
        #expect(hello(world, "wrong-token-99999", network: 7).code == "rate_limited")
    }

    @Test("right tokens are not counted, and this machine's own programs only where that is wished")
    func rightTokens() throws {
        let world = try world()
        let device = #"{"store":"S1","role":"app","device":"APP1"}"#
        let token = try #require(world.localOperator().request("DEVICE_ADD", device).ok?["token"]?.text)
        for _ in 0..<20 {
            let client = world.stranger(network: 7)
            #expect(client.request("HELLO", #"{"protocol":1,"token":"\#(token)"}"#).ok != nil)
            client.close()
        }
        let usual = try TestWorld()
        for number in 0..<100 {
            let answer = usual.stranger().request("HELLO", #"{"protocol":1,"token":"wrong-token-\#(10_000 + number)"}"#)
            #expect(answer.code == "unauthenticated")
        }
    }

    @Test("networks are remembered up to a bound")
    func bounded() {
        let tokens = WrongTokens(RequestRate(burst: 1, millisecondsPerRequest: 1_000))
        var told = 0
        for network in 0..<10_100 {
            if tokens.count(UInt64(network), atMilliseconds: 0) { told += 1 }
        }
        #expect(told == 10_100)
        #expect(tokens.remembered <= 10_000 + 100)
        #expect(tokens.wait(10_099, atMilliseconds: 0) == 1_000)
    }
}
