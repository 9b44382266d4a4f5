import Journal
import Retail
import Testing

@testable import Gateway

@Suite("What a store has promised for an order")
struct OrderPromiseTests {
    /// A till, an app and a website of one store, and an order that was pushed.
    private struct Shop {
        let world: TestWorld
        let till: TestClient
        let app: TestClient
        let website: TestClient

        init(prepaid: Bool = false) throws {
            world = try TestWorld()
            till = try world.till()
            app = try world.greeted(.app, "S1", "APP1")
            website = try world.greeted(.website, "S1", "WEB1")
            try #require(website.request("ORDER_PUSH", PushText(prepaid: prepaid).json).ok != nil)
            try world.settle()
        }

        func step(_ verbs: String...) throws {
            for verb in verbs { try #require(till.request(verb, PushText().reference).ok != nil, "\(verb)") }
        }

        func pass(minutes: Int) throws {
            // In small steps, as the gateway's own clock does it.
            for _ in 0..<minutes {
                world.clock.advance(milliseconds: 60_000)
                world.gateway.passOrderTime()
                try world.settle()
            }
        }

        func reminders(_ client: TestClient) -> [JSONTree] {
            client.events.filter { $0.event == "order.reminder" }.map(\.body)
        }

        func alarms() throws -> [String] {
            try world.journal.read { try $0.outbox(limit: 500) }.filter { $0.type == "order.alarm" }
                .compactMap { try JSONTree($0.body)["reason"]?.text }
        }

        func service() -> JSONTree? { till.request("ORDER_GET", PushText().reference).ok?["service"] }

        func pick(_ line: String) -> WireLine {
            till.request("ORDER_PICK", #"{"source":"WEB1","order":"1001","lines":[\#(line)]}"#)
        }
    }

    @Test("till and apps are reminded while there is time, and once more when there is none; upstream hears of both")
    func late() throws {
        let shop = try Shop()
        try shop.step("ORDER_ACCEPT")
        try shop.pass(minutes: 44)
        #expect(shop.reminders(shop.till) == [])
        try shop.pass(minutes: 1)
        let due = VirtualClock.beginning.adding(milliseconds: 3_600_000).rfc3339
        for client in [shop.till, shop.app] {
            #expect(shop.reminders(client).map { $0["reason"]?.text } == ["late"])
            #expect(shop.reminders(client).first?["due_at"]?.text == due)
        }
        #expect(shop.service()?["late"]?.bool == false)
        try shop.pass(minutes: 90)
        #expect(shop.reminders(shop.till).count == 2)
        #expect(try shop.alarms() == ["late", "late"])
        #expect(shop.service()?["late"]?.bool == true)
        #expect(shop.reminders(shop.website) == [])
    }

    @Test("an order that is ready in time reminds nobody, and its service tells when it came where")
    func inTime() throws {
        let shop = try Shop()
        try shop.pass(minutes: 1)
        try shop.step("ORDER_ACK", "ORDER_ACCEPT")
        try shop.pass(minutes: 40)
        try shop.step("ORDER_READY")
        try shop.pass(minutes: 200)
        #expect(shop.reminders(shop.app) == [])
        #expect(try shop.alarms() == [])
        func at(_ minutes: Int64) -> String {
            VirtualClock.beginning.adding(milliseconds: minutes * 60_000).rfc3339
        }
        #expect(
            shop.service()
                == .object([
                    "accept_by": .string(at(3)), "ready_by": .string(at(60)), "delivered_at": .string(at(1)),
                    "accepted_at": .string(at(1)), "ready_at": .string(at(41)), "late": .bool(false),
                ]))
    }

