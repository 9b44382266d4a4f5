import Retail
import Testing

@testable import Gateway

@Suite("Which till an order goes to")
struct OrderRoutingTests {
    private func push(_ website: TestClient, _ order: String = "1001") {
        #expect(website.request("ORDER_PUSH", PushText(order: order).json).ok != nil)
    }

    private func names(_ client: TestClient) -> [String] {
        client.events.map { "\($0.event ?? "") \($0.body["order"]?.text ?? "")" }
    }

    @Test("the least loaded of those that are connected, every app of the store, and nobody of another store")
    func leastLoaded() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        let tills = try ["T01", "T02", "T03"].map { try world.till($0) }
        let apps = try ["APP1", "APP2"].map { try world.greeted(.app, "S1", $0) }
        let elsewhere = try world.greeted(.register, "S2", "T01")
        for number in 1...6 { push(website, "o\(number)") }
        try world.settle()
        #expect(tills.map { $0.events.count } == [2, 2, 2])
        for app in apps { #expect(names(app) == (1...6).map { "order.offered o\($0)" }) }
        #expect(elsewhere.events.isEmpty)
        #expect(tills.map { $0.events.first?.body["till"]?.text } == ["T01", "T02", "T03"])
    }

    @Test("only tills that take orders, where the store names them")
    func orderTills() throws {
        let stores = StoreDirectory(named: ["S1": StoreSettings(orderTills: ["T02"])])
        let world = try TestWorld(stores: stores)
        let website = try world.greeted(.website, "S1", "WEB1")
        let first = try world.till("T01")
        push(website)
        try world.settle()
        #expect(first.events.isEmpty)
        let second = try world.till("T02")
        #expect(second.events(count: 1).first?.event == "order.offered")
    }

    @Test("an order that nobody was there for is offered to the till that comes")
    func waiting() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        push(website, "o1")
        push(website, "o2")
        #expect(website.request("ORDER_GET", #"{"order":"o1"}"#).ok?["till"] == .null)
        let till = try world.till()
        #expect(till.events(count: 2).map { $0.body["order"]?.text } == ["o1", "o2"])
        #expect(website.request("ORDER_GET", #"{"order":"o1"}"#).ok?["till"]?.text == "T01")
    }

    @Test("a till that leaves before it acknowledged loses the order to the next, and is told when it is back")
    func leaving() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        let first = try world.till("T01")
        push(website)
        #expect(first.events(count: 1).first?.event == "order.offered")
        let second = try world.till("T02")
        try world.settle()
        #expect(second.events.isEmpty)
        first.vanish()
        #expect(second.events(count: 1).first?.event == "order.offered")
        let again = try world.till("T01")
        #expect(again.events(count: 2).map(\.event) == ["order.offered", "order.withdrawn"])
        #expect(again.events.map(\.number) == [1, 2])
        #expect(again.events.last?.body["reason"]?.text == "other_till")
        try world.settle()
        #expect(second.events.count == 1)
    }

    @Test("a till that acknowledged keeps the order when it leaves")
    func acknowledged() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        let first = try world.till("T01")
        let second = try world.till("T02")
        push(website)
        #expect(first.request("ORDER_ACK", PushText().reference).ok != nil)
        first.vanish()
        try world.settle()
        #expect(second.events.isEmpty)
    }

    @Test("where there is no other till the order stays with the one that left, and is not offered twice")
    func noOther() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        let first = try world.till("T01")
        push(website)
        #expect(first.events(count: 1).count == 1)
        first.vanish()
        try world.settle()
        #expect(website.request("ORDER_GET", #"{"order":"1001"}"#).ok?["till"]?.text == "T01")
        let again = try world.till("T01")
        try world.settle()
        // The same event again, under its number.
        #expect(again.events.map(\.event) == ["order.offered"])
        #expect(again.events.map(\.number) == [1])
    }

    @Test("one of a till's two connections may go without the order going, too")
    func twoConnections() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        let first = try world.till("T01")
        let second = try world.till("T02")
        let newer = try world.till("T01")
        push(website)
        #expect(newer.events(count: 1).count == 1)
        #expect(first.events.isEmpty)
        newer.vanish()
        try world.settle()
        #expect(second.events.isEmpty)
    }

    @Test("a till that takes another till's order has it from then on, and the other one is told")
    func taken() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        let first = try world.till("T01")
        let second = try world.till("T02")
        push(website)
        #expect(second.request("ORDER_ACCEPT", PushText().reference).ok != nil)
        try world.settle()
        #expect(names(first) == ["order.offered 1001", "order.withdrawn 1001"])
        #expect(second.request("ORDER_READY", PushText().reference).ok != nil)
        #expect(first.request("ORDER_CLAIM", PushText().reference).ok != nil)
        try world.settle()
        #expect(names(second) == ["order.changed 1001"])
        #expect(website.request("ORDER_GET", #"{"order":"1001"}"#).ok?["till"]?.text == "T01")
    }

    @Test("a cancelled order is withdrawn from everybody who has it")
    func cancelled() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        let till = try world.till("T01")
        let app = try world.greeted(.app, "S1", "APP1")
        push(website)
        _ = website.request("ORDER_CANCEL", #"{"order":"1001"}"#)
        try world.settle()
        for client in [till, app] {
            #expect(names(client) == ["order.offered 1001", "order.withdrawn 1001"])
            #expect(client.events.last?.body["reason"]?.text == "cancelled")
        }
        #expect(website.events.isEmpty)
    }
}
