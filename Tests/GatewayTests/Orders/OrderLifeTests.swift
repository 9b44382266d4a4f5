import Retail
import Testing

@testable import Gateway

@Suite("The life of an order")
struct OrderLifeTests {
    /// A website and two tills of its store.
    private struct Shop {
        let world: TestWorld
        let website: TestClient
        let first: TestClient
        let second: TestClient

        init(prepaid: Bool = false) throws {
            world = try TestWorld()
            website = try world.greeted(.website, "S1", "WEB1")
            first = try world.till("T01")
            second = try world.till("T02")
            try #require(website.request("ORDER_PUSH", PushText(prepaid: prepaid).json).ok != nil)
        }

        /// Brings the order to a state by the first till's hand.
        func bring(_ verbs: String...) throws {
            for verb in verbs { try #require(first.request(verb, PushText().reference).ok != nil, "\(verb)") }
        }

        func step(_ till: TestClient, _ verb: String) -> WireLine { till.request(verb, PushText().reference) }

        var state: String? { first.request("ORDER_GET", PushText().reference).ok?["state"]?.text }
    }

    private let sale = ReceiptText(more: #","order":"1001","source":"WEB1""#).json

    @Test("leads through both tills' hands, and the website learns every step in its order")
    func whole() throws {
        let shop = try Shop()
        #expect(shop.step(shop.first, "ORDER_ACK").ok?["state"]?.text == "delivered")
        #expect(shop.step(shop.second, "ORDER_ACCEPT").ok?["state"]?.text == "accepted")
        #expect(shop.step(shop.first, "ORDER_READY").ok?["state"]?.text == "ready")
        #expect(shop.step(shop.second, "ORDER_CLAIM").ok?["state"]?.text == "claimed")
        let paid = shop.second.request("SALE", sale)
        #expect(paid.ok?["marks"]?.elements == [])
        // What is paid any till of the store may hand over.
        #expect(shop.step(shop.first, "ORDER_HANDOVER").ok?["state"]?.text == "handed_over")
        let events = shop.website.events(count: 6)
        #expect(
            events.map { $0.body["state"]?.text } == [
                "delivered", "accepted", "ready", "claimed", "paid", "handed_over",
            ])
        #expect(events.map { $0.body["number"]?.integer } == [2, 3, 4, 5, 6, 7])
        #expect(events.map(\.number) == [1, 2, 3, 4, 5, 6])
        #expect(try shop.world.journal.read { try $0.audit(at: VirtualClock.beginning) }.findings == [])
    }

    @Test("a claim belongs to one till; others are refused with its name")
    func claimed() throws {
        let shop = try Shop()
        try shop.bring("ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM")
        for verb in ["ORDER_CLAIM", "ORDER_RELEASE"] {
            let refused = shop.step(shop.second, verb)
            #expect(refused.code == "claimed", "\(verb)")
            #expect(refused.error?["till"]?.text == "T01")
        }
        let strange = shop.second.request("SALE", sale)
        #expect(strange.ok?["marks"]?.elements == [.string("order_state")])
        #expect(shop.state == "claimed")
        // The claiming till pays all the same.
        #expect(shop.first.request("SALE", sale).ok?["marks"]?.elements == [])
        #expect(shop.state == "paid")
    }

    @Test("a prepaid order is handed over by the claiming till only, without a sale")
    func prepaid() throws {
        let shop = try Shop(prepaid: true)
        try shop.bring("ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM")
        #expect(shop.step(shop.second, "ORDER_HANDOVER").code == "claimed")
        #expect(shop.step(shop.first, "ORDER_HANDOVER").ok?["state"]?.text == "handed_over")
    }

