import LineProtocol
import Retail
import Testing

@testable import Gateway

/// A shop S1 with a till, an app and a website, some products, and another store S2.
final class StockRoom {
    let world: TestWorld
    let till: TestClient
    let app: TestClient
    let website: TestClient
    private var lastReceipt = 0

    /// How a sale says that it pays the order.
    static let order = #","source":"WEB1","order":"1001""#

    /// Brings KETTLE (10 in S1, 3 in S2) and MUG (5 in S1) in; TEAPOT is in the catalogue, and nobody keeps it.
    init(stores: StoreDirectory = StoreDirectory(), programmes: [String] = [TestProgramme.text]) throws {
        world = try TestWorld(stores: stores, programmes: programmes)
        till = try world.till()
        app = try world.greeted(.app, "S1", "APP1")
        website = try world.greeted(.website, "S1", "WEB1")
        catalogue(
            #"{"sku":"KETTLE","name":"Kettle","price":150000},{"sku":"MUG","name":"Mug","price":30000},"#
                + #"{"sku":"TEAPOT","name":"Teapot"}"#)
        count("KETTLE", "10")
        count("MUG", "5")
        count("KETTLE", "3", store: "S2")
    }

    @discardableResult
    func catalogue(_ rows: String) -> JSONTree? {
        world.localOperator().request("IMPORT_CATALOGUE", #"{"rows":[\#(rows)]}"#).ok
    }

    @discardableResult
    func count(_ sku: String, _ quantity: String, store: String = "S1", at instant: String? = nil) -> JSONTree? {
        let asOf = instant ?? world.clock.now().rfc3339
        return world.localOperator().request(
            "IMPORT_STOCK",
            #"{"rows":[{"store":"\#(store)","sku":"\#(sku)","quantity":\#(quantity),"as_of":"\#(asOf)"}]}"#
        ).ok
    }

    /// What a store has free and set aside, as a till is told: eight of ten are `8+2`.
    func stock(_ sku: String = "KETTLE", of store: String = "S1") -> String? {
        let answer = till.request("STOCK", #"{"sku":"\#(sku)","stores":["\#(store)"]}"#).ok
        guard let entry = answer?["stores"]?.elements?.first, case .number(let free)? = entry["available"],
            case .number(let reserved)? = entry["reserved"]
        else { return nil }
        return "\(free)+\(reserved)"
    }

    @discardableResult
    func push(_ order: String = "1001", prepaid: Bool = false, more: String = "") -> WireLine {
        website.request("ORDER_PUSH", PushText(order: order, prepaid: prepaid, more: more).json)
    }

    /// Takes an order through steps of the till.
    func steps(_ verbs: String..., order: String = "1001") {
        for verb in verbs { #expect(till.request(verb, PushText(order: order).reference).ok != nil, "\(verb)") }
    }

    @discardableResult
    func sell(_ sku: String = "KETTLE", _ quantity: String, more: String = "", kind: String = "SALE") -> WireLine {
        lastReceipt += 1
        let receipt = ReceiptText(
            number: "\(lastReceipt)", lines: [.init(sku: sku, quantity: quantity)], more: more)
        let answer = till.request(kind, receipt.json)
        #expect(answer.ok != nil)
        return answer
    }

    func audit(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let now = world.clock.now()
        let report = try world.journal.read { try $0.audit(at: now) }
        #expect(report.findings == [], sourceLocation: sourceLocation)
    }
}
