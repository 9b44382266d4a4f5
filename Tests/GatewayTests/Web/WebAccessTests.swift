import Foundation
import LineProtocol
import Retail
import Testing
import Yams

@testable import Gateway

@Suite("Who may use the HTTPS port, and what it says otherwise", .timeLimit(.minutes(2)))
struct WebAccessTests {
    @Test(
        "without a site's token there is nothing but 401, also at paths that do not exist",
        arguments: [
            nil, "Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "Bearer wrong-token-0123456789", "Token \(WebWorld.token)",
            "Bearer \(WebWorld.token)x", "Bearer \(WebWorld.token) x", WebWorld.token,
            "Bearer " + String(repeating: "a", count: 300),
        ] as [String?])
    func unauthenticated(field: String?) async throws {
        let web = try WebWorld()
        for path in ["/v1/orders", "/v1/nothing"] {
            let headers = field.map { ["Authorization: \($0)"] } ?? []
            let reply = try await web.ask("GET", path, headers: headers, token: nil)
            #expect(reply.status == 401 && reply.code == "unauthenticated")
            #expect(reply.headers["WWW-Authenticate"] == #"Bearer realm="tillgate""#)
        }
    }

    @Test("the scheme's letters may be large or small")
    func scheme() async throws {
        let web = try WebWorld()
        let headers = ["authorization: bEARER  \(WebWorld.token)"]
        #expect(try await web.ask("GET", "/v1/orders", headers: headers, token: nil).status == 200)
    }

    @Test("a body is not read before the token is known")
    func bodyNotRead() async throws {
        let web = try WebWorld()
        let client = web.client()
        // Nothing of the body is ever sent.
        client.send(
            "PUT /v1/orders/1 HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n")
        let reply = try #require(try await client.reply())
        #expect(reply.status == 401 && reply.headers["Connection"] == "close")
        #expect(try await client.reply() == nil)
    }

    @Test("who waits for 100 Continue gets it with a good token, and the refusal with another")
    func expectContinue() async throws {
        let web = try WebWorld()
        let client = web.client()
        client.send(
            "PUT /v1/orders/1 HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
                + "Authorization: Bearer \(WebWorld.token)\r\nContent-Length: \(WebOrder.kettle.utf8.count)\r\n\r\n")
        #expect(try await client.reply()?.status == 100)
        client.send(WebOrder.kettle)
        #expect(try await client.reply()?.status == 201)
        let other = web.client()
        other.send("PUT /v1/orders/1 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n")
        #expect(try await other.reply()?.status == 401)
    }

    @Test("a till's token is no site's, and a revoked token ends at once")
    func roles() async throws {
        let web = try WebWorld()
        try web.addSite("S1", "T07", role: .register, token: "token-of-T07-0123456789")
        let till = try await web.ask("GET", "/v1/orders", token: "token-of-T07-0123456789")
        #expect(till.status == 403 && till.code == "forbidden")
        let client = web.client()
        #expect(try await client.ask("GET", "/v1/orders").status == 200)
        #expect(web.world.localOperator().request("DEVICE_REVOKE", #"{"device":"WEB1"}"#).ok != nil)
        #expect(try await client.ask("GET", "/v1/orders").status == 401)
    }

