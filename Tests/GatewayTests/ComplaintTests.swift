import Retail
import TestSupport
import Testing

@testable import Gateway

/// What users of other systems report; each must not happen here.
@Suite("Heard elsewhere, not here")
struct ComplaintTests {
    private func points(_ client: TestClient) -> Int64? {
        client.request("IDENTIFY", #"{"customer_id":"c-1"}"#).ok?["points"]?["available"]?.integer
    }

    private func shop(adapter: ScriptedUpstream? = nil) throws -> (world: TestWorld, till: TestClient) {
        let world = try TestWorld(adapter: adapter)
        let till = try world.till()
        _ = till.request("ENROL", #"{"name":"Anna","card":"7000001234"}"#)
        return (world, till)
    }

    @Test("points doubled by an offline retry")
    func doubledPoints() throws {
        let (world, till) = try shop()
        let sale = ReceiptText(customer: "c-1").json
        for _ in 0..<3 { till.send("SALE lost \(sale)") }
        till.vanish()
        try world.restart()
        let again = try world.till()
        for _ in 0..<3 { #expect(again.request("SALE", sale).ok?["points"]?["balance"]?.integer == 30) }
        #expect(points(again) == 30)
    }

    @Test("a balance spent twice by two tills at once")
    func spentTwice() throws {
        let (world, till) = try shop()
        _ = till.request("SALE", ReceiptText(customer: "c-1").json)
        let other = try world.till("T02")
        let spending = ReceiptText(
            number: "2", customer: "c-1",
            lines: [.init(price: 3_000, amount: 0, more: #","discounts":[{"origin":"points","amount":3000}]"#)]
        ).json
        till.send("SALE s1 \(spending)")
        other.send("SALE s1 \(spending)")
        let answers = [till, other].map { $0.answer(to: "s1").ok }
        // The money has changed hands at both; what was not there is owed and marked, and no quote offers it again.
        #expect(Set(answers.map { $0?["points"]?["debt"]?.integer }) == [0, 30])
        #expect(Set(answers.map { $0?["marks"]?.elements }) == [[], [.string("points_debt")]])
        #expect(points(till) == 0)
        let quote = other.request(
            "QUOTE", #"{"customer_id":"c-1","lines":[{"sku":"A","quantity":1,"price":100000}],"spend":30}"#)
        #expect(quote.ok?["points"]?["spendable"]?.integer == 0)
        #expect(try world.journal.read { try $0.audit(at: VirtualClock.beginning) }.findings == [])
    }

    @Test("a balance spent twice by two tills at once: the second is refused before anybody has paid")
    func heldTwice() throws {
        let shop = try Shop()
        try shop.enrol()
        try shop.sell()
        let tills = [try shop.till("T01"), try shop.till("T02")]
        for till in tills { till.send(#"HOLD h1 {"shift":1,"number":"9","customer_id":"c-1","points":30}"#) }
        let answers = tills.map { $0.answer(to: "h1") }
        #expect(answers[0].ok?["available"]?.integer == 0)
        #expect(answers[1].error?["reason"]?.text == "more than available")
        #expect(answers[1].error?["available"]?.integer == 0)
        // What the second till may quote now is nothing, and the first one's sale owes nothing.
        #expect(try shop.quote(spending: 30)?["points"]?["spendable"]?.integer == 0)
        let sale = try shop.sell(200_000, spending: 30, number: "9")
        #expect(sale.marks == [])
        #expect(sale.points("debt") == 0)
        #expect(try shop.sell(200_000, till: "T02", number: "9").marks == [])
        try shop.audit()
    }

    @Test("points doubled by an offline retry, spent and earned, with a hold and a crash in between")
    func doubledWithHold() throws {
        let camera = CrashCamera()
        let world = try TestWorld(hooks: camera.hooks)
        let before = Shop(world)
        try before.enrol()
        try before.sell()
        let hold = try #require(try before.hold(30, for: "9").ok?["hold"]?.text)
        let sale = ReceiptText(
            number: "9", customer: "c-1", lines: [Shop.line(200_000, spending: 30)], more: #","hold":"\#(hold)""#
        ).json
        camera.arm(.afterCommit, commitsBefore: 0, folder: world.folderPath)
        try before.till().send("SALE lost \(sale)")
        try world.settle()
        // The disk has it, and the till was never told.
        let after = try Shop(TestWorld(folder: camera.take(folder: world.folderPath)))
        for _ in 0..<3 {
            let answer = try after.till().request("SALE", sale)
            #expect(answer.marks == [])
            #expect(answer.points("spent") == 30)
            #expect(answer.points("balance") == 59)
        }
        #expect(try after.points() == Balance(59))
        try after.audit()
    }

    @Test("an expired balance that lives 27 years")
    func expiredBalance() throws {
        let shop = try Shop(with: #", "expiry_days": 365"#)
        try shop.enrol()
        try shop.sell(1_000_000, number: "1")
        shop.pass(days: 366)
        // Nobody has looked, nothing was written: it is over all the same.
        #expect(try shop.points() == Balance())
        #expect(try shop.quote(spending: 300)?["points"]?["spendable"]?.integer == 0)
        #expect(try shop.hold(1, for: "9").error?["available"]?.integer == 0)
        #expect(try shop.sell(10_000, spending: 1).marks == ["points_debt"])
        for _ in 0..<27 {
            shop.pass(days: 365)
            try shop.restart()
            #expect(try shop.points().available <= 2)
        }
        // What comes back into a lot that is over does not live for ever either.
        #expect(try shop.giveBack(of: "S1/T01/1/1").points("earned") == -300)
        shop.pass(days: 400)
        try shop.bookTime()
        let report = try shop.world.journal.read { try $0.audit(at: shop.world.clock.now()) }
        #expect(report.findings == [])
        #expect(report.pointsLiability == 0)
    }

    @Test("a refund that keeps the earned points, or charges the spent ones again")
    func refund() throws {
        let (_, till) = try shop()
        _ = till.request("SALE", ReceiptText(customer: "c-1").json)
        let spending = ReceiptText.Line(
            price: 100_000, amount: 97_000, more: #","discounts":[{"origin":"points","amount":3000}]"#)
        _ = till.request("SALE", ReceiptText(number: "2", customer: "c-1", lines: [spending]).json)
        #expect(points(till) == 29)
        let refund = till.request(
            "RETURN", ReceiptText(number: "3", lines: [spending], more: #","original":"S1/T01/1/2""#).json)
        #expect(refund.ok?["points"]?["earned"]?.integer == -29)
        #expect(refund.ok?["points"]?["spent"]?.integer == -30)
        #expect(points(till) == 30)
    }

    @Test("orders duplicated after a reconnect")
    func duplicatedOrders() throws {
        let (world, till) = try shop()
        let website = try world.greeted(.website, "S1", "WEB1")
        website.send("ORDER_PUSH o1 \(PushText().json)")
        website.vanish()
        try world.restart()
        let again = try world.greeted(.website, "S1", "WEB1")
        #expect(again.request("ORDER_PUSH", PushText().json).ok?["number"]?.integer == 1)
        till.vanish()
        let back = try world.till()
        #expect(back.request("ORDER_LIST").ok?["orders"]?.elements?.count == 1)
        try world.settle()
        #expect(Set(back.events.map { $0.body["order"]?.text }).count == 1)
    }

    @Test("a paid order gone back to draft")
    func paidOrder() throws {
        let (world, till) = try shop()
        let website = try world.greeted(.website, "S1", "WEB1")
        let others = [till, try world.till("T02"), try world.greeted(.app, "S1", "APP1")]
        _ = website.request("ORDER_PUSH", PushText().json)
        for verb in ["ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM"] { _ = till.request(verb, PushText().reference) }
        let sale = till.request("SALE", ReceiptText(more: #","order":"1001","source":"WEB1""#).json)
        #expect(sale.ok?["marks"]?.elements == [])
        let verbs = ["ACK", "ACCEPT", "REJECT", "READY", "CLAIM", "RELEASE", "CANCEL"]
        for client in others {
            for verb in verbs {
                _ = client.request("ORDER_\(verb)", #"{"source":"WEB1","order":"1001","reason":"draft"}"#)
            }
        }
        _ = website.request("ORDER_CANCEL", #"{"order":"1001"}"#)
        _ = website.request("ORDER_PUSH", PushText().json)
        _ = website.request("ORDER_PUSH", PushText(prepaid: true).json)
        let order = till.request("ORDER_GET", PushText().reference).ok
        #expect(order?["state"]?.text == "paid")
        #expect(order?["number"]?.integer == 5)
    }

    @Test("nobody at the till sees what is unsent")
    func unsent() throws {
        let (world, till) = try shop()
        _ = till.request("SALE", ReceiptText().json)
        world.clock.advance(milliseconds: 90_000)
        _ = till.request("SALE", ReceiptText(number: "2").json)
        let backlog = till.request("BACKLOG").ok
        #expect(backlog?["unsent"]?.integer == 2)
        #expect(backlog?["oldest_age_s"]?.integer == 90)
        #expect(backlog?["oldest_at"]?.text == "2026-11-22T09:30:00Z")
        #expect(try world.till("T02").request("BACKLOG").ok?["unsent"]?.integer == 0)
        // The operator sees the enrolment, too.
        #expect(world.localOperator().request("BACKLOG").ok?["unsent"]?.integer == 3)
    }

    @Test("a card that is not preloaded is not found")
    func freshCard() throws {
        let (world, _) = try shop()
        _ = try world.greeted(.website, "S2", "WEB9").request("ENROL", #"{"card":"7000005678","name":"Boris"}"#)
        #expect(try world.till("T07").request("IDENTIFY", #"{"card":"7000005678"}"#).ok?["name"]?.text == "Boris")
    }

    @Test("a one-kopeck rounding difference that the fiscal printer refuses", arguments: UInt64(1)...60)
    func roundingDifference(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed &* 7_919)
        let shop = try Shop(using: &generator)
        for _ in 0..<5 {
            let basket = try Basket(using: &generator)
            let customer = ["c-1", "c-2", nil].randomElement(using: &generator) ?? nil
            let quote = try basket.quote(shop, to: customer, spending: .random(in: 0...3_000, using: &generator))
            let receipt = try basket.receipt(shop, to: customer, as: quote, number: shop.freshNumber())
            var subtotal: Int64 = 0
            for (line, quoted) in zip(basket.lines, try #require(quote["lines"]?.elements)) {
                let gross = try Money(minorUnits: line.price).times(Quantity.parse(decimal: line.quantity)).minorUnits
                let taken = (quoted["taken"]?.elements ?? []).compactMap { $0["amount"]?.integer }
                #expect(gross - taken.reduce(0, +) == quoted["amount"]?.integer, "seed \(seed)")
                #expect((quoted["amount"]?.integer ?? -1) >= 0 && taken.allSatisfy { $0 > 0 }, "seed \(seed)")
                subtotal += gross
            }
            #expect(quote["subtotal"]?.integer == subtotal, "seed \(seed)")
            #expect(receipt.lines.reduce(0) { $0 + $1.amount } == quote["total"]?.integer, "seed \(seed)")
            // The gateway finds nothing to say about the sums of the receipt.
            #expect(try shop.till().request("SALE", receipt.json).marks == [], "seed \(seed)")
        }
        try shop.audit("seed \(seed)")
    }

    @Test("a second tap on ready that notifies the customer twice")
    func secondTap() throws {
        let (world, till) = try shop()
        let website = try world.greeted(.website, "S1", "WEB1")
        let app = try world.greeted(.app, "S1", "APP1")
        _ = website.request("ORDER_PUSH", PushText().json)
        _ = till.request("ORDER_ACCEPT", PushText().reference)
        for client in [till, till, app, till] {
            #expect(client.request("ORDER_READY", PushText().reference).ok?["number"]?.integer == 3)
        }
        try world.settle()
        #expect(website.events.map { $0.body["state"]?.text } == ["accepted", "ready"])
        let told = try world.journal.read { try $0.outbox(limit: 100) }.map(\.id)
        #expect(told.filter { $0 == "WEB1/1001/3" }.count == 1)
    }

    @Test("a queue that throws receipts away when they get old")
    func oldReceipts() throws {
        let (world, till) = try shop()
        for number in 1...300 { _ = till.request("SALE", ReceiptText(number: "\(number)").json) }
        world.clock.advance(milliseconds: 400 * 86_400_000)
        try world.restart()
        #expect(try world.till().request("BACKLOG").ok?["unsent"]?.integer == 300)
        let upstream = ScriptedUpstream()
        try world.restart(adapter: upstream)
        // The enrolment and the receipts.
        #expect(upstream.stored.wait(count: 301))
        #expect(upstream.stored.all.last?.id == "S1/T01/1/300")
    }

    @Test("an order nobody accepted and nobody noticed")
    func unacceptedOrder() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        let tills = try ["T01", "T02"].map { try world.till($0) }
        let app = try world.greeted(.app, "S1", "APP1")
        _ = website.request("ORDER_PUSH", PushText().json)
        _ = tills[0].request("ORDER_ACK", PushText().reference)
        func pass(minutes: Int) throws {
            world.clock.advance(milliseconds: minutes * 60_000)
            world.gateway.passOrderTime()
            try world.settle()
        }
        try pass(minutes: 3)
        for client in tills + [app] { #expect(client.events.contains { $0.event == "order.offered" }) }
        try pass(minutes: 2)
        let alarms = try world.journal.read { try $0.outbox(limit: 100) }.filter { $0.type == "order.alarm" }
        #expect(try alarms.map { try JSONTree($0.body)["reason"]?.text } == ["unaccepted"])
        // It is still there for whoever takes it.
        #expect(tills[1].request("ORDER_ACCEPT", PushText().reference).ok != nil)
    }

    @Test("an order nobody accepted and nobody noticed, because nobody was there")
    func unnoticedOrder() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        _ = website.request("ORDER_PUSH", PushText().json)
        world.clock.advance(milliseconds: 30 * 86_400_000)
        try world.restart()
        #expect(try world.till().events(count: 1).first?.body["order"]?.text == "1001")
    }
}
