import LineProtocol
import Retail
import Testing

@testable import Gateway

@Suite("What websites ask for over HTTPS", .timeLimit(.minutes(2)))
struct WebEndpointTests {
    @Test("a push is stored, offered to a till and answered with its transition and place")
    func push() async throws {
        let web = try WebWorld()
        let till = try web.world.till()
        let reply = try await web.ask("PUT", "/v1/orders/1001", WebOrder.kettle)
        #expect(reply.status == 201)
        #expect(reply.headers["Location"] == "/v1/orders/1001")
        #expect(reply.headers["ETag"] == "\"1\"")
        #expect(reply.headers["Content-Type"] == "application/json")
        #expect(reply.json["state"]?.text == "new")
        #expect(reply.json["by"]?["device"]?.text == "WEB1")
        let events = till.events(count: 1)
        #expect(events.first?.event == "order.offered")
        #expect(events.first?.body["order"]?.text == "1001")
    }

    @Test("the same push again is answered as before, over HTTP and over the line, and offered once")
    func pushAgain() async throws {
        let web = try WebWorld()
        let till = try web.world.till()
        let first = try await web.ask("PUT", "/v1/orders/1001", WebOrder.kettle)
        let again = try await web.ask("PUT", "/v1/orders/1001", WebOrder.kettle)
        #expect(again.status == 200)
        #expect(again.json == first.json)
        let body = WebOrder.kettle.dropFirst()
        let line = try web.world.greeted(.website, "S1", "WEB1").request("ORDER_PUSH", #"{"order":"1001",\#(body)"#)
        #expect(line.ok == first.json)
        #expect(till.events(count: 1).count == 1)
    }

    @Test("other content under the same number is a conflict that names the order")
    func conflict() async throws {
        let web = try WebWorld()
        _ = try await web.ask("PUT", "/v1/orders/1001", WebOrder.kettle)
        let reply = try await web.ask("PUT", "/v1/orders/1001", WebOrder.mug)
        #expect(reply.status == 409)
        #expect(reply.headers["Content-Type"] == "application/problem+json")
        #expect(reply.json["type"]?.text == "urn:tillgate:error:conflict")
        #expect(reply.json["key"]?.text == "WEB1/1001")
        #expect(reply.json["received_at"]?.text != nil)
    }

    @Test("numbers of orders may hold what a path has to escape")
    func escaped() async throws {
        let web = try WebWorld()
        let reply = try await web.ask("PUT", "/v1/orders/A%231%3F%25~%5B%5d", WebOrder.kettle)
        #expect(reply.status == 201)
        #expect(reply.json["order"]?.text == "A#1?%~[]")
        #expect(reply.headers["Location"] == "/v1/orders/A%231%3F%25~%5B%5D")
        #expect(try await web.ask("GET", "/v1/orders/A%231%3F%25~%5B%5D").status == 200)
        #expect(try await web.ask("PUT", "/v1/orders/a%2Fb", WebOrder.kettle).code == "bad_field")
        #expect(try await web.ask("PUT", "/v1/orders/Changes", WebOrder.kettle).code == "method_not_allowed")
    }

    @Test("an order in the body must be the one that the path names")
    func orderInBody() async throws {
        let web = try WebWorld()
        let body = WebOrder.kettle.dropFirst()
        #expect(try await web.ask("PUT", "/v1/orders/1", #"{"order":"1",\#(body)"#).status == 201)
        let other = try await web.ask("PUT", "/v1/orders/2", #"{"order":"1",\#(body)"#)
        #expect(other.status == 422 && other.json["field"]?.text == "order")
    }

    @Test("an order is read with its history and its entity tag, and not sent again to who has it")
    func get() async throws {
        let web = try WebWorld()
        _ = try await web.ask("PUT", "/v1/orders/1001", WebOrder.kettle)
        let reply = try await web.ask("GET", "/v1/orders/1001")
        #expect(reply.status == 200 && reply.headers["ETag"] == "\"1\"")
        #expect(reply.json["total"]?.integer == 300_000)
        #expect(reply.json["history"]?.elements?.count == 1)
        let known = try await web.ask("GET", "/v1/orders/1001", headers: [#"If-None-Match: "7", W/"1""#])
        #expect(known.status == 304 && known.body.isEmpty && known.headers["ETag"] == "\"1\"")
        #expect(try await web.ask("GET", "/v1/orders/1001", headers: [#"If-None-Match: "2""#]).status == 200)
        let head = try await web.ask("HEAD", "/v1/orders/1001")
        #expect(head.status == 200 && head.body.isEmpty && head.headers["ETag"] == "\"1\"")
        #expect(head.headers["Content-Length"] == reply.headers["Content-Length"])
    }

    @Test("an amendment says what it is based on: in If-Match, in the body, or it is refused")
    func amend() async throws {
        let web = try WebWorld()
        _ = try await web.ask("PUT", "/v1/orders/1001", WebOrder.kettle)
        let content = WebOrder.oneKettle
        let blind = try await web.ask("PATCH", "/v1/orders/1001", "{\(content)")
        #expect(blind.status == 428 && blind.code == "precondition_required")
        let early = try await web.ask("PATCH", "/v1/orders/1001", "{\(content)", headers: [#"If-Match: "2""#])
        #expect(early.status == 412 && early.code == "precondition_failed")
        #expect(early.json["number"]?.integer == 1 && early.json["state"]?.text == "new")
        let stale = try await web.ask("PATCH", "/v1/orders/1001", #"{"based_on":2,\#(content)"#)
        #expect(stale.status == 409 && stale.code == "stale")
        let done = try await web.ask("PATCH", "/v1/orders/1001", "{\(content)", headers: [#"If-Match: "1""#])
        #expect(done.status == 200 && done.headers["ETag"] == "\"2\"")
        let both = try await web.ask(
            "PATCH", "/v1/orders/1001", #"{"based_on":1,\#(content)"#, headers: ["If-Match: 2"])
        #expect(both.status == 412)
        #expect(try await web.ask("GET", "/v1/orders/1001").json["total"]?.integer == 150_000)
        for field in ["x", "\"", "W/\"1", "\"1\", \"2\"", "\"\""] {
            let reply = try await web.ask("PATCH", "/v1/orders/1001", "{\(content)", headers: ["If-Match: \(field)"])
            #expect(reply.status == 400 && reply.code == "bad_request", "\(field)")
        }
        for field in ["\"x\"", "W/\"2\"", "\"0\"", "\"99999999999999999999\""] {
            let reply = try await web.ask("PATCH", "/v1/orders/1001", "{\(content)", headers: ["If-Match: \(field)"])
            #expect(reply.status == 412, "\(field)")
        }
    }

    @Test("an order is cancelled with or without a body, and again with the same answer")
    func cancel() async throws {
        let web = try WebWorld()
        _ = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle)
        _ = try await web.ask("PUT", "/v1/orders/2", WebOrder.kettle)
        let plain = try await web.ask("POST", "/v1/orders/1/cancel")
        #expect(plain.status == 200 && plain.json["state"]?.text == "cancelled")
        #expect(try await web.ask("POST", "/v1/orders/1/cancel").json == plain.json)
        let told = try await web.ask("POST", "/v1/orders/2/cancel", #"{"reason":"too late","based_on":1}"#)
        #expect(told.status == 200 && told.json["reason"]?.text == "too late")
        #expect(try await web.ask("POST", "/v1/orders/3/cancel").status == 404)
        #expect(try await web.ask("POST", "/v1/orders/2/cancel", headers: ["If-Match: *"]).status == 200)
    }

    @Test("lists have open orders or those in the states asked for, page by page")
    func list() async throws {
        let web = try WebWorld()
        for order in 1...5 { _ = try await web.ask("PUT", "/v1/orders/\(order)", WebOrder.kettle) }
        _ = try await web.ask("POST", "/v1/orders/2/cancel")
        func orders(_ reply: WebReply) -> [String] {
            reply.json["orders"]?.elements?.compactMap { $0["order"]?.text } ?? []
        }
        #expect(orders(try await web.ask("GET", "/v1/orders")) == ["1", "3", "4", "5"])
        #expect(orders(try await web.ask("GET", "/v1/orders?state=cancelled")) == ["2"])
        #expect(orders(try await web.ask("GET", "/v1/orders?state=cancelled&state=new&unknown=x")).count == 5)
        let page = try await web.ask("GET", "/v1/orders?limit=3")
        #expect(orders(page) == ["1", "3", "4"])
        let next = try #require(page.json["next"]?.text)
        let rest = try await web.ask("GET", "/v1/orders?limit=3&after=\(next)")
        #expect(orders(rest) == ["5"] && rest.json["next"] == .null)
        for query in ["limit=0", "limit=201", "limit=x", "state=lost", "after=", "after=0", "limit=1&limit=2"] {
            let reply = try await web.ask("GET", "/v1/orders?\(query)")
            #expect(reply.status == 422 && reply.code == "bad_field", "\(query)")
        }
    }

    @Test("a site sees its own orders only, also another site of the store")
    func others() async throws {
        let web = try WebWorld()
        try web.addSite("S1", "WEB2", token: "token-of-WEB2-0123456789")
        _ = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle)
        let other = "token-of-WEB2-0123456789"
        #expect(try await web.ask("GET", "/v1/orders/1", token: other).status == 404)
        #expect(try await web.ask("POST", "/v1/orders/1/cancel", token: other).status == 404)
        #expect(try await web.ask("GET", "/v1/orders", token: other).json["orders"]?.elements?.isEmpty == true)
        #expect(try await web.ask("PUT", "/v1/orders/1", WebOrder.mug, token: other).status == 201)
        let elsewhere = try await web.ask(
            "PUT", "/v1/orders/2", WebOrder.kettle.replacing("\"S1\"", with: "\"S2\""))
        #expect(elsewhere.status == 403 && elsewhere.code == "forbidden")
    }

    @Test("a till's steps are seen over HTTP, and an order that is handed over is not cancelled")
    func followed() async throws {
        let web = try WebWorld()
        let till = try web.world.till()
        _ = try await web.ask("PUT", "/v1/orders/1", WebOrder.mug)
        for verb in ["ORDER_ACK", "ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM", "ORDER_HANDOVER"] {
            #expect(till.request(verb, #"{"source":"WEB1","order":"1"}"#).ok != nil, "\(verb)")
        }
        let reply = try await web.ask("GET", "/v1/orders/1")
        #expect(reply.json["state"]?.text == "handed_over" && reply.headers["ETag"] == "\"6\"")
        let late = try await web.ask("POST", "/v1/orders/1/cancel")
        #expect(late.status == 409 && late.code == "bad_state" && late.json["state"]?.text == "handed_over")
    }

    @Test("changes are followed page by page, the site's own, and the path is no order's")
    func changes() async throws {
        let web = try WebWorld()
        try web.addSite("S1", "WEB2", token: "token-of-WEB2-0123456789")
        _ = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle)
        _ = try await web.ask("PUT", "/v1/orders/1", WebOrder.mug, token: "token-of-WEB2-0123456789")
        _ = try await web.ask("POST", "/v1/orders/1/cancel")
        let page = try await web.ask("GET", "/v1/orders/changes?limit=1")
        #expect(page.status == 200 && page.json["changes"]?.elements?.count == 1)
        let next = try #require(page.json["next"]?.text)
        let rest = try await web.ask("GET", "/v1/orders/changes?after=\(next)")
        #expect(rest.json["changes"]?.elements?.compactMap { $0["state"]?.text } == ["cancelled"])
        #expect(try await web.ask("GET", "/v1/orders/changes?after=x").code == "bad_field")
        #expect(try await web.ask("PUT", "/v1/orders/changes", WebOrder.kettle).status == 405)
        #expect(try await web.ask("OPTIONS", "/v1/orders/changes").headers["Allow"] == "GET, HEAD, OPTIONS")
    }

    @Test("stock is told by product and store, less what orders reserve; a number may hold a slash")
    func stock() async throws {
        let web = try WebWorld(store: "*")
        let operation = web.world.localOperator()
        let product = #"{"sku":"BIG/KETTLE","name":"Kettle","price":150000}"#
        #expect(operation.request("IMPORT_CATALOGUE", #"{"rows":[\#(product)]}"#).ok?["created"]?.integer == 1)
        for store in ["S1", "S2"] {
            let row = #"{"store":"\#(store)","sku":"BIG/KETTLE","quantity":7,"as_of":"2026-11-22T09:00:00Z"}"#
            #expect(operation.request("IMPORT_STOCK", #"{"rows":[\#(row)]}"#).ok?["created"]?.integer == 1)
        }
        let order = WebOrder.kettle.replacing("\"KETTLE\"", with: "\"BIG/KETTLE\"")
        #expect(try await web.ask("PUT", "/v1/orders/1", order).status == 201)
        let all = try await web.ask("GET", "/v1/stock/BIG%2FKETTLE")
        #expect(all.status == 200)
        #expect(all.json["stores"]?.elements?.compactMap { $0["available"]?.integer } == [5, 7])
        let one = try await web.ask("GET", "/v1/stock/BIG%2FKETTLE?store=S1")
        #expect(one.json["stores"]?.elements?.compactMap { $0["reserved"]?.integer } == [2])
        #expect(try await web.ask("GET", "/v1/stock/NONE").status == 404)
        #expect(try await web.ask("GET", "/v1/stock/A?store=a%20b").code == "bad_field")
        #expect(try await web.ask("GET", "/v1/stock/BIG/KETTLE").code == "no_such_path")
    }

    @Test("health needs no token, and says when the store is away")
    func health() async throws {
        let disk = Disk()
        let web = try WebWorld(hooks: disk.hooks)
        let well = try await web.ask("GET", "/v1/health", token: nil)
        #expect(well.status == 200 && well.json["status"]?.text == "ok" && well.json["version"]?.text == "1.0.0")
        #expect(well.headers["Date"] == "Sun, 22 Nov 2026 09:30:00 GMT")
        disk.fail(times: 1_000)
        let refused = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle)
        #expect(refused.status == 503 && refused.code == "store_unavailable")
        #expect(refused.headers["Retry-After"] == "1")
        let ill = try await web.ask("GET", "/v1/health", token: nil)
        #expect(ill.status == 503 && ill.code == "store_unavailable")
        disk.fail(times: 0)
        #expect(web.world.available())
        #expect(try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle).status == 201)
    }
}
