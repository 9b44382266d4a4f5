import Foundation
import LineProtocol
import Retail
import Testing

@testable import Gateway

@Suite("Every verb by every role, against the table", .timeLimit(.minutes(3)))
struct AccessTableTests {
    private static let names: [DeviceRole: (store: String, device: String)] = [
        .register: ("S1", "T01"), .app: ("S1", "APP1"), .website: ("S1", "WEB1"),
    ]

    private func client(_ role: DeviceRole, _ stores: TwoStores) throws -> TestClient {
        guard let (store, device) = Self.names[role] else { return stores.world.localOperator() }
        return try stores.device(role, store, device)
    }

    @Test("whoever may is served, whoever may not is told so and changes nothing", arguments: DeviceRole.allCases)
    func verbs(_ role: DeviceRole) throws {
        let table = try AccessTable.load()
        let stores = try TwoStores()
        #expect(table.verbs.map(\.verb).sorted() == Verb.allCases.map { "\($0.name)" }.sorted())
        for entry in table.verbs {
            let samples = RequestSamples(now: stores.now, role: role.rawValue)
            let body = try #require(samples.body(entry.verb), "no sample of \(entry.verb)")
            let client = try client(role, stores)
            let before = try stores.changedRows()
            let answer = client.request(entry.verb, body)
            if entry.roles[role.rawValue] == nil {
                #expect(answer.code == "forbidden", "\(entry.verb): \(answer)")
                #expect(try stores.changedRows() == before, "\(entry.verb)")
                #expect(!client.isClosed, "\(entry.verb)")
            } else {
                #expect(answer != .none && answer.code == samples.objection(entry.verb), "\(entry.verb): \(answer)")
            }
            client.close()
        }
    }

    @Test("before HELLO nobody is served, whatever the verb, and nothing changes")
    func strangers() throws {
        let stores = try TwoStores()
        for entry in try AccessTable.load().verbs where entry.verb != "HELLO" {
            let samples = RequestSamples(now: stores.now, role: "operator")
            let before = try stores.changedRows()
            let stranger = stores.world.stranger()
            #expect(
                stranger.request(entry.verb, samples.body(entry.verb) ?? "{}").code == "hello_first", "\(entry.verb)")
            #expect(try stores.changedRows() == before, "\(entry.verb)")
        }
    }

    @Test(
        "a role in HELLO that is not the credential's opens nothing", arguments: [DeviceRole.register, .app, .website])
    func claimedRole(_ role: DeviceRole) throws {
        let stores = try TwoStores()
        let (store, device) = try #require(Self.names[role])
        for claimed in DeviceRole.allCases where claimed != role {
            let client = try stores.world.connect(role, store, device)
            let answer = client.request("HELLO", #"{"protocol":1,"role":"\#(claimed.rawValue)"}"#)
            #expect(answer.code == "forbidden")
            #expect(client.request("DEVICE_LIST").code == "hello_first")
        }
    }
}

@Suite("Every operation of the HTTPS port by every token, against the table", .timeLimit(.minutes(3)))
struct WebAccessTableTests {
    private static let tokens = [
        (DeviceRole.register, "token-of-T07-0123456789"), (.app, "token-of-APP7-0123456789"),
    ]

    private func ask(
        _ operation: AccessTable.Operation, _ web: WebWorld, token: String?, order: String = "1"
    ) async throws -> WebReply {
        let path = operation.path.replacing("{order}", with: order).replacing("{sku}", with: "KETTLE")
        let body: String? =
            switch operation.method {
            case "PUT": WebOrder.kettle
            case "PATCH": #"{"based_on":1,"# + WebOrder.oneKettle
            default: nil
            }
        return try await web.ask(operation.method, path, body, token: token)
    }

    @Test("who may is served, who may not gets the table's code")
    func operations() async throws {
        let table = try AccessTable.load()
        let web = try WebWorld()
        for (role, token) in Self.tokens { try web.addSite("S1", role.rawValue, role: role, token: token) }
        _ = web.world.localOperator().request(
            "IMPORT_CATALOGUE", #"{"rows":[{"sku":"KETTLE","name":"Kettle","price":150000}]}"#)
        #expect(Set(table.https.map(\.operation)) == Set(WebOperation.allCases.map(\.rawValue)))
        for operation in table.https {
            let other = Self.tokens.map { ($0.1 as String?, operation.other_tokens) }
            for (token, expected) in other + [(nil, operation.no_token), ("wrong-token-01234567", operation.no_token)] {
                let reply = try await ask(operation, web, token: token)
                if table.isScope(expected) {
                    #expect(reply.status == 200, "\(operation.operation)")
                } else {
                    #expect(reply.code == expected, "\(operation.operation) with \(token ?? "nothing")")
                }
            }
            #expect(try await ask(operation, web, token: WebWorld.token).status < 300, "\(operation.operation)")
        }
    }

    @Test("a site sees nothing of another's orders, by any operation")
    func otherSites() async throws {
        let table = try AccessTable.load()
        let web = try WebWorld()
        let other = "token-of-WEB2-0123456789"
        let chain = "token-of-WEBC-0123456789"
        try web.addSite("S2", "WEB2", token: other)
        try web.addSite("*", "WEBC", token: chain)
        let secret = WebOrder.kettle.replacing(
            #""prepaid":false"#, with: #""prepaid":false,"customer":{"name":"Isolde","phone":"+79161112233"}"#)
        #expect(try await web.ask("PUT", "/v1/orders/secret", secret).status == 201)
        for token in [other, chain] {
            for operation in table.https where operation.website == "source" && operation.operation != "pushOrder" {
                let reply = try await ask(operation, web, token: token, order: "secret")
                let text = String(decoding: reply.body, as: UTF8.self)
                #expect(!text.contains("Isolde") && !text.contains("9161112233"), "\(operation.operation)")
                let isList = ["listOrders", "followOrders"].contains(operation.operation)
                #expect(isList ? reply.status == 200 && !text.contains("secret") : reply.status == 404, "\(text)")
            }
        }
        // The same name is free for each site: it is another order.
        let own = WebOrder.kettle.replacing(#""store":"S1""#, with: #""store":"S2""#)
        #expect(try await web.ask("PUT", "/v1/orders/secret", own, token: other).status == 201)
        #expect(try await web.ask("PUT", "/v1/orders/more", WebOrder.kettle, token: other).code == "forbidden")
        let mine = try await web.ask("GET", "/v1/orders/secret")
        #expect(mine.json["store"]?.text == "S1" && mine.json["state"]?.text == "new")
    }
}
