import LineProtocol
import Retail
import Testing

@testable import Gateway

@Suite("No device reaches what is another's", .timeLimit(.minutes(3)))
struct StoreIsolationTests {
    /// A request that names something of the first store's.
    private struct Probe {
        var verb: String
        var body: String
        /// The code; nil: as the table says.
        var code: String?

        init(_ verb: String, _ body: String, _ code: String? = nil) {
            self.verb = verb
            self.body = body
            self.code = code
        }
    }

    private static let order = #"{"source":"WEB1","order":"1001","reason":"gone"}"#
    private static let pick = #"{"source":"WEB1","order":"1001","lines":[{"line":1,"picked":1}]}"#

    /// By a device of the same role and name in the other store.
    private func probes(_ role: DeviceRole, now: String) -> [Probe] {
        let steps = ["ORDER_CANCEL", "ORDER_ACCEPT", "ORDER_REJECT", "ORDER_READY", "ORDER_GET"]
        switch role {
        case .register:
            return (steps + ["ORDER_ACK", "ORDER_CLAIM", "ORDER_RELEASE", "ORDER_HANDOVER"])
                .map { Probe($0, Self.order) }
                + [
                    Probe("STATUS", #"{"key":"S1/T01/1/1"}"#), Probe("STATUS", Self.order),
                    Probe("ORDER_PICK", Self.pick), Probe("BASKET_OPEN", FloorShop.reference("b1")),
                    Probe("BASKET_RETURN", FloorShop.reference("b1")),
                    Probe("HOLD", #"{"shift":1,"number":"2","till":"T02","customer_id":"c-1","points":1}"#),
                    Probe("RELEASE", #"{"shift":1,"number":"2","till":"T02"}"#),
                ]
        case .app:
            return steps.map { Probe($0, Self.order) } + [
                Probe("ORDER_PICK", Self.pick), Probe("BASKET_SEND", FloorShop.content("b9", till: "T02")),
                Probe("BASKET_WITHDRAW", #"{"basket":"b1"}"#),
            ]
        case .website:
            let amendment =
                #"{"order":"1001","based_on":1,"lines":[{"line":1,"sku":"KETTLE","name":"Kettle","quantity":1,"#
                + #""price":150000,"amount":150000}],"total":150000}"#
            return [
                Probe("STATUS", Self.order), Probe("ORDER_PUSH", PushText(order: "1").json),
                Probe("ORDER_AMEND", amendment), Probe("ORDER_CANCEL", #"{"order":"1001"}"#),
                Probe("ORDER_GET", #"{"order":"1001"}"#), Probe("ORDER_GET", Self.order, "forbidden"),
                Probe("ORDER_CANCEL", Self.order, "forbidden"),
            ]
        case .operator: return []
        }
    }

    private static let others: [DeviceRole: String] = [.register: "T01", .app: "APP1", .website: "WEB2"]

    @Test(
        "of another store or website, by each verb that takes an id: the table's answer, and nothing changes",
        arguments: [DeviceRole.register, .app, .website])
    func probes(_ role: DeviceRole) throws {
        let table = try AccessTable.load()
        let stores = try TwoStores()
        let other = try stores.device(role, "S2", try #require(Self.others[role]))
        let probes = probes(role, now: stores.now)
        let before = try stores.picture()
        for probe in probes {
            let expected = probe.code ?? table.answer(probe.verb, role)
            #expect(expected != nil, "\(probe.verb)")
            let rows = try stores.changedRows()
            let answer = other.request(probe.verb, probe.body)
            #expect(answer.code == expected, "\(probe.verb): \(answer)")
            #expect(try stores.changedRows() == rows, "\(probe.verb)")
        }
        // Every verb of which the table says what naming another's thing is answered was asked.
        let told = table.verbs.filter { $0.of_others?[role.rawValue].map { $0 != "marked" } ?? false }.map(\.verb)
        #expect(Set(told).isSubset(of: probes.map(\.verb)), "\(Set(told).subtracting(probes.map(\.verb)))")
        try expectNoSecrets(in: other)
        #expect(try stores.picture() == before)
    }

    @Test("lists, feeds, tasks and events have only what is one's own")
    func lists() throws {
        let stores = try TwoStores()
        let till = try stores.device(.register, "S2", "T01")
        let app = try stores.device(.app, "S2", "APP1")
        let site = try stores.device(.website, "S2", "WEB2")
        #expect(app.request("TASKS").ok?["tasks"]?.elements == [])
        #expect(till.request("BACKLOG").ok?["unsent"]?.integer == 0)
        for client in [till, app, site] {
            #expect(client.request("ORDER_LIST").ok?["orders"]?.elements == [])
            #expect(client.request("STOCK", #"{"sku":"KETTLE"}"#).ok != nil)
        }
        #expect(site.request("ORDER_FOLLOW").ok?["changes"]?.elements == [])
        // A website of the whole chain has its own orders in every store, and only those.
        let chain = try stores.device(.website, "*", "WEBC")
        #expect(chain.request("ORDER_LIST").ok?["orders"]?.elements?.count == 1)
        #expect(chain.request("ORDER_GET", #"{"order":"1002"}"#).code == "not_found")
        // One of the same name in another store has nothing of its namesake, should there ever be one.
        let twin = try stores.device(.website, "S2", "WEB1")
        #expect(twin.request("ORDER_LIST").ok?["orders"]?.elements == [])
        #expect(twin.request("ORDER_FOLLOW").ok?["changes"]?.elements == [])
        #expect(twin.request("ORDER_GET", #"{"order":"1001"}"#).code == "not_found")
        try expectNoSecrets(in: twin)
        // What happens in the first store from now on is told there alone.
        #expect(stores.till.request("ORDER_ACCEPT", Self.order).ok != nil)
        #expect(stores.till.request("BASKET_OPEN", FloorShop.reference("b1")).ok != nil)
        try stores.world.settle()
        for client in [till, app, site] {
            try expectNoSecrets(in: client)
            #expect(client.events.isEmpty)
        }
        #expect(chain.events.allSatisfy { $0.body["source"]?.text == "WEBC" })
    }

    @Test("a customer is the chain's: name, purchases and notes are seen, the open orders of another store are not")
    func customers() throws {
        let stores = try TwoStores()
        for (role, device) in [(DeviceRole.register, "T01"), (.app, "APP1")] {
            let client = try stores.device(role, "S2", device)
            let card = client.request("CUSTOMER", #"{"customer_id":"c-1"}"#).ok
            #expect(card?["name"]?.text == "Isolde Chain")
            #expect(card?["orders"]?.elements == [])
            #expect(card?["purchases"]?.elements?.count == 1)
            #expect(card?["phone"]?.text == "•••2233")
            for word in TwoStores.shared { #expect(client.everything.contains(word), "\(word)") }
            try expectNoSecrets(in: client)
        }
        let site = try stores.device(.website, "S2", "WEB2")
        #expect(site.request("IDENTIFY", #"{"phone":"+79161112233"}"#).ok?["phone"]?.text == "•••2233")
        #expect(site.request("ENROL", #"{"card":"7000777766","email":"x@example.org"}"#).ok?["created"]?.bool == false)
        try expectNoSecrets(in: site)
    }

    @Test("a sale that names another store's order or basket is taken and marked, and they stay as they are")
    func receipts() throws {
        let stores = try TwoStores()
        let before = try stores.picture()
        let till = try stores.device(.register, "S2", "T01")
        let named = ReceiptText(
            number: "1", at: stores.now,
            more: #","order":"1001","source":"WEB1","basket":"b1","app":"APP1""#)
        let sale = till.request("SALE", named.json).ok
        let marks = sale?["marks"]?.elements?.compactMap(\.text) ?? []
        #expect(marks.contains("order_unknown") && marks.contains("basket_unknown"), "\(marks)")
        // The same shift and number as the first store's receipt: another receipt.
        #expect(sale?["key"]?.text == "S2/T01/1/1")
        #expect(try stores.picture() == before)
        // Goods of one store come back in another; of the original only the points are told.
        let back = ReceiptText(
            number: "2", at: stores.now, lines: [.init(sku: "GOODSSECRET", amount: 100_000)],
            more: #","customer_id":"c-1","original":"S1/T01/1/1""#)
        #expect(till.request("RETURN", back.json).ok != nil)
        try expectNoSecrets(in: till)
    }

    @Test("two tills of one store have their receipts, holds, shifts and baskets apart")
    func neighbours() throws {
        let stores = try TwoStores()
        let neighbour = try stores.device(.register, "S1", "T02")
        let before = try stores.changedRows()
        #expect(neighbour.request("STATUS", #"{"key":"S1/T01/1/1"}"#).code == "forbidden")
        let hold = #"{"shift":1,"number":"2","till":"T01","customer_id":"c-1","points":1}"#
        #expect(neighbour.request("HOLD", hold).code == "forbidden")
        #expect(neighbour.request("RELEASE", #"{"shift":1,"number":"2","till":"T01"}"#).code == "forbidden")
        #expect(neighbour.request("BASKET_OPEN", FloorShop.reference("b1")).code == "claimed")
        #expect(neighbour.request("BASKET_RETURN", FloorShop.reference("b1")).code == "claimed")
        #expect(neighbour.request("BACKLOG").ok?["unsent"]?.integer == 0)
        #expect(try stores.changedRows() == before)
        #expect(!neighbour.everything.contains("BASKETSECRET") && !neighbour.everything.contains("SHIFTSECRET"))
        // Its own shift 1 is another one than the neighbour's.
        let close = neighbour.request("SHIFT_CLOSE", #"{"shift":1,"at":"\#(stores.now)","receipts":0}"#).ok
        #expect(close?["missing"]?.elements?.isEmpty ?? true)
        #expect(stores.till.request("RELEASE", #"{"shift":1,"number":"2"}"#).ok?["released"]?.integer == 5)
    }

    private func expectNoSecrets(in client: TestClient) throws {
        for word in TwoStores.secrets { #expect(!client.everything.contains(word), "\(word)") }
    }
}