    @Test("a step that was made is answered as it was then, by whomever it is repeated, and nobody is told twice")
    func repetition() throws {
        let shop = try Shop()
        try shop.bring("ORDER_ACK")
        let accepted = shop.step(shop.first, "ORDER_ACCEPT").ok
        try shop.bring("ORDER_READY")
        let told = shop.website.events(count: 3).count
        #expect(shop.step(shop.second, "ORDER_ACCEPT").ok == accepted)
        #expect(shop.step(shop.first, "ORDER_ACCEPT").ok == accepted)
        #expect(shop.step(shop.first, "ORDER_ACK").ok?["number"]?.integer == 2)
        try shop.world.settle()
        #expect(shop.website.events.count == told)
        #expect(shop.step(shop.first, "ORDER_REJECT").code == "missing_field")
        let late = shop.first.request("ORDER_REJECT", #"{"source":"WEB1","order":"1001","reason":"late"}"#)
        #expect(late.code == "bad_state")
        #expect(late.error?["state"]?.text == "ready")
    }

    @Test(
        "a claim that ended by release is not answered as if it still held, and claim and release are each till's own")
    func repeatedClaim() throws {
        let shop = try Shop()
        try shop.bring("ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM")
        #expect(shop.step(shop.first, "ORDER_CLAIM").ok?["number"]?.integer == 4)
        try shop.bring("ORDER_RELEASE")
        #expect(shop.step(shop.first, "ORDER_RELEASE").ok?["number"]?.integer == 5)
        #expect(shop.step(shop.second, "ORDER_RELEASE").code == "bad_state")
        #expect(shop.step(shop.second, "ORDER_CLAIM").ok?["number"]?.integer == 6)
        #expect(shop.step(shop.first, "ORDER_CLAIM").code == "claimed")
        #expect(shop.step(shop.first, "ORDER_RELEASE").code == "claimed")
        #expect(shop.second.request("SALE", sale).ok?["marks"]?.elements == [])
        let over = shop.step(shop.first, "ORDER_CLAIM")
        #expect(over.code == "bad_state")
        #expect(over.error?["state"]?.text == "paid")
        #expect(shop.step(shop.second, "ORDER_CLAIM").ok?["number"]?.integer == 6)
    }

    @Test("a push again with the same content is answered as before, with other content it is a conflict")
    func pushes() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        let first = website.request("ORDER_PUSH", PushText(more: #","gift":"yes""#).json)
        world.clock.advance(milliseconds: 60_000)
        _ = try world.till().request("ORDER_ACCEPT", PushText().reference)
        let spaced = PushText(more: #" , "gift" : "yes" "#).json
        #expect(website.request("ORDER_PUSH", spaced).ok == first.ok)
        for other in [
            PushText().json, PushText(more: #","gift":"no""#).json,
            PushText(prepaid: true, more: #","gift":"yes""#).json,
            PushText(more: #","gift":"yes""#).json.replacing(#""quantity":2"#, with: #""quantity":2.0"#),
        ] {
            let refused = website.request("ORDER_PUSH", other)
            #expect(refused.code == "conflict", "\(other)")
            #expect(refused.error?["key"]?.text == "WEB1/1001")
            #expect(refused.error?["received_at"] == first.ok?["at"])
        }
        let status = website.request("STATUS", #"{"order":"1001"}"#).ok
        #expect(status?["reply"] == first.ok)
        #expect(website.request("ORDER_GET", #"{"order":"1001"}"#).ok?["history"]?.elements?.count == 2)
    }

    @Test("a cancellation tells what it was based on; repeated, it is answered as then whatever it says")
    func cancellation() throws {
        let shop = try Shop()
        try shop.bring("ORDER_ACCEPT", "ORDER_READY")
        let stale = shop.website.request("ORDER_CANCEL", #"{"order":"1001","based_on":2}"#)
        #expect(stale.code == "stale")
        #expect(stale.error?["number"]?.integer == 3)
        #expect(stale.error?["state"]?.text == "ready")
        let asked = shop.website.request("ORDER_CANCEL", #"{"order":"1001","based_on":3,"reason":"too late"}"#)
        #expect(asked.ok?["state"]?.text == "cancel_requested")
        #expect(asked.ok?["reason"]?.text == "too late")
        #expect(shop.website.request("ORDER_CANCEL", #"{"order":"1001","based_on":1}"#).ok == asked.ok)
        #expect(shop.first.request("ORDER_CANCEL", PushText().reference).ok?["state"]?.text == "cancelled")
        #expect(shop.website.request("ORDER_CANCEL", #"{"order":"1001"}"#).ok == asked.ok)
        let late = shop.first.request("ORDER_REJECT", #"{"source":"WEB1","order":"1001","reason":"late"}"#)
        #expect(late.error?["state"]?.text == "cancelled")
    }

    @Test("other stores' and other websites' orders are not found")
    func visibility() throws {
        let shop = try Shop()
        let elsewhere = try shop.world.greeted(.register, "S2", "T01")
        for verb in ["ORDER_GET", "ORDER_ACK", "ORDER_CLAIM"] {
            #expect(shop.step(elsewhere, verb).code == "not_found")
        }
        #expect(elsewhere.request("ORDER_LIST").ok?["orders"]?.elements == [])
        let other = try shop.world.greeted(.website, "S1", "WEB2")
        #expect(other.request("ORDER_GET", #"{"order":"1001"}"#).code == "not_found")
        #expect(other.request("ORDER_CANCEL", #"{"order":"1001"}"#).code == "not_found")
        #expect(elsewhere.request("SALE", sale).ok?["marks"]?.elements == [.string("order_unknown")])
    }

    @Test("lists go page by page until there is no next, and each order comes once")
    func pages() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        let till = try world.till()
        for number in 1...10 { _ = website.request("ORDER_PUSH", PushText(order: "o\(number)").json) }
        for number in [2, 5] { _ = till.request("ORDER_ACCEPT", PushText(order: "o\(number)").reference) }
        for limit in [1, 3, 4, 5, 8, 10, 200] {
            var seen: [String] = []
            var after = ""
            repeat {
                let page = till.request("ORDER_LIST", #"{"state":["new"],"limit":\#(limit)\#(after)}"#).ok
                let orders = page?["orders"]?.elements ?? []
                #expect(!orders.isEmpty && orders.count <= limit)
                seen += orders.compactMap { $0["order"]?.text }
                after = (page?["next"]?.text).map { #","after":"\#($0)""# } ?? ""
            } while !after.isEmpty && seen.count < 20
            #expect(seen == ["o1", "o3", "o4", "o6", "o7", "o8", "o9", "o10"], "\(limit)")
        }
        #expect(till.request("ORDER_LIST", #"{"after":"x"}"#).error?["field"]?.text == "after")
    }
}
