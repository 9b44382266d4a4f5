import Retail
import Testing

@testable import Gateway

@Suite("Each verb has its roles")
struct RoleTests {
    @Test("as verbs.json lists them, for every verb and every role", arguments: DeviceRole.allCases)
    func verbs(_ role: DeviceRole) throws {
        let world = try TestWorld()
        #expect(Specification.verbs.count > 40)
        for verb in Specification.verbs {
            let client = role == .operator ? world.localOperator() : try world.greeted(role, "S1", "D-\(role.rawValue)")
            let answer = client.request(verb.verb)
            let expected: String? =
                if verb.verb == "HELLO" {
                    "already_greeted"
                } else if !verb.roles.contains(role.rawValue) {
                    "forbidden"
                } else {
                    verb.built ? nil : "not_built"
                }
            if let expected {
                #expect(answer.code == expected, "\(verb.verb)")
            } else {
                #expect(answer != .none, "\(verb.verb)")
                #expect(!["forbidden", "not_built", "unknown_verb", "internal"].contains(answer.code), "\(verb.verb)")
            }
            if let code = answer.code {
                #expect(verb.errors.contains(code) || code == "forbidden", "\(verb.verb): \(code)")
            }
            #expect(Specification.breach(of: answer, isClosed: client.isClosed) == nil, "\(verb.verb)")
            client.close()
        }
    }

    @Test("the role is looked at before the rest of the line")
    func roleFirst() throws {
        let world = try TestWorld()
        let app = try world.greeted(.app, "S1", "APP1")
        #expect(app.request("SALE", "{").code == "forbidden")
        #expect(app.request("SHIFT_OPEN", "{").code == "forbidden")
        #expect(app.request("PRODUCT", "{").code == "bad_json")
        #expect(app.request("ENROL", "{").code == "bad_json")
        #expect(app.request("HELLO", "{").code == "already_greeted")
        #expect(app.request("DANCE", "{").code == "unknown_verb")
    }

    @Test("a website pushes for its own store, one of the whole chain for any")
    func websites() throws {
        let world = try TestWorld()
        let own = try world.greeted(.website, "S1", "WEB1")
        #expect(own.request("ORDER_PUSH", PushText(store: "S1").json).ok != nil)
        #expect(own.request("ORDER_PUSH", PushText(order: "2", store: "S2").json).code == "forbidden")
        let chain = try world.greeted(.website, "*", "WEB2")
        for store in ["S1", "S2", "S3"] {
            #expect(chain.request("ORDER_PUSH", PushText(order: store, store: store).json).ok != nil)
        }
        #expect(chain.request("ORDER_LIST").ok?["orders"]?.elements?.count == 3)
        #expect(own.request("ORDER_LIST").ok?["orders"]?.elements?.count == 1)
        #expect(own.request("ORDER_GET", #"{"order":"S1"}"#).code == "not_found")
        #expect(own.request("ORDER_GET", #"{"order":"S1","source":"WEB2"}"#).code == "forbidden")
    }

    @Test("a till asks for its own receipts and its store's orders, an operator for any")
    func status() throws {
        let world = try TestWorld()
        let till = try world.till()
        _ = till.request("SALE", ReceiptText().json)
        _ = try world.greeted(.website, "S1", "WEB1").request("ORDER_PUSH", PushText().json)
        let receipt = #"{"key":"S1/T01/1/1"}"#
        #expect(try world.till("T02").request("STATUS", receipt).code == "forbidden")
        #expect(try world.greeted(.website, "S1", "WEB1").request("STATUS", receipt).code == "forbidden")
        #expect(world.localOperator().request("STATUS", receipt).ok?["state"]?.text == "stored")
        let order = #"{"order":"1001","source":"WEB1"}"#
        #expect(till.request("STATUS", order).ok?["verb"]?.text == "ORDER_PUSH")
        #expect(try world.greeted(.register, "S2", "T01").request("STATUS", order).code == "forbidden")
        #expect(
            try world.greeted(.website, "S1", "WEB3").request("STATUS", #"{"order":"1001"}"#).ok?["state"]?.text
                == "unknown")
        #expect(till.request("STATUS", #"{"order":"77","source":"WEB1"}"#).ok?["state"]?.text == "unknown")
    }
}
