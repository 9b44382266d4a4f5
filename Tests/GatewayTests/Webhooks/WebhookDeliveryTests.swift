import Certificates
import HTTPMessage
import Journal
import Retail
import TestSupport
import Testing
import Upstream
import WebhookReceiver

@testable import Gateway

@Suite("Webhooks tell websites of every change")
struct WebhookDeliveryTests {
    @Test("of the website's own orders, its own steps too, each order's in its order")
    func everything() throws {
        let stage = try WebhookStage()
        try stage.hook()
        try stage.push("1")
        try stage.push("2")
        for verb in ["ORDER_ACK", "ORDER_ACCEPT", "ORDER_READY"] { try stage.step(verb, "1") }
        _ = try stage.client("website", "WEB1").request("ORDER_CANCEL", #"{"order":"2"}"#)
        stage.deliver()
        #expect(stage.site.steps.sorted() == ["1/1", "1/2", "1/3", "1/4", "2/1", "2/2"])
        #expect(stage.site.steps.filter { $0.hasPrefix("1/") } == ["1/1", "1/2", "1/3", "1/4"])
        #expect(stage.listed()?["waiting"]?.integer == 0)
        #expect(stage.listed()?["delivered_through"]?.integer == 6)
        stage.pass(seconds: 5)
        #expect(stage.site.sent.all.count == 6)
    }

    @Test("with the transition, the store and its place, an id that stays and a signature that a stranger can check")
    func message() throws {
        let stage = try WebhookStage()
        let secret = try #require(try stage.hook().ok?["secret"]?.text)
        try stage.push("1001")
        stage.deliver()
        let sent = try #require(stage.site.sent.all.first)
        #expect(sent.message.url == "https://web.example/hooks")
        #expect(sent.id == "WEB1/1001/1")
        #expect(sent.body["store"]?.text == "S1")
        #expect(sent.body["sequence"]?.integer == 1)
        #expect(sent.body["state"]?.text == "new")
        let headers = sent.message.headers.map { $0.split(separator: ": ", maxSplits: 1).map(String.init) }
        var fields: HTTPHeaders = ["Host": "web.example"]
        for header in headers { fields.append(name: header[0], value: header[1]) }
        let request = HTTPRequest(
            head: HTTPRequestHead(method: .post, target: "/hooks", headers: fields), body: sent.message.body)
        let now = VirtualClock.beginning.millisecondsSinceEpoch / 1_000
        #expect(try WebhookSeal(secrets: [secret]).id(of: request, nowSeconds: now) == "WEB1/1001/1")
        #expect(throws: WebhookSeal.Flaw.wrongSignature) {
            try WebhookSeal(secrets: [secret + "x"]).id(of: request, nowSeconds: now)
        }
    }