    @Test("goods that the website did not agree to are not ready; it is reminded until it does")
    func consent() throws {
        let shop = try Shop()
        try shop.step("ORDER_ACCEPT")
        #expect(shop.pick(#"{"line":1,"picked":1,"missing":1}"#).ok != nil)
        let refused = shop.till.request("ORDER_READY", PushText().reference)
        #expect(refused.code == "bad_state")
        #expect(refused.error?["state"]?.text == "picking")
        try shop.pass(minutes: 9)
        #expect(shop.reminders(shop.website) == [])
        try shop.pass(minutes: 11)
        #expect(shop.reminders(shop.website).map { $0["reason"]?.text } == ["consent", "consent"])
        #expect(shop.reminders(shop.till).count == 2)
        let amended = shop.website.request(
            "ORDER_AMEND",
            #"{"order":"1001","based_on":3,"lines":[{"sku":"KETTLE","name":"Kettle","quantity":1,"price":150000,"#
                + #""amount":150000}],"total":150000}"#)
        #expect(amended.ok != nil)
        try shop.pass(minutes: 20)
        #expect(shop.reminders(shop.website).count == 2)
        try shop.step("ORDER_READY")
    }

    @Test("what is offered instead waits for the website, too, and a report that takes it back does not")
    func substitute() throws {
        let shop = try Shop()
        try shop.step("ORDER_ACCEPT")
        let substitute = #"{"sku":"KETTLE-2","name":"Kettle, red","quantity":1,"price":160000}"#
        _ = shop.pick(#"{"line":1,"picked":1,"substitute":\#(substitute)}"#)
        #expect(shop.till.request("ORDER_READY", PushText().reference).code == "bad_state")
        _ = shop.pick(#"{"line":1,"picked":2}"#)
        try shop.pass(minutes: 15)
        #expect(shop.reminders(shop.website) == [])
        try shop.step("ORDER_READY")
    }

    @Test("a cancellation that nobody confirms is brought up again until somebody does")
    func unconfirmed() throws {
        let shop = try Shop()
        try shop.step("ORDER_ACCEPT", "ORDER_READY")
        #expect(shop.website.request("ORDER_CANCEL", #"{"order":"1001"}"#).ok?["state"]?.text == "cancel_requested")
        try shop.pass(minutes: 7)
        #expect(shop.reminders(shop.app).map { $0["reason"]?.text } == ["cancel", "cancel"])
        #expect(try shop.alarms() == ["cancel", "cancel"])
        try shop.step("ORDER_CANCEL")
        try shop.pass(minutes: 10)
        #expect(shop.reminders(shop.app).count == 2)
    }

    @Test("who cancels while the customer pays comes too late: the claiming till finishes, no other does")
    func tooLate() throws {
        let shop = try Shop()
        try shop.step("ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM")
        #expect(shop.website.request("ORDER_CANCEL", #"{"order":"1001"}"#).ok != nil)
        let sale = ReceiptText(more: #","order":"1001","source":"WEB1""#).json
        let other = try shop.world.till("T02")
        #expect(other.request("SALE", sale).marks == ["order_state"])
        #expect(shop.till.request("SALE", sale).marks == [])
        try shop.step("ORDER_HANDOVER")
        try shop.world.settle()
        #expect(
            shop.website.events.compactMap { $0.body["state"]?.text } == [
                "accepted", "ready", "claimed", "paid", "handed_over",
            ])
        try shop.pass(minutes: 10)
        #expect(try shop.alarms() == [])
    }

    @Test("prepaid goods that left with the customer are handed over, although the website has just cancelled")
    func prepaidTooLate() throws {
        let shop = try Shop(prepaid: true)
        try shop.step("ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM")
        _ = shop.website.request("ORDER_CANCEL", #"{"order":"1001"}"#)
        #expect(try shop.world.till("T02").request("ORDER_HANDOVER", PushText().reference).code == "claimed")
        try shop.step("ORDER_HANDOVER")
    }

    @Test("the operator sees how fast a store is, and which orders can still be saved")
    func report() throws {
        let shop = try Shop()
        for order in ["1002", "1003", "1004"] {
            _ = shop.website.request("ORDER_PUSH", PushText(order: order).json)
        }
        func step(_ order: String, _ verb: String) throws {
            try #require(shop.till.request(verb, PushText(order: order).reference).ok != nil, "\(verb) \(order)")
        }
        try shop.pass(minutes: 1)
        for order in ["1001", "1002"] { try step(order, "ORDER_ACCEPT") }
        try shop.pass(minutes: 9)
        try step("1003", "ORDER_ACCEPT")
        try step("1001", "ORDER_READY")
        try shop.pass(minutes: 60)
        try step("1002", "ORDER_READY")
        _ = shop.website.request("ORDER_CANCEL", #"{"order":"1004"}"#)
        let from = VirtualClock.beginning.rfc3339
        let answer = shop.world.localOperator().request("ORDER_SERVICE", #"{"from":"\#(from)"}"#).ok
        #expect(answer?["orders"]?.integer == 4)
        #expect(answer?["accepted"]?["orders"]?.integer == 3)
        #expect(answer?["accepted"]?["p50_ms"]?.integer == 60_000)
        #expect(answer?["accepted"]?["max_ms"]?.integer == 600_000)
        #expect(answer?["accepted_in_time"]?.integer == 2)
        #expect(answer?["ready"]?["p90_ms"]?.integer == 4_200_000)
        #expect(answer?["ready_in_time"]?.integer == 1)
        #expect(answer?["handed_over"] == .object(["orders": .number("0")]))
        #expect(answer?["late"]?.elements?.map { $0["order"]?.text } == ["1003"])
        let elsewhere = shop.world.localOperator().request(
            "ORDER_SERVICE", #"{"store":"S2","from":"\#(from)"}"#)
        #expect(elsewhere.ok?["orders"]?.integer == 0)
    }
}
