import Journal
import LineProtocol
import Retail
import Testing

@testable import Gateway

/// A store with a seller's phone and tills, as tests about the shop floor need it.
final class FloorShop {
    let world: TestWorld
    let app: TestClient
    let till: TestClient

    init(_ world: TestWorld? = nil) throws {
        self.world = try world ?? TestWorld()
        app = try self.world.greeted(.app, "S1", "APP1", hello: #","language":"en""#)
        till = try self.world.till("T01")
    }

    /// A basket's content as an app writes it.
    static func content(_ basket: String, till: String = "T01", more: String = "") -> String {
        #"{"basket":"\#(basket)","till":"\#(till)","lines":[{"sku":"KETTLE","quantity":2,"price":150000}]\#(more)}"#
    }

    /// A basket as a till names it.
    static func reference(_ basket: String, app: String = "APP1", more: String = "") -> String {
        #"{"app":"\#(app)","basket":"\#(basket)"\#(more)}"#
    }

    @discardableResult
    func send(_ basket: String, till: String = "T01", more: String = "") -> WireLine {
        app.request("BASKET_SEND", Self.content(basket, till: till, more: more))
    }

    /// A sale that was made of a basket.
    func sell(_ basket: String, number: String, at till: TestClient? = nil, app: String = "APP1") -> WireLine {
        let receipt = ReceiptText(
            number: number, at: world.clock.now().rfc3339, more: #","basket":"\#(basket)","app":"\#(app)""#)
        return (till ?? self.till).request("SALE", receipt.json)
    }

    /// Where the journal says that a basket is.
    func state(_ basket: String, app: String = "APP1", store: String = "S1") throws -> BasketState? {
        try world.journal.read { try $0.basket(BasketKey(store: store, app: app, basket: basket)) }?.state
    }

    /// Names and states of the events that a client got.
    static func events(_ client: TestClient) -> [String] {
        client.events.map { "\($0.event ?? "") \($0.body["state"]?.text ?? "")" }
    }

    func pass(milliseconds: Int) throws {
        world.clock.advance(milliseconds: milliseconds)
        world.gateway.passOrderTime()
        try world.settle()
    }

    func pass(until moment: String) throws {
        let then = try #require(Instant(rfc3339: moment))
        try pass(milliseconds: Int(then.millisecondsSinceEpoch - world.clock.now().millisecondsSinceEpoch))
    }
}
