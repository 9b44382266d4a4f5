import Testing

@testable import Gateway

@Suite("A basket whose points are held already")
struct HeldPointsTests {
    private func shop() throws -> (TestWorld, TestClient, hold: String) {
        let world = try TestWorld()
        let till = try world.till()
        _ = till.request("ENROL", #"{"card":"7000001234"}"#)
        _ = till.request("SALE", ReceiptText(customer: "c-1").json)
        let hold = till.request("HOLD", #"{"shift":1,"number":"2","customer_id":"c-1","points":30}"#).ok?["hold"]?.text
        return (world, till, try #require(hold))
    }

    private func spendable(_ till: TestClient, _ more: String) -> Int64? {
        let body = #"{"customer_id":"c-1","lines":[{"sku":"A","quantity":1,"price":100000}],"spend":30\#(more)}"#
        return till.request("QUOTE", body).ok?["points"]?["spent"]?.integer
    }

    @Test("is quoted with them when it names the hold, and without them when it does not")
    func named() throws {
        let (world, till, hold) = try shop()
        #expect(spendable(till, #","hold":"\#(hold)""#) == 30)
        #expect(spendable(till, "") == 0)
        try world.restart()
        let again = try world.till()
        _ = again.request("IDENTIFY", #"{"customer_id":"c-1"}"#)
        #expect(spendable(again, #","hold":"\#(hold)""#) == 30)
    }

    @Test("is quoted without them once the hold has ended, or when it is another customer's")
    func ended() throws {
        let (world, till, hold) = try shop()
        _ = till.request("ENROL", #"{"card":"7000005678"}"#)
        let other =
            #"{"customer_id":"c-2","lines":[{"sku":"A","quantity":1,"price":100000}],"spend":30,"hold":"\#(hold)"}"#
        #expect(till.request("QUOTE", other).ok?["points"]?["spent"]?.integer == 0)
        #expect(spendable(till, #","hold":"h-0""#) == 0)
        _ = till.request("RELEASE", #"{"shift":1,"number":"2"}"#)
        // Free again: the customer has them, not the hold.
        #expect(spendable(till, #","hold":"\#(hold)""#) == 30)
        _ = till.request("HOLD", #"{"shift":1,"number":"2","customer_id":"c-1","points":20}"#)
        world.clock.advance(milliseconds: 15 * 60_000)
        #expect(spendable(till, #","hold":"\#(hold)""#) == 30)
    }
}
