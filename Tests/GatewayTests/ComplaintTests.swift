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

    @Test("a one-kopeck rounding difference that the fiscal printer refuses", arguments: UInt64(1)...30)
    func roundingDifference(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let (_, till) = try shop()
        _ = till.request("SALE", ReceiptText(customer: "c-1", lines: [.init(price: 9_000_000, amount: 9_000_000)]).json)
        var basket: [(quantity: String, price: Int64, discount: Int64)] = []
        for _ in 0..<Int.random(in: 1...15, using: &generator) {
            let price = Int64.random(in: 1...99_999, using: &generator)
            let quantity = Quantity(thousandths: .random(in: 1...4_999, using: &generator))
            let gross = try Money(minorUnits: price).times(quantity).minorUnits
            basket.append((quantity.decimalText, price, .random(in: 0...gross, using: &generator)))
        }
        let asked = basket.map {
            #"{"sku":"A","quantity":\#($0.quantity),"price":\#($0.price),"discount":\#($0.discount)}"#
        }
        let spend = Int.random(in: 0...3_000, using: &generator)
        let quote = try #require(
            till.request(
                "QUOTE", #"{"customer_id":"c-1","lines":[\#(asked.joined(separator: ","))],"spend":\#(spend)}"#
            ).ok, "seed \(seed)")
        let lines = try zip(basket, try #require(quote["lines"]?.elements)).map { item, line in
            let taken = (line["taken"]?.elements ?? []).map { taken in
                #"{"origin":"\#(taken["origin"]?.text ?? "")","amount":\#(taken["amount"]?.integer ?? 0)}"#
            }
            return ReceiptText.Line(
                sku: "A", quantity: item.quantity, price: item.price, amount: try #require(line["amount"]?.integer),
                more: #","discounts":[\#(taken.joined(separator: ","))]"#)
        }
        #expect(lines.reduce(0) { $0 + $1.amount } == quote["total"]?.integer, "seed \(seed)")
        let id = try #require(quote["quote"]?.text)
        let sale = till.request(
            "SALE", ReceiptText(number: "2", customer: "c-1", lines: lines, more: #","quote":"\#(id)""#).json)
        #expect(sale.ok?["marks"]?.elements == [], "seed \(seed)")
        #expect(sale.ok?["points"]?["earned"] == quote["points"]?["earned"], "seed \(seed)")
        #expect(sale.ok?["points"]?["spent"] == quote["points"]?["spent"], "seed \(seed)")
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

    @Test("an order that nobody was there for and nobody noticed")
    func unnoticedOrder() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        _ = website.request("ORDER_PUSH", PushText().json)
        world.clock.advance(milliseconds: 30 * 86_400_000)
        try world.restart()
        #expect(try world.till().events(count: 1).first?.body["order"]?.text == "1001")
    }
}