    @Test("signed with HMAC-SHA-256 as RFC 4231 and Python know it")
    func vectors() {
        // RFC 4231, test cases 1, 2, 6 and 7.
        let vectors: [(key: [UInt8], data: String, code: String)] = [
            (
                Array(repeating: 0x0b, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                Array(repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                Array(repeating: 0xaa, count: 131),
                "This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
        ]
        for vector in vectors {
            #expect(hexadecimal(hmacSHA256(key: vector.key, Array(vector.data.utf8))) == vector.code)
        }
        // The example of protocol-spec/webhooks.md, whose code Python has computed.
        let body =
            #"{"sequence":4711,"store":"S1","source":"WEB1","order":"1001","state":"ready","number":5,"#
            + #""at":"2026-11-22T09:41:07Z","by":{"role":"register","device":"T01","person":"Olga"}}"#
        let header = WebhookSignature.header(
            secrets: [WebhookSecret("5c6e0a6d1b3f4c8a9d7e2f10b4a5c3d2")], seconds: 1_795_340_468,
            body: Array(body.utf8))
        #expect(header == "t=1795340468,v1=43acb4ccdb7f6250e8740c9cac7db58d1289e1cfc05a3359dc81afe313a41a07")
    }

    @Test("a later change of an order waits until the earlier one was acknowledged; other orders do not")
    func orderWithinOrder() throws {
        let site = ScriptedSite { $0.order == "1" ? ScriptedSite.status(500) : ScriptedSite.ok }
        let stage = try WebhookStage(site)
        try stage.hook()
        try stage.push("1")
        try stage.push("2")
        try stage.step("ORDER_ACCEPT", "1")
        try stage.step("ORDER_ACCEPT", "2")
        stage.deliver()
        #expect(site.steps.filter { $0.hasPrefix("2/") } == ["2/1", "2/2"])
        #expect(site.steps.filter { $0.hasPrefix("1/") } == ["1/1"])
        stage.pass(seconds: 30)
        #expect(Set(site.steps.filter { $0.hasPrefix("1/") }) == ["1/1"])
        #expect(stage.listed()?["failing"]?.integer == 1)
        #expect(stage.listed()?["failing_orders"]?[0]?["order"]?.text == "1")
        #expect(stage.listed()?["failing_orders"]?[0]?["last_error"]?.text == "HTTP 500")
        #expect(stage.listed()?["waiting"]?.integer == 2)
        site.answer { _ in ScriptedSite.ok }
        stage.pass(seconds: 60)
        #expect(site.steps.suffix(2) == ["1/1", "1/2"])
        #expect(Set(site.sent.all.filter { $0.step == "1/1" }.map(\.id)) == ["WEB1/1/1"])
        #expect(stage.listed()?["failing"]?.integer == 0)
        #expect(stage.listed()?["last_error"]?.text == "HTTP 500")
    }

    @Test("nothing but a 2xx acknowledges", arguments: [301, 302, 304, 400, 401, 404, 422, 500, 502, 503])
    func refused(status: Int) throws {
        let site = ScriptedSite { _ in ScriptedSite.status(status) }
        let stage = try WebhookStage(site)
        try stage.hook()
        try stage.push("1")
        stage.deliver()
        #expect(stage.listed()?["waiting"]?.integer == 1)
        #expect(stage.listed()?["last_error"]?.text == "HTTP \(status)")
        site.answer { _ in ScriptedSite.status(299) }
        stage.pass(seconds: 2)
        #expect(site.steps == ["1/1", "1/1"])
        #expect(stage.listed()?["waiting"]?.integer == 0)
    }

    @Test("what is under way is not begun a second time, however often the sender looks")
    func once() throws {
        let stage = try WebhookStage()
        try stage.hook()
        try stage.push("1")
        try stage.step("ORDER_ACCEPT", "1")
        for _ in 1...3 { stage.look() }
        #expect(stage.underWay == 1)
        try stage.push("2")
        for _ in 1...3 { stage.look() }
        #expect(stage.underWay == 2)
        stage.deliver()
        #expect(stage.site.steps.sorted() == ["1/1", "1/2", "2/1"])
    }

    @Test("a few messages to a site at a time, and of those that failed before only half as many")
    func parallel() throws {
        let site = ScriptedSite { _ in ScriptedSite.status(500) }
        let stage = try WebhookStage(site)
        try stage.hook()
        for order in 1...6 { try stage.push("\(order)") }
        stage.look()
        #expect(stage.underWay == 4)
        stage.look()
        #expect(stage.underWay == 4)
        while stage.underWay > 0 { stage.finish() }
        stage.deliver()
        #expect(site.sent.all.count == 6)
        // All have failed: two are tried at a time, and what is new has the other places.
        stage.world.clock.advance(milliseconds: 2_000)
        stage.look()
        #expect(stage.underWay == 2)
        for order in 7...9 { try stage.push("\(order)") }
        stage.look()
        #expect(stage.underWay == 4)
    }

    @Test("new changes and those that failed before share the places: neither waits for the other to end")
    func shares() throws {
        let site = ScriptedSite { $0.order.hasPrefix("bad") ? .unanswered(reason: "timed out") : ScriptedSite.ok }
        let stage = try WebhookStage(site)
        try stage.hook()
        for order in 1...4 { try stage.push("bad\(order)") }
        stage.deliver()
        for order in 1...8 { try stage.push("good\(order)") }
        stage.world.clock.advance(milliseconds: 2_000)
        stage.look()
        while stage.underWay > 0 { stage.finish() }
        let orders = site.sent.all.dropFirst(4).map(\.order)
        #expect(orders.count == 4)
        #expect(orders.filter { $0.hasPrefix("good") }.count == 3)
    }

    @Test("only of the states that were asked for")
    func states() throws {
        let stage = try WebhookStage()
        try stage.hook(more: #","states":["ready","cancelled"]"#)
        try stage.push("1")
        for verb in ["ORDER_ACK", "ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM", "ORDER_RELEASE"] {
            try stage.step(verb, "1")
        }
        stage.deliver()
        #expect(stage.site.steps == ["1/4", "1/6"])
    }

    @Test("two sites: one whose messages hang does not hold up the other")
    func twoSites() throws {
        let stage = try WebhookStage()
        try stage.hook("WEB1")
        try stage.hook("WEB2")
        for order in 1...6 { try stage.push("a\(order)") }
        stage.look()
        #expect(stage.underWay == 4)
        for order in 1...3 {
            try stage.push("b\(order)", by: "WEB2")
            stage.look()
            #expect(stage.underWay == 5)
            stage.finish(4)
            #expect(stage.site.steps.last == "b\(order)/1")
        }
        #expect(stage.listed("WEB2")?["waiting"]?.integer == 0)
        #expect(stage.listed("WEB1")?["waiting"]?.integer == 6)
    }

    @Test("a website whose device was revoked is told nothing, and everything once it is back")
    func revoked() throws {
        let stage = try WebhookStage()
        try stage.hook()
        try stage.push("1")
        _ = stage.world.localOperator().request("DEVICE_REVOKE", #"{"device":"WEB1","store":"S1"}"#)
        stage.pass(seconds: 60)
        #expect(stage.site.sent.all.isEmpty)
        #expect(stage.listed()?["state"]?.text == "revoked")
        #expect(stage.listed()?["next_attempt_at"] == .null)
        _ = stage.world.localOperator().request(
            "DEVICE_ADD", #"{"store":"S1","role":"website","device":"WEB1"}"#)
        stage.deliver()
        #expect(stage.site.steps == ["1/1"])
    }
}
