import Testing

@testable import Gateway

@Suite("Putting an order together")
struct OrderPickingTests {
    /// A shop whose till has accepted an order of two kettles.
    private func shop() throws -> (TestWorld, till: TestClient, website: TestClient) {
        let world = try TestWorld()
        let till = try world.till()
        let website = try world.greeted(.website, "S1", "WEB1")
        #expect(website.request("ORDER_PUSH", PushText().json).ok != nil)
        #expect(till.request("ORDER_ACCEPT", PushText().reference).ok != nil)
        try world.settle()
        return (world, till, website)
    }

    private func pick(_ client: TestClient, _ lines: String) -> WireLine {
        client.request("ORDER_PICK", #"{"source":"WEB1","order":"1001","person":"Olga","lines":[\#(lines)]}"#)
    }

    private func amend(_ website: TestClient, basedOn: Int, quantity: Int = 1, more: String = "") -> WireLine {
        website.request(
            "ORDER_AMEND",
            #"{"order":"1001","based_on":\#(basedOn),"lines":[{"sku":"KETTLE","name":"Kettle","quantity":\#(quantity),"#
                + #""price":150000,"amount":\#(quantity * 150_000)}],"total":\#(quantity * 150_000)\#(more)}"#)
    }

    @Test("line by line: each report tells the whole so far, and what is open is counted")
    func reports() throws {
        let (world, till, website) = try shop()
        let first = pick(till, #"{"line":1,"picked":1}"#).ok
        #expect(first?["state"]?.text == "picking")
        #expect(first?["open_lines"]?.integer == 1)
        #expect(first?["by"]?["person"]?.text == "Olga")
        let substitute = #"{"sku":"KETTLE-2","name":"Kettle, red","quantity":1,"price":160000}"#
        let second = pick(till, #"{"line":1,"picked":1,"missing":1,"substitute":\#(substitute)}"#).ok
        #expect(second?["open_lines"]?.integer == 0)
        #expect(second?["number"]?.integer == 4)
        try world.settle()
        #expect(website.events.map { $0.body["state"]?.text } == ["accepted", "picking", "picking"])
        let order = website.request("ORDER_GET", #"{"order":"1001"}"#).ok
        #expect(order?["picks"]?.elements?.first?["missing"]?.integer == 1)
        #expect(order?["picks"]?.elements?.first?["substitute"]?["sku"]?.text == "KETTLE-2")
        try world.restart()
        let again = try world.till().request("ORDER_GET", PushText().reference).ok
        #expect(again?["picks"] == order?["picks"])
    }

    @Test("the same report again is answered as before and tells nobody")
    func repeated() throws {
        let (world, till, website) = try shop()
        let first = pick(till, #"{"line":1,"picked":2}"#).ok
        #expect(pick(till, #"{"line":1,"picked":2}"#).ok == first)
        try world.settle()
        #expect(website.events.count == 2)
        #expect(first?["open_lines"]?.integer == 0)
    }

    @Test("a line that the order does not have, or more than it asks for, is refused with the field")
    func refused() throws {
        let (_, till, website) = try shop()
        #expect(pick(till, #"{"line":2,"picked":1}"#).error?["field"]?.text == "lines[0].line")
        #expect(pick(till, #"{"line":1,"picked":2,"missing":0.001}"#).error?["field"]?.text == "lines[0].picked")
        #expect(pick(till, #"{"line":1,"picked":-1}"#).error?["field"]?.text == "lines[0].picked")
        #expect(website.request("ORDER_GET", #"{"order":"1001"}"#).ok?["state"]?.text == "accepted")
        #expect(pick(website, #"{"line":1,"picked":1}"#).code == "forbidden")
        _ = till.request("ORDER_READY", PushText().reference)
        #expect(pick(till, #"{"line":1,"picked":1}"#).code == "bad_state")
    }

    @Test(
        "the website consents by amending: what was picked stays, what was missing is decided, the devices hear of it")
    func consent() throws {
        let (world, till, website) = try shop()
        _ = pick(till, #"{"line":1,"picked":1,"missing":1}"#)
        let before = till.events.count
        let amended = amend(website, basedOn: 3).ok
        #expect(amended?["number"]?.integer == 4)
        #expect(amended?["state"]?.text == "picking")
        // A lost answer: the same again is answered as the first time.
        #expect(amend(website, basedOn: 3).ok == amended)
        try world.settle()
        #expect(till.events.count == before + 1)
        #expect(till.events.last?.event == "order.changed")
        let order = till.request("ORDER_GET", PushText().reference).ok
        #expect(order?["total"]?.integer == 150_000)
        #expect(order?["lines"]?.elements?.first?["quantity"]?.integer == 1)
        #expect(order?["picks"]?.elements?.first?["missing"] == nil)
        #expect(pick(till, #"{"line":1,"picked":1}"#).ok?["open_lines"]?.integer == 0)
    }

    @Test("an amendment of what the website does not know yet is stale, and one of what waits at the till too late")
    func tooLate() throws {
        let (_, till, website) = try shop()
        _ = pick(till, #"{"line":1,"picked":1}"#)
        let stale = amend(website, basedOn: 2)
        #expect(stale.code == "stale")
        #expect(stale.error?["number"]?.integer == 3)
        _ = till.request("ORDER_READY", PushText().reference)
        #expect(amend(website, basedOn: 4).error?["state"]?.text == "ready")
        #expect(website.request("ORDER_GET", #"{"order":"1001"}"#).ok?["total"]?.integer == 300_000)
    }

    @Test("an amendment may move the last day of collection, and the deadline with it")
    func deadline() throws {
        let (world, _, website) = try shop()
        let until = VirtualClock.beginning.adding(milliseconds: 60_000).rfc3339
        #expect(amend(website, basedOn: 2, quantity: 2, more: #","pickup_until":"\#(until)""#).ok != nil)
        world.clock.advance(milliseconds: 60_000)
        world.gateway.passOrderTime()
        try world.settle()
        #expect(website.request("ORDER_GET", #"{"order":"1001"}"#).ok?["state"]?.text == "expired")
    }

    @Test("what was picked of one product is not taken for another that has its number now")
    func otherProduct() throws {
        let (_, till, website) = try shop()
        _ = pick(till, #"{"line":1,"picked":2}"#)
        let amended = website.request(
            "ORDER_AMEND",
            #"{"order":"1001","based_on":3,"lines":[{"sku":"MUG","name":"Mug","quantity":2,"price":100,"amount":200}],"#
                + #""total":200}"#)
        #expect(amended.ok != nil)
        #expect(till.request("ORDER_GET", PushText().reference).ok?["picks"] == nil)
        #expect(pick(till, #"{"line":1,"picked":1}"#).ok?["open_lines"]?.integer == 1)
    }

    @Test("an amendment that is based on a number out of this world is stale, also when it says what is there already")
    func hugeBase() throws {
        let (_, _, website) = try shop()
        #expect(amend(website, basedOn: 2).ok != nil)
        #expect(amend(website, basedOn: .max).code == "stale")
        #expect(amend(website, basedOn: .max, quantity: 2).code == "stale")
    }

    @Test("an order that has been claimed and released a thousand times is claimed no more, and ends all the same")
    func endless() throws {
        let (world, till, website) = try shop()
        _ = till.request("ORDER_READY", PushText().reference)
        var claims = 0
        while till.request("ORDER_CLAIM", PushText().reference).ok != nil {
            claims += 1
            _ = till.request("ORDER_RELEASE", PushText().reference)
        }
        #expect(claims == 499)
        let refused = till.request("ORDER_CLAIM", PushText().reference)
        #expect(refused.code == "limit")
        #expect(refused.error?["limit"]?.integer == 1_000)
        #expect(website.request("ORDER_CANCEL", #"{"order":"1001"}"#).ok != nil)
        #expect(till.request("ORDER_CANCEL", PushText().reference).ok?["state"]?.text == "cancelled")
        try world.settle()
    }
}
