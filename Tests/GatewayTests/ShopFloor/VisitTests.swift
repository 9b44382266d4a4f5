import Journal
import LineProtocol
import Retail
import Testing

@testable import Gateway

@Suite("Visits without a sale")
struct VisitTests {
    private func visit(_ id: String, reason: String = "no_size", more: String = "") -> String {
        #"{"visit":"\#(id)","reason":"\#(reason)","at":"2026-11-22T09:30:00Z"\#(more)}"#
    }

    private func events(_ world: TestWorld) throws -> [OutboxEntry] {
        try world.journal.read { try $0.outbox(limit: 100) }.filter { $0.type == "visit" }
    }

    @Test("go upstream once, with the store, the app and the customer's own number there")
    func upstream() throws {
        let shop = try FloorShop()
        #expect(shop.till.request("ENROL", #"{"phone":"+79161234567","external":"K-7"}"#).ok != nil)
        let more = #","customer_id":"c-1","skus":["SHOE-41"],"person":"Olga","note":"comes again""#
        let first = shop.app.request("VISIT", visit("v1", more: more))
        #expect(first.ok?["visit"]?.text == "v1")
        shop.world.clock.advance(milliseconds: 60_000)
        #expect(shop.app.request("VISIT", visit("v1", more: more)).ok == first.ok)
        let event = try #require(try events(shop.world).first)
        #expect(try events(shop.world).count == 1)
        #expect(event.id == "S1/APP1/visit/v1")
        #expect(event.stream == "S1/APP1")
        let body = try JSONTree(event.body)
        #expect(
            body.names == [
                "store", "app", "received_at", "customer", "visit", "reason", "at", "customer_id", "skus", "person",
                "note",
            ])
        #expect(body["customer"]?.text == "K-7")
        #expect(body["received_at"] == first.ok?["received_at"])
    }

    @Test(
        "other content under the same id is a conflict; another app's and another store's visit of that id is its own")
    func identity() throws {
        let shop = try FloorShop()
        let first = shop.app.request("VISIT", visit("v1"))
        let other = shop.app.request("VISIT", visit("v1", reason: "price"))
        #expect(other.code == "conflict")
        #expect(other.error?["key"]?.text == "APP1/v1")
        #expect(other.error?["received_at"] == first.ok?["received_at"])
        #expect(try shop.world.greeted(.app, "S1", "APP2").request("VISIT", visit("v1", reason: "price")).ok != nil)
        #expect(try shop.world.greeted(.app, "S2", "APP1").request("VISIT", visit("v1", reason: "price")).ok != nil)
        #expect(try events(shop.world).map(\.id) == ["S1/APP1/visit/v1", "S1/APP2/visit/v1", "S2/APP1/visit/v1"])
        #expect(shop.app.request("VISIT", visit("v2", more: #","customer_id":"c-9""#)).code == "unknown_customer")
        #expect(try events(shop.world).count == 3)
    }

    @Test(
        "the reasons are the store's: apps are told them at HELLO, others are refused; a store without a list takes any"
    )
    func reasons() throws {
        var settings = StoreSettings()
        settings.visitReasons = [
            VisitReason(id: "no_size", text: "Нет размера"), VisitReason(id: "price", text: "Дорого"),
        ]
        let world = try TestWorld(stores: StoreDirectory(named: ["S1": settings]))
        let app = try world.greeted(.app, "S1", "APP1")
        let told = app.lines.first?.ok?["visit_reasons"]?.elements ?? []
        #expect(told.map { $0["id"]?.text } == ["no_size", "price"])
        #expect(told.first?["text"]?.text == "Нет размера")
        #expect(try world.till().lines.first?.ok?["visit_reasons"] == nil)
        #expect(app.request("VISIT", visit("v1", reason: "price")).ok != nil)
        let refused = app.request("VISIT", visit("v2", reason: "weather"))
        #expect(refused.code == "bad_field")
        #expect(refused.error?["field"]?.text == "reason")
        let elsewhere = try world.greeted(.app, "S2", "APP1")
        #expect(elsewhere.lines.first?.ok?["visit_reasons"] == nil)
        #expect(elsewhere.request("VISIT", visit("v2", reason: "weather")).ok != nil)
    }

    @Test("a restart forgets none and repeats none")
    func restart() throws {
        let world = try TestWorld()
        let first = try world.greeted(.app, "S1", "APP1").request("VISIT", visit("v1"))
        try world.restart()
        #expect(try world.greeted(.app, "S1", "APP1").request("VISIT", visit("v1")).ok == first.ok)
        #expect(try events(world).count == 1)
    }
}
