import LineProtocol
import Retail
import Testing

@testable import Gateway
@testable import Journal

/// Two stores with devices of the same names, and everything that there can be in the first of them: orders, receipts,
/// baskets, a shift, a hold, a visit and notes, each with a word of its own that nobody else may read.
final class TwoStores {
    let world: TestWorld
    let till: TestClient
    let app: TestClient
    let site: TestClient
    let chainSite: TestClient

    /// Words that only the first store's devices may get to see, wherever they turn up.
    static let secrets = [
        "ORDERSECRET", "RECEIPTSECRET", "BASKETSECRET", "VISITSECRET", "SHIFTSECRET", "Isolde Order", "+79161112233",
        "89161112233",
        "isolde@example.org", "7000777766", "Linden Lane",
    ]
    /// What is the whole chain's, and stands in CUSTOMER and IDENTIFY: the name, and what was bought and noted.
    static let shared = ["Isolde Chain", "GOODSSECRET", "NOTESECRET"]

    init(_ world: TestWorld? = nil) throws {
        let world = try world ?? TestWorld()
        self.world = world
        till = try world.greeted(.register, "S1", "T01")
        app = try world.greeted(.app, "S1", "APP1")
        site = try world.greeted(.website, "S1", "WEB1")
        chainSite = try world.greeted(.website, "*", "WEBC")
        // Known tills get what is sent to them; the second store's are added before anything happens.
        for (role, store, device) in [
            (DeviceRole.register, "S1", "T02"), (.register, "S2", "T01"), (.app, "S2", "APP1"),
            (.website, "S2", "WEB2"),
        ] {
            _ = try world.connect(role, store, device)
        }
        try fill()
        try world.settle()
    }

    private func fill() throws {
        let operation = world.localOperator()
        let product = #"{"sku":"KETTLE","name":"Kettle","price":150000,"barcodes":["4601234567893"]}"#
        try take(operation.request("IMPORT_CATALOGUE", #"{"rows":[\#(product)]}"#))
        try take(
            till.request(
                "ENROL",
                #"{"name":"Isolde Chain","phone":"+79161112233","email":"isolde@example.org","card":"7000777766"}"#))
        try take(till.request("SHIFT_OPEN", #"{"shift":1,"at":"\#(now)","opening":"SHIFTSECRET"}"#))
        try take(
            till.request(
                "SALE",
                ReceiptText(
                    at: now, customer: "c-1", lines: [.init(sku: "GOODSSECRET", amount: 100_000)],
                    more: #","comment":"RECEIPTSECRET""#
                ).json))
        try take(till.request("HOLD", #"{"shift":1,"number":"2","customer_id":"c-1","points":5}"#))
        let customer =
            #","customer":{"name":"Isolde Order","phone":"+79161112233","customer_id":"c-1"},"#
            + #""comment":"ORDERSECRET, Linden Lane 5","address":"Linden Lane 5""#
        try take(site.request("ORDER_PUSH", PushText(order: "1001", more: customer).json))
        try take(site.request("ORDER_PUSH", PushText(order: "1002", more: customer).json))
        try take(chainSite.request("ORDER_PUSH", PushText(order: "1001", more: customer).json))
        try take(app.request("BASKET_SEND", FloorShop.content("b1", more: #","note":"BASKETSECRET""#)))
        try take(
            app.request("VISIT", #"{"visit":"v1","reason":"price","at":"\#(now)","comment":"VISITSECRET"}"#))
        try take(app.request("NOTE_ADD", #"{"note":"n1","customer_id":"c-1","text":"NOTESECRET"}"#))
    }

    private func take(_ answer: WireLine) throws { try #require(answer.ok != nil, "\(answer)") }

    var now: String { world.clock.now().rfc3339 }

    /// A device of one of the stores; another than the first's own.
    func device(_ role: DeviceRole, _ store: String, _ name: String) throws -> TestClient {
        try world.greeted(role, store, name)
    }

    /// Rows that the writer has changed since the journal was opened.
    func changedRows() throws -> Int64 {
        try world.settle()
        return try world.journal.perform { transaction in
            try transaction.statement("SELECT total_changes()").first { $0.integer(0) } ?? 0
        }
    }

    /// What the first store sees of its own things, to tell whether another has touched them.
    func picture() throws -> [WireLine] {
        try world.settle()
        return [
            site.request("ORDER_GET", #"{"order":"1001"}"#), site.request("ORDER_GET", #"{"order":"1002"}"#),
            chainSite.request("ORDER_GET", #"{"order":"1001"}"#),
            till.request("STATUS", #"{"key":"S1/T01/1/1"}"#), till.request("BACKLOG"),
            till.request("BASKET_OPEN", FloorShop.reference("b1")), app.request("TASKS"),
            till.request("IDENTIFY", #"{"card":"7000777766"}"#),
        ].map(\.withoutTag)
    }
}

extension WireLine {
    /// The same line, whichever request it answers.
    var withoutTag: WireLine {
        switch self {
        case .ok(_, let body): .ok(tag: "", body)
        case .error(_, let code, let body): .error(tag: "", code: code, body)
        case .event, .none: self
        }
    }
}

extension TestClient {
    /// Everything that came, as text.
    var everything: String { received.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n") }
}
