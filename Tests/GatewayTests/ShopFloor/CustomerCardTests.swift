import Journal
import LineProtocol
import Retail
import Testing

@testable import Gateway

@Suite("The customer's card")
struct CustomerCardTests {
    private func card(_ client: TestClient, _ customer: String = "c-1") throws -> JSONTree {
        try #require(client.request("CUSTOMER", #"{"customer_id":"\#(customer)"}"#).ok)
    }

    private func app(_ shop: Shop, _ language: String = "en") throws -> TestClient {
        try shop.world.greeted(.app, "S1", "APP7", hello: #","language":"\#(language)""#)
    }

    private func note(_ id: String, _ text: String, _ customer: String = "c-1") -> String {
        #"{"note":"\#(id)","customer_id":"\#(customer)","text":"\#(text)","person":"Olga"}"#
    }

    @Test("says what IDENTIFY says, to apps and tills; an unknown customer has none")
    func identity() throws {
        let shop = try Shop()
        try shop.enrol("7000001234", #","phone":"+79161234567","name":"Anna","consents":["sms"]"#)
        try shop.sell()
        let identity = try #require(try shop.identify())
        let app = try app(shop)
        for client in [app, try shop.till()] {
            let card = try card(client)
            for name in identity.names { #expect(card[name] == identity[name], "\(name)") }
            #expect(card["rating"] == .null)
        }
        let unknown = app.request("CUSTOMER", #"{"customer_id":"c-9"}"#)
        #expect(unknown.code == "unknown_customer")
        #expect(unknown.error?["field"]?.text == "customer_id")
    }

    @Test("the last twenty purchases and returns, the newest first, with what was paid for each thing")
    func purchases() throws {
        let shop = try Shop()
        try shop.enrol()
        let app = try app(shop)
        for number in 1...22 {
            shop.pass(minutes: 1)
            try shop.sell(Int64(number) * 1_000, number: "\(number)")
        }
        try shop.giveBack(of: "S1/T01/1/22", paid: 22_000)
        try shop.sell(5_000, to: nil)
        let purchases = try card(app)["purchases"]?.elements ?? []
        #expect(purchases.count == ProtocolLimits.cardPurchases)
        #expect(purchases.prefix(2).map { $0["kind"]?.text } == ["return", "sale"])
        let sales = purchases.filter { $0["kind"]?.text == "sale" }
        #expect(sales.first?["key"]?.text == "S1/T01/1/22")
        #expect(sales.last?["key"]?.text == "S1/T01/1/4")
        #expect(sales.first?["lines"]?[0]?["amount"]?.integer == 22_000)
        #expect(sales.first?["more_lines"] == nil)
        // What has just been answered is on the card.
        try shop.sell(7_000, number: "now")
        #expect(try card(app)["purchases"]?[0]?["key"]?.text == "S1/T01/1/now")
    }

    @Test("a receipt that waited at its till stands where it was made, and a long one is cut with the rest counted")
    func lateAndLong() throws {
        let shop = try Shop()
        try shop.enrol()
        try shop.sell(number: "1")
        let earlier = shop.world.clock.now().adding(milliseconds: -3_600_000).rfc3339
        let lines = Array(repeating: ReceiptText.Line(price: 100, amount: 100), count: 60)
        let receipt = ReceiptText(number: "2", at: earlier, customer: "c-1", lines: lines)
        #expect(try shop.till().request("SALE", receipt.json).ok != nil)
        let purchases = try card(try app(shop))["purchases"]?.elements ?? []
        #expect(purchases.map { $0["key"]?.text } == ["S1/T01/1/1", "S1/T01/1/2"])
        #expect(purchases.last?["lines"]?.elements?.count == ProtocolLimits.cardPurchaseLines)
        #expect(purchases.last?["more_lines"]?.integer == 10)
    }

    @Test("after a merge it has purchases, orders and notes of both, under either id, also of merges of merges")
    func merged() throws {
        let shop = try Shop()
        for (number, card) in ["7000000001", "7000000002", "7000000003"].enumerated() {
            try shop.enrol(card, #","phone":"+7916123456\#(number)""#)
        }
        let app = try app(shop)
        for number in 1...3 {
            shop.pass(minutes: 1)
            try shop.sell(to: "c-\(number)", number: "\(number)")
            #expect(app.request("NOTE_ADD", note("n\(number)", "note \(number)", "c-\(number)")).ok != nil)
            let push = PushText(order: "\(number)", more: #","customer":{"customer_id":"c-\#(number)"}"#)
            #expect(try shop.website().request("ORDER_PUSH", push.json).ok != nil)
        }
        #expect(shop.operation.request("CUSTOMER_MERGE", #"{"customer_id":"c-1","into":"c-2"}"#).ok != nil)
        #expect(shop.operation.request("CUSTOMER_MERGE", #"{"customer_id":"c-2","into":"c-3"}"#).ok != nil)
        for id in ["c-1", "c-2", "c-3"] {
            let card = try card(app, id)
            #expect(card["customer_id"]?.text == "c-3")
            #expect(card["purchases"]?.elements?.map { $0["key"]?.text } == ["S1/T01/1/3", "S1/T01/1/2", "S1/T01/1/1"])
            #expect(card["notes"]?.elements?.map { $0["text"]?.text } == ["note 3", "note 2", "note 1"])
            #expect(card["orders"]?.elements?.map { $0["order"]?.text } == ["1", "2", "3"])
        }
    }

    @Test(
        "open orders of this store, by customer id or by any form of the phone; others', closed and other stores' are not"
    )
    func orders() throws {
        let shop = try Shop()
        try shop.enrol("7000001234", #","phone":"+79161234567""#)
        try shop.enrol("7000009999", #","phone":"+79160000000""#)
        let chain = try shop.world.greeted(.website, "*", "WEB2")
        func push(_ order: String, _ customer: String, store: String = "S1") {
            let text = PushText(order: order, store: store, more: #","customer":{\#(customer)}"#)
            #expect(chain.request("ORDER_PUSH", text.json).ok != nil)
        }
        push("id", #""customer_id":"c-1""#)
        push("phone", #""name":"Anna","phone":"8 (916) 123-45-67""#)
        push("both", #""customer_id":"c-1","phone":"+7 916 123 45 67""#)
        push("other", #""phone":"+79160000000""#)
        push("strange", #""phone":"call the office""#)
        push("gone", #""customer_id":"c-1""#)
        push("elsewhere", #""customer_id":"c-1""#, store: "S2")
        #expect(chain.request("ORDER_CANCEL", #"{"order":"gone"}"#).ok != nil)
        let app = try app(shop)
        func orders() throws -> [String?] { try card(app)["orders"]?.elements?.map { $0["order"]?.text } ?? [] }
        #expect(try orders() == ["id", "phone", "both"])
        // The website corrects whose it is.
        let amend =
            #"{"order":"both","based_on":1,"lines":[{"line":1,"sku":"KETTLE","name":"Kettle","quantity":2,"#
            + #""price":150000,"amount":300000}],"total":300000,"customer":{"customer_id":"c-2"}}"#
        #expect(chain.request("ORDER_AMEND", amend).ok != nil)
        #expect(try orders() == ["id", "phone"])
        let elsewhere = try shop.world.greeted(.app, "S2", "APP1")
        #expect(try card(elsewhere)["orders"]?.elements?.map { $0["order"]?.text } == ["elsewhere"])
    }

    @Test(
        "points that burn within thirty days, by day; those that never burn, burn later or are not active are not told")
    func burning() throws {
        let shop = try Shop(with: #", "expiry_days": 40, "activation_days": 2"#)
        try shop.enrol()
        try shop.sell(100_000)
        shop.pass(days: 5)
        try shop.sell(200_000)
        let app = try app(shop)
        #expect(try card(app)["burning"]?.elements?.isEmpty == true)
        shop.pass(days: 10)
        let burning = try card(app)["burning"]?.elements ?? []
        let next = try shop.identify()?["points"]?["expiring"]
        #expect(burning.first == next)
        #expect(burning.first?["points"]?.integer == 30)
        shop.pass(days: 5)
        #expect(try card(app)["burning"]?.elements?.map { $0["points"]?.integer } == [30, 60])
    }

    @Test("notes are kept with who wrote them and where, for every store; the same note again changes nothing")
    func notes() throws {
        let shop = try Shop()
        try shop.enrol()
        let app = try app(shop)
        let first = app.request("NOTE_ADD", note("n1", "size 41"))
        shop.pass(minutes: 5)
        #expect(app.request("NOTE_ADD", note("n1", "size 41")).ok == first.ok)
        let other = app.request("NOTE_ADD", note("n1", "size 42"))
        #expect(other.code == "conflict")
        #expect(other.error?["key"]?.text == "APP7/n1")
        #expect(app.request("NOTE_ADD", note("n2", "x", "c-9")).code == "unknown_customer")
        let elsewhere = try shop.world.greeted(.app, "S2", "APP7")
        #expect(elsewhere.request("NOTE_ADD", note("n1", "likes brass")).ok != nil)
        let notes = try card(app)["notes"]?.elements ?? []
        #expect(notes.map { $0["text"]?.text } == ["likes brass", "size 41"])
        #expect(notes.map { $0["store"]?.text } == ["S2", "S1"])
        #expect(notes.last?["person"]?.text == "Olga")
        #expect(notes.last?["at"] == first.ok?["received_at"])
        #expect(try shop.till().request("NOTE_ADD", note("n3", "x")).code == "forbidden")
    }

    @Test("so many notes are kept and shown; the oldest give way")
    func manyNotes() throws {
        let shop = try Shop()
        try shop.enrol()
        let app = try app(shop)
        for number in 1...(ProtocolLimits.customerNotes + 5) {
            _ = app.request("NOTE_ADD", note("n\(number)", "\(number)"))
        }
        let notes = try card(app)["notes"]?.elements ?? []
        #expect(notes.count == ProtocolLimits.cardNotes)
        #expect(notes.first?["text"]?.text == "\(ProtocolLimits.customerNotes + 5)")
        let kept = try shop.world.journal.read { view in
            try view.notes(of: CustomerID(number: 1), limit: 1_000).count
        }
        #expect(kept == ProtocolLimits.customerNotes)
    }

    @Test("the next step follows what is known, in the language of the session")
    func nextStep() throws {
        let shop = try Shop()
        try shop.enrol("7000001234", #","birthday":"1990-11-25""#)
        let english = try app(shop)
        let birthday = try card(english)["next_step"]
        #expect(birthday?["id"]?.text == "birthday")
        #expect(birthday?["text"]?.text?.contains("2026-11-25") == true)
        let push = PushText(more: #","customer":{"customer_id":"c-1"}"#)
        #expect(try shop.website().request("ORDER_PUSH", push.json).ok != nil)
        #expect(try card(english)["next_step"]?["id"]?.text == "finish_order")
        let till = try shop.till()
        for verb in ["ORDER_ACCEPT", "ORDER_READY"] { #expect(till.request(verb, push.reference).ok != nil) }
        let ready = try card(english)["next_step"]
        #expect(ready?["id"]?.text == "hand_over")
        #expect(ready?["order"]?["order"]?.text == "1001")
        let russian = try card(try app(shop, "ru"))["next_step"]?["text"]?.text ?? ""
        #expect(russian.contains("Заказ 1001 готов"))
        #expect(try card(try shop.world.greeted(.app, "S2", "APP1"))["next_step"]?["id"]?.text == "birthday")
    }

    @Test("a card with long purchases and orders stays below a line's length: the last of them are left out")
    func long() throws {
        let shop = try Shop()
        try shop.enrol()
        let name = String(repeating: "😀", count: ProtocolLimits.nameCharacters)
        let line = #"{"sku":"A","name":"\#(name)","quantity":1,"price":100,"amount":100}"#
        func lines(_ count: Int) -> String { Array(repeating: line, count: count).joined(separator: ",") }
        let website = try shop.website()
        for order in 1...3 {
            let push =
                #"{"order":"\#(order)","store":"S1","lines":[\#(lines(400))],"total":40000,"#
                + #""prepaid":true,"customer":{"customer_id":"c-1"}}"#
            #expect(website.request("ORDER_PUSH", push).ok != nil)
        }
        for number in 1...ProtocolLimits.cardPurchases {
            let sale =
                #"{"shift":1,"number":"\#(number)","at":"2026-11-22T09:30:00Z","customer_id":"c-1","#
                + #""lines":[\#(lines(50))],"payments":[{"kind":"card","amount":5000}],"total":5000}"#
            #expect(try shop.till().request("SALE", sale).ok != nil)
        }
        let app = try app(shop)
        let card = try card(app)
        #expect((app.received.last?.count ?? .max) < ProtocolLimits.lineBytes)
        #expect(card["orders"]?.elements?.map { $0["order"]?.text } == ["1"])
        let purchases = card["purchases"]?.elements ?? []
        #expect((1..<ProtocolLimits.cardPurchases).contains(purchases.count))
        #expect(purchases.first?["key"]?.text == "S1/T01/1/\(ProtocolLimits.cardPurchases)")
    }
}