    @Test("a site that asks too often is told when to come again, and others are not")
    func siteRate() async throws {
        let web = try WebWorld { $0.siteRate = RequestRate(burst: 3, millisecondsPerRequest: 3_600_000) }
        try web.addSite("S1", "WEB2", token: "token-of-WEB2-0123456789")
        for _ in 0..<3 { #expect(try await web.ask("GET", "/v1/orders").status == 200) }
        let reply = try await web.ask("GET", "/v1/orders")
        #expect(reply.status == 429 && reply.code == "too_many_requests")
        let seconds = try #require(reply.headers["Retry-After"].flatMap { Int($0) })
        #expect((3_500...3_600).contains(seconds))
        #expect(try await web.ask("GET", "/v1/orders", token: "token-of-WEB2-0123456789").status == 200)
        #expect(try await web.ask("GET", "/v1/health", token: nil).status == 200)
    }

    @Test("an address that tries tokens out is told to wait; a site there that has a right one is served all the same")
    func wrongTokens() async throws {
        let web = try WebWorld {
            $0.wrongTokenRate = RequestRate(burst: 2, millisecondsPerRequest: 3_600_000)
            $0.countsLoopback = true
        }
        #expect(try await web.ask("GET", "/v1/orders").status == 200)
        for _ in 0..<2 { #expect(try await web.ask("GET", "/v1/orders", token: "wrong-token-01234567").status == 401) }
        let reply = try await web.ask("GET", "/v1/orders", token: "wrong-token-01234567")
        #expect(reply.status == 429 && reply.headers["Retry-After"] != nil)
        #expect(try await web.ask("GET", "/v1/orders").status == 200)
    }

    @Test(
        "paths, methods and media types that are not taken",
        arguments: [
            ("GET", "/", 404, "no_such_path", [String]()), ("GET", "/v1", 404, "no_such_path", []),
            ("GET", "/v1/orders/1/2/3", 404, "no_such_path", []), ("GET", "/v2/orders", 404, "no_such_path", []),
            ("DELETE", "/v1/orders/1", 405, "method_not_allowed", []),
            ("PUT", "/v1/orders", 405, "method_not_allowed", []),
            ("GET", "/v1/orders/1/cancel", 405, "method_not_allowed", []),
            ("HEAD", "/v1/orders/1/cancel", 405, "", []),
            ("PUT", "/v1/orders/1", 415, "unsupported_media_type", ["Content-Type: text/plain"]),
            ("PUT", "/v1/orders/1", 415, "unsupported_media_type", ["Content-Type: application/json; charset=latin1"]),
            ("PATCH", "/v1/orders/1", 415, "unsupported_media_type", ["Content-Type: application/merge-patch+json"]),
            ("GET", "/v1/orders", 406, "not_acceptable", ["Accept: text/html"]),
            ("GET", "/v1/orders", 406, "not_acceptable", ["Accept: */*, application/json;q=0"]),
            ("GET", "/v1/orders/1", 400, "bad_request", ["If-Match: \"1\""]),
            ("PUT", "/v1/orders/1", 400, "bad_request", ["If-None-Match: *"]),
        ])
    func refusals(method: String, path: String, status: Int, code: String, headers: [String]) async throws {
        let web = try WebWorld()
        let body = ["PUT", "PATCH"].contains(method) ? WebOrder.kettle : nil
        let reply = try await web.ask(method, path, body, headers: headers)
        #expect(reply.status == status)
        #expect(reply.code ?? "" == code)
        if status == 405 { #expect(reply.headers["Allow"] != nil) }
    }

    @Test(
        "what JSON may come as",
        arguments: [
            ("Content-Type: application/json;charset=UTF-8", "Accept: application/*"),
            ("Content-Type: Application/JSON ; charset=\"utf-8\"", "Accept: text/html, */*;q=0.1"),
        ])
    func mediaTypes(type: String, accept: String) async throws {
        let web = try WebWorld()
        #expect(try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle, headers: [type, accept]).status == 201)
    }

    @Test("OPTIONS says what a path takes")
    func options() async throws {
        let web = try WebWorld()
        let reply = try await web.ask("OPTIONS", "/v1/orders/1")
        #expect(reply.status == 204 && reply.body.isEmpty)
        #expect(reply.headers["Allow"] == "GET, HEAD, OPTIONS, PATCH, PUT")
        #expect(reply.headers["Accept-Patch"] == "application/json")
        #expect(try await web.ask("OPTIONS", "/v1/orders/1/cancel").headers["Allow"] == "OPTIONS, POST")
        #expect(try await web.ask("OPTIONS", "/v1/nothing").status == 404)
    }

    @Test("broken JSON is named by its place, a bad field by its name")
    func badBodies() async throws {
        let web = try WebWorld()
        let broken = try await web.ask("PUT", "/v1/orders/1", #"{"store":"S1""#)
        #expect(broken.status == 400 && broken.code == "bad_json" && broken.json["offset"]?.integer == 13)
        #expect(try await web.ask("PUT", "/v1/orders/1", "[]").code == "bad_json")
        #expect(try await web.ask("PUT", "/v1/orders/1", "").code == "missing_field")
        #expect(try await web.ask("PUT", "/v1/orders/1", #"{"store":"S1","store":"S1"}"#).code == "bad_json")
        let price = WebOrder.kettle.replacing("150000", with: "1500.5")
        let bad = try await web.ask("PUT", "/v1/orders/1", price)
        #expect(bad.status == 422 && bad.code == "bad_field" && bad.json["field"]?.text == "lines[0].price")
        let long = WebOrder.kettle.replacing("Kettle 1.7 l", with: String(repeating: "k", count: 201))
        let limit = try await web.ask("PUT", "/v1/orders/1", long)
        #expect(limit.code == "limit" && limit.json["limit"]?.integer == 200)
    }

    // MARK: The specification

    @Test("the problems are those of website.problems.json, with their statuses")
    func problems() throws {
        let text = try String(
            contentsOf: Transcript.specification.appending(path: "website.problems.json"), encoding: .utf8)
        let list = try JSONTree(Array(text.utf8))["problems"]?.elements ?? []
        let specified = Set(list.map { "\($0["status"]?.integer ?? 0) \($0["code"]?.text ?? "")" })
        #expect(specified == Set(WebProblemKind.all.map { "\($0.status) \($0.code)" }))
        #expect(list.count == WebProblemKind.all.count)
    }

    @Test("the paths and methods are those of website.openapi.yaml")
    func routes() throws {
        let text = try String(
            contentsOf: Transcript.specification.appending(path: "website.openapi.yaml"), encoding: .utf8)
        let paths = try #require((try Yams.load(yaml: text) as? [String: Any])?["paths"] as? [String: [String: Any]])
        var specified: Set<String> = []
        for (path, item) in paths {
            for (method, operation) in item where method != "parameters" {
                let id = (operation as? [String: Any])?["operationId"] as? String ?? ""
                specified.insert("\(method.uppercased()) \(path) \(id)")
            }
        }
        #expect(specified == Set(WebOperation.allCases.map { "\($0.method.rawValue) \($0.path) \($0.rawValue)" }))
    }
}
