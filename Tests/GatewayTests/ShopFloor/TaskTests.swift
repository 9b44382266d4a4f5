import Journal
import LineProtocol
import Retail
import Testing

@testable import Gateway

@Suite("What the store's people should do next")
struct TaskTests {
    private func tasks(_ client: TestClient, _ body: String = "{}") -> [JSONTree] {
        client.request("TASKS", body).ok?["tasks"]?.elements ?? []
    }

    private func kinds(_ client: TestClient) -> [String?] { tasks(client).map { $0["kind"]?.text } }

    private func push(_ shop: FloorShop, _ order: String, until: Int? = nil, more: String = "") throws {
        let until = until.map { shop.world.clock.now().adding(milliseconds: Int64($0)).rfc3339 }
        let member = until.map { #","pickup_until":"\#($0)""# } ?? ""
        let website = try shop.world.greeted(.website, "S1", "WEB1")
        #expect(website.request("ORDER_PUSH", PushText(order: order, more: member + more).json).ok != nil)
        website.close()
        try shop.world.settle()
    }

    private func bring(_ shop: FloorShop, _ order: String, _ verbs: String...) {
        for verb in verbs { #expect(shop.till.request(verb, PushText(order: order).reference).ok != nil, "\(verb)") }
    }

    @Test("follows each order and basket through its life")
    func life() throws {
        let shop = try FloorShop()
        #expect(kinds(shop.app) == [])
        try push(shop, "1", until: 7_200_000, more: #","customer":{"customer_id":"c-1"}"#)
        let accept = try #require(tasks(shop.app).first)
        #expect(accept["kind"]?.text == "order_accept")
        #expect(accept["order"]?["source"]?.text == "WEB1")
        #expect(accept["customer_id"]?.text == "c-1")
        #expect(accept["due_at"]?.text == shop.world.clock.now().adding(milliseconds: 180_000).rfc3339)
        bring(shop, "1", "ORDER_ACK")
        // Still to be accepted by a person: the same task.
        #expect(tasks(shop.app).first == accept)
        bring(shop, "1", "ORDER_ACCEPT")
        #expect(kinds(shop.app) == ["order_ready"])
        // The store promises that goods wait within an hour.
        let promised = shop.world.clock.now().adding(milliseconds: 3_600_000).rfc3339
        #expect(tasks(shop.app).first?["due_at"]?.text == promised)
        bring(shop, "1", "ORDER_READY")
        #expect(kinds(shop.app) == ["order_collect"])
        bring(shop, "1", "ORDER_CLAIM")
        #expect(kinds(shop.app) == [])
        bring(shop, "1", "ORDER_RELEASE")
        let website = try shop.world.greeted(.website, "S1", "WEB1")
        #expect(website.request("ORDER_CANCEL", #"{"order":"1"}"#).ok != nil)
        #expect(kinds(shop.app) == ["cancel_confirm"])
        bring(shop, "1", "ORDER_CANCEL")
        #expect(kinds(shop.app) == [])
        shop.send("b1")
        let basket = try #require(tasks(shop.app).first)
        #expect(basket["kind"]?.text == "basket_open")
        #expect(basket["basket"]?["till"]?.text == "T01")
        #expect(basket["basket"]?["app"]?.text == "APP1")
        #expect(shop.till.request("BASKET_OPEN", FloorShop.reference("b1")).ok != nil)
        #expect(kinds(shop.app) == [])
    }

    @Test("the most urgent first, by what was promised; a ready order only when it expires within a day")
    func urgency() throws {
        let shop = try FloorShop()
        for (order, until) in [("late", 90_000_000), ("soon", 1_800_000), ("never", nil)] {
            try push(shop, order, until: until)
            bring(shop, order, "ORDER_ACCEPT")
        }
        try push(shop, "new")
        let ready = tasks(shop.app).map { $0["order"]?["order"]?.text }
        #expect(ready == ["new", "soon", "late", "never"])
        #expect(tasks(shop.app)[2]["due_at"] == tasks(shop.app).last?["due_at"])
        for order in ["late", "soon", "never"] { bring(shop, order, "ORDER_READY") }
        #expect(tasks(shop.app).map { $0["order"]?["order"]?.text } == ["new", "soon"])
        shop.world.clock.advance(milliseconds: 3_600_000)
        #expect(tasks(shop.app).map { $0["order"]?["order"]?.text } == ["new", "soon", "late"])
    }

    @Test("page by page they are all there once, also when something is done in between")
    func pages() throws {
        let shop = try FloorShop()
        for number in 1...7 {
            try push(shop, "o\(number)")
            shop.world.clock.advance(milliseconds: 1_000)
        }
        let first = try #require(shop.app.request("TASKS", #"{"limit":3}"#).ok)
        #expect(first["tasks"]?.elements?.map { $0["order"]?["order"]?.text } == ["o1", "o2", "o3"])
        bring(shop, "o2", "ORDER_ACCEPT")
        let next = try #require(first["next"]?.text)
        let second = try #require(shop.app.request("TASKS", #"{"limit":3,"after":"\#(next)"}"#).ok)
        #expect(second["tasks"]?.elements?.map { $0["order"]?["order"]?.text } == ["o4", "o5", "o6"])
        let last = try #require(second["next"]?.text)
        let third = try #require(shop.app.request("TASKS", #"{"limit":3,"after":"\#(last)"}"#).ok)
        #expect(third["tasks"]?.elements?.map { $0["order"]?["order"]?.text } == ["o7", "o2"])
        #expect(third["next"] == .null)
        for cursor in ["", "x", "1.2", "1.9.3", "1.2.3.4", "-"] {
            #expect(shop.app.request("TASKS", #"{"after":"\#(cursor)"}"#).code == "bad_field", "\(cursor)")
        }
    }

    @Test("are the store's own: another store's app sees none and is told nothing")
    func otherStores() throws {
        let shop = try FloorShop()
        let stranger = try shop.world.greeted(.app, "S2", "APP1")
        #expect(kinds(stranger) == [])
        try push(shop, "1")
        shop.send("b1")
        #expect(kinds(shop.app) == ["order_accept", "basket_open"])
        #expect(kinds(stranger) == [])
        try shop.pass(milliseconds: 5_000)
        #expect(stranger.events.isEmpty)
    }

    @Test(
        "an app that has asked is told when they change, with how many there are of each kind; one that has not is not")
    func told() throws {
        let shop = try FloorShop()
        let quiet = try shop.world.greeted(.app, "S1", "APP2")
        #expect(kinds(shop.app) == [])
        shop.send("b1")
        let changed = try #require(changes(shop.app, count: 1).first)
        #expect(changed.number == 0)
        #expect(changed.body == (try JSONTree(#"{"total":1,"counts":{"basket_open":1}}"#.utf8)))
        #expect(quiet.events.isEmpty)
        // It is not kept: who comes back asks.
        shop.app.vanish()
        #expect(changes(try shop.world.greeted(.app, "S1", "APP1")).isEmpty)
    }

    @Test("at most once a second: what happens in between is told together")
    func coalesced() throws {
        let shop = try FloorShop()
        #expect(kinds(shop.app) == [])
        shop.send("b1")
        #expect(changes(shop.app, count: 1).count == 1)
        for number in 2...9 { shop.send("b\(number)") }
        shop.world.clock.advance(milliseconds: 999)
        shop.world.gateway.passOrderTime()
        // A question behind it in the same queue: the look has been.
        _ = try shop.world.greeted(.app, "S1", "APP3").request("TASKS")
        try shop.world.settle()
        #expect(changes(shop.app).count == 1)
        shop.world.clock.advance(milliseconds: 1)
        shop.world.gateway.passOrderTime()
        let second = try #require(changes(shop.app, count: 2).last)
        #expect(second.body["total"]?.integer == 9)
        try shop.pass(milliseconds: 5_000)
        _ = try shop.world.greeted(.app, "S1", "APP3").request("TASKS")
        try shop.world.settle()
        #expect(changes(shop.app).count == 2)
    }

    @Test("time alone changes them, too: an order that comes to expire within a day is told of")
    func byTime() throws {
        let shop = try FloorShop()
        try push(shop, "1", until: 86_400_000 + 10_000)
        bring(shop, "1", "ORDER_ACCEPT", "ORDER_READY")
        #expect(kinds(shop.app) == [])
        try shop.pass(milliseconds: 9_000)
        try shop.pass(milliseconds: 1_000)
        let changed = try #require(changes(shop.app, count: 1).first)
        #expect(changed.body["counts"]?["order_collect"]?.integer == 1)
    }

    private func changes(_ client: TestClient, count: Int = 0) -> [WireLine] {
        func changed() -> [WireLine] { client.events.filter { $0.event == "tasks.changed" } }
        if count > 0 { _ = client.events(count: client.events.count - changed().count + count) }
        return changed()
    }
}
