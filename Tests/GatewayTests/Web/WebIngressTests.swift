import EventLoop
import Glibc
import Journal
import LineProtocol
import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("What the HTTPS port refuses and survives", .timeLimit(.minutes(2)))
struct WebIngressTests {
    /// A message that must be refused, with the status.
    struct Attack: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        let status: Int

        init(_ name: String, _ status: Int, _ text: String) {
            (self.name, self.status, self.text) = (name, status, text)
        }

        var testDescription: String { name }

        /// A push with these fields, and a second request hidden in what one of two parsers takes for its body.
        static func push(_ name: String, _ status: Int, _ fields: String) -> Attack {
            Attack(
                name, status,
                "PUT /v1/orders/1 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(WebWorld.token)\r\n"
                    + "Content-Type: application/json\r\n\(fields)\r\n\r\n0\r\n\r\n\(hidden)")
        }

        static func line(_ name: String, _ status: Int, _ line: String) -> Attack {
            Attack(name, status, "\(line)\r\nHost: h\r\nAuthorization: Bearer \(WebWorld.token)\r\n\r\n")
        }

        static let hidden =
            "PUT /v1/orders/hidden HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(WebWorld.token)\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(WebOrder.kettle.utf8.count)\r\n\r\n\(WebOrder.kettle)"
    }

    static let attacks: [Attack] = [
        .push("two lengths", 400, "Content-Length: 5\r\nContent-Length: 6"),
        .push("two equal lengths", 400, "Content-Length: 5\r\nContent-Length: 5"),
        .push("a list of lengths", 400, "Content-Length: 5, 5"),
        .push("a length with a sign", 400, "Content-Length: +5"),
        .push("a length beyond 64 bits", 413, "Content-Length: 99999999999999999999"),
        .push("a length over the limit", 413, "Content-Length: 1048577"),
        .push("a coding and a length", 400, "Transfer-Encoding: chunked\r\nContent-Length: 5"),
        .push("a length and a coding", 400, "Content-Length: 5\r\nTransfer-Encoding: chunked"),
        .push("chunks", 411, "Transfer-Encoding: chunked"),
        .push("chunks in disguise", 411, "Transfer-Encoding: xchunked"),
        .push("chunks after a tab", 411, "Transfer-Encoding:\tchunked"),
        .push("two codings", 400, "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked"),
        .push("a space before the colon", 400, "Content-Length : 5"),
        .push("a coding behind a space", 400, "Content-Length: 0\r\nTransfer-Encoding : chunked"),
        .push("a folded line", 400, "X: 1\r\n Transfer-Encoding: chunked"),
        .push("a bare LF", 400, "X: 1\nTransfer-Encoding: chunked"),
        .push("a bare CR", 400, "X: 1\rTransfer-Encoding: chunked"),
        .push("NUL in a field", 400, "X: 1\u{0}2"),
        .push("two hosts", 400, "Host: other\r\nContent-Length: 0"),
        .push("two authorizations", 400, "Authorization: Bearer x\r\nContent-Length: 0"),
        .push("another expectation", 417, "Expect: 200-ok\r\nContent-Length: 0"),
        .push("many fields", 431, (0..<70).map { "X-\($0): 1" }.joined(separator: "\r\n")),
        .push("a long field", 431, "X: " + String(repeating: "x", count: 17_000)),
        .line("absolute form", 400, "GET http://h/v1/orders HTTP/1.1"),
        .line("authority form", 501, "CONNECT h:443 HTTP/1.1"),
        .line("asterisk form", 400, "OPTIONS * HTTP/1.1"),
        .line("no slash", 400, "GET v1/orders HTTP/1.1"),
        .line("a fragment", 400, "GET /v1/orders#x HTTP/1.1"),
        .line("a blank in the target", 400, "GET /v1/ orders HTTP/1.1"),
        .line("a raw byte beyond ASCII", 400, "GET /v1/orders/\u{E9} HTTP/1.1"),
        .line("a long target", 414, "GET /v1/orders/" + String(repeating: "x", count: 4_100) + " HTTP/1.1"),
        .line("an old version", 505, "GET /v1/orders HTTP/1.0"),
        .line("a new version", 505, "GET /v1/orders HTTP/2.0"),
        .line("no version", 400, "GET /v1/orders"),
        .line("a method in small letters", 501, "get /v1/orders HTTP/1.1"),
        .line("a method that nobody has", 501, "TRACE /v1/orders HTTP/1.1"),
        .line("NUL escaped", 400, "GET /v1/orders/%00 HTTP/1.1"),
        .line("bytes that are no text", 400, "GET /v1/orders/%FF HTTP/1.1"),
        .line("dots", 400, "GET /v1/orders/../health HTTP/1.1"),
        .line("dots escaped", 400, "GET /v1/orders/%2e%2E HTTP/1.1"),
        .line("an empty segment", 400, "GET /v1//orders HTTP/1.1"),
        .line("a slash at the end", 400, "GET /v1/orders/ HTTP/1.1"),
        Attack("no host", 400, "GET /v1/health HTTP/1.1\r\n\r\n"),
        Attack("an empty host", 400, "GET /v1/health HTTP/1.1\r\nHost:\r\n\r\n"),
        Attack("a host with a path", 400, "GET /v1/health HTTP/1.1\r\nHost: h/x\r\n\r\n"),
        Attack("a body on GET", 400, "GET /v1/health HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nGET /"),
        Attack("an empty line first", 400, "\r\nGET /v1/health HTTP/1.1\r\nHost: h\r\n\r\n"),
        Attack("TLS on a plain port", 400, "\u{16}\u{3}\u{1}\u{2}\r\n"),
    ]

    @Test(
        "what two programs could understand differently is refused with a problem, and the connection closed",
        arguments: attacks)
    func attack(_ attack: Attack) async throws {
        let web = try WebWorld()
        let client = web.client()
        client.send(attack.text)
        let reply = try #require(try await client.reply())
        #expect(reply.status == attack.status)
        #expect(reply.headers["Content-Type"] == "application/problem+json")
        #expect(reply.headers["Connection"] == "close")
        #expect(reply.json["status"]?.integer == Int64(attack.status) && reply.code != nil)
        #expect(try await client.reply() == nil)
        // Nothing of what was hidden in it has been carried out.
        #expect(try await web.ask("GET", "/v1/orders/hidden").status == 404)
    }

    @Test("requests in one go are answered in their order, one after the other")
    func pipelined() async throws {
        let web = try WebWorld()
        let client = web.client()
        let body = WebOrder.kettle
        func put(_ order: Int) -> String {
            "PUT /v1/orders/\(order) HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(WebWorld.token)\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
        client.send((1...20).map(put).joined())
        for order in 1...20 {
            let reply = try #require(try await client.reply())
            #expect(reply.status == 201 && reply.headers["Location"] == "/v1/orders/\(order)")
        }
    }

    @Test("however a request is cut into pieces, it is the same request")
    func cut() async throws {
        let web = try WebWorld()
        let body = WebOrder.kettle
        let text = Array(
            ("PUT /v1/orders/1 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(WebWorld.token)\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)").utf8)
        let client = web.client()
        for byte in text { client.send([byte]) }
        #expect(try await client.reply()?.status == 201)
        for cut in stride(from: 1, to: text.count, by: 37) {
            client.send(Array(text[..<cut]))
            client.send(Array(text[cut...]))
            #expect(try await client.reply()?.status == 200)
        }
    }

    @Test("a connection is kept open, and closed when the client asks for it")
    func keepAlive() async throws {
        let web = try WebWorld()
        let client = web.client()
        #expect(try await client.ask("GET", "/v1/health").status == 200)
        #expect(try await client.ask("GET", "/v1/nothing").status == 404)
        #expect(
            try await client.ask("GET", "/v1/health", headers: ["Connection: close"]).headers["Connection"] == "close")
        #expect(try await client.reply() == nil)
    }

    @Test("a head that takes its time is refused by an absolute deadline, however steadily it comes")
    func slowHead() async throws {
        let web = try WebWorld { $0.ingress.headMilliseconds = 150 }
        let client = web.client()
        client.send("GET /v1/health HTTP/1.1\r\nHost: h\r\nX: ")
        // A byte for each answer of another connection: activity does not move the deadline.
        let other = web.client()
        let reply = Task { try await client.reply() }
        let isOver = Gathered<Bool>()
        Task {
            _ = try await reply.value
            isOver.add(true)
        }
        while isOver.all.isEmpty {
            _ = try await other.ask("GET", "/v1/health", headers: ["Connection: keep-alive"])
            client.send("x")
        }
        let refused = try #require(try await reply.value)
        #expect(refused.status == 408 && refused.code == "request_too_slow" && refused.json["limit"]?.integer == 150)
        #expect(try await client.reply() == nil)
    }

    @Test("who says nothing is hung up on without a word, before the first request and after an answer")
    func silence() async throws {
        let web = try WebWorld {
            $0.ingress.headMilliseconds = 100
            $0.ingress.idleMilliseconds = 100
        }
        #expect(try await web.client().reply() == nil)
        let client = web.client()
        #expect(try await client.ask("GET", "/v1/health").status == 200)
        #expect(try await client.reply() == nil)
    }

    @Test("a body that does not come is refused by its deadline")
    func slowBody() async throws {
        let web = try WebWorld { $0.ingress.bodyMilliseconds = 100 }
        let client = web.client()
        client.send(
            "PUT /v1/orders/1 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(WebWorld.token)\r\n"
                + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
        let reply = try #require(try await client.reply())
        #expect(reply.status == 408 && reply.code == "request_too_slow")
        #expect(try await client.reply() == nil)
    }

    @Test(
        "a disk that does not answer costs the client its patience only: 504, and the same request again is safe"
    )
    func slowAnswer() async throws {
        let disk = Disk()
        let web = try WebWorld(hooks: disk.hooks) { $0.ingress.answerMilliseconds = 200 }
        let gate = disk.hold()
        let reply = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle)
        #expect(reply.status == 504 && reply.code == "answer_too_slow" && reply.headers["Retry-After"] == "1")
        disk.letGo()
        gate.open()
        try web.world.journal.perform { _ in }
        var again = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle)
        // On a busy machine an answer may take longer than the short patience of this test.
        for _ in 0..<100 where again.status == 504 { again = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle) }
        // 201 when the first was called off before it came to the disk: the client cannot know, and need not.
        #expect([200, 201].contains(again.status))
        let found = try web.world.journal.read { try $0.order(OrderKey(source: "WEB1", order: "1")) }
        #expect(found?.stateNumber == 1)
    }

    @Test("an endless head is cut at its limit")
    func endlessHead() async throws {
        let web = try WebWorld()
        let client = web.client()
        client.send("GET /v1/health HTTP/1.1\r\nHost: h\r\n")
        for number in 0..<40 { client.send("X-\(number): \(String(repeating: "x", count: 1_000))\r\n") }
        #expect(try await client.reply()?.status == 431)
        #expect(try await client.reply() == nil)
    }

    @Test("a client that closes its side after the request still gets the answer")
    func halfClose() async throws {
        let web = try WebWorld()
        let client = web.client()
        client.send("GET /v1/health HTTP/1.1\r\nHost: h\r\n\r\n")
        client.closeAfterFlush()
        // The order of the two is the network's; the gateway must serve the next one either way.
        _ = try await client.reply()
        #expect(try await web.ask("GET", "/v1/health").status == 200)
    }

    @Test("clients that break off at any place leave nothing behind", arguments: [1, 2, 3] as [UInt64])
    func brokenOff(seed: UInt64) async throws {
        let web = try WebWorld()
        var generator = SeededGenerator(seed: seed)
        let body = WebOrder.kettle
        for order in 0..<150 {
            let text = Array(
                ("PUT /v1/orders/\(order) HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(WebWorld.token)\r\n"
                    + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)").utf8)
            let client = web.client()
            client.send(Array(text.prefix(Int.random(in: 0...text.count, using: &generator))))
            client.close()
        }
        #expect(try await web.ask("PUT", "/v1/orders/last", body).status == 201)
        #expect(eventually { web.server.connectionCount == 0 })
        #expect(eventually { web.server.heldBodies == 0 })
    }

    @Test("which body a request has is not for its client to say")
    func foreignBody() async throws {
        let web = try WebWorld()
        let client = web.client()
        let claim = ["Tillgate-Body: 1"]
        #expect(try await client.ask("GET", "/v1/health", headers: claim).status == 200)
        #expect(try await client.ask("PUT", "/v1/orders/1", WebOrder.kettle, headers: claim).status == 201)
        #expect(try await client.ask("PUT", "/v1/orders/2", "{", headers: claim).status == 400)
        #expect(web.server.heldBodies == 0)
    }

    @Test("more connections than the limit are closed at once; the others go on")
    func connectionLimit() async throws {
        let web = try WebWorld { $0.ingress.connections = 2 }
        let (first, second) = (web.client(), web.client())
        #expect(try await first.ask("GET", "/v1/health").status == 200)
        #expect(try await second.ask("GET", "/v1/health").status == 200)
        let third = web.client()
        #expect(try await third.reply() == nil)
        #expect(try await first.ask("GET", "/v1/health").status == 200)
    }

    @Test("requests beyond what the endpoints take at a time wait their turn")
    func manyAtOnce() async throws {
        let web = try WebWorld { $0.ingress.requestsUnderWay = 2 }
        let clients = (0..<24).map { _ in web.client() }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for (order, client) in clients.enumerated() {
                group.addTask { try await client.ask("PUT", "/v1/orders/\(order)", WebOrder.kettle).status }
            }
            for try await status in group { #expect(status == 201) }
        }
    }

    @Test("more requests than the desks take at a time are told to come again")
    func busy() async throws {
        let disk = Disk()
        let web = try WebWorld(hooks: disk.hooks) { $0.requestsAtOnce = 1 }
        let gate = disk.hold()
        let before = disk.begun.all.count
        let first = web.client()
        async let pushed = first.ask("PUT", "/v1/orders/1", WebOrder.kettle)
        while disk.begun.all.count == before { await Task.yield() }
        let second = try await web.ask("PUT", "/v1/orders/2", WebOrder.kettle)
        #expect(second.status == 503 && second.code == "busy" && second.headers["Retry-After"] == "1")
        disk.letGo()
        gate.open()
        #expect(try await pushed.status == 201)
        #expect(try await web.ask("PUT", "/v1/orders/2", WebOrder.kettle).status == 201)
    }

    @Test("a private socket whose path is too long is refused at the start")
    func longPath() throws {
        let world = try TestWorld()
        let loop = try EventLoop(label: "web")
        defer { loop.stop() }
        let path = world.folderPath + "/" + String(repeating: "x", count: 100)
        #expect(throws: EventLoopError.pathTooLong(path: path, limit: 104)) {
            try WebServer(
                gateway: world.gateway, address: .tcp("127.0.0.1", 0), tls: nil, privateSocket: path, loops: [loop])
        }
    }

    @Test("a stop lets the answer under way out, closes idle connections, and takes the private socket away")
    func drain() async throws {
        let disk = Disk()
        let web = try WebWorld(hooks: disk.hooks)
        let idle = web.client()
        #expect(try await idle.ask("GET", "/v1/health").status == 200)
        let gate = disk.hold()
        let before = disk.begun.all.count
        let busy = web.client()
        async let pushed = busy.ask("PUT", "/v1/orders/1", WebOrder.kettle)
        while disk.begun.all.count == before { await Task.yield() }
        web.server.drain()
        #expect(try await idle.reply() == nil)
        disk.letGo()
        gate.open()
        let reply = try await pushed
        #expect(reply.status == 201 && reply.headers["Connection"] == "close")
        web.server.stop()
        #expect(access(web.world.folderPath + "/web/private.sock", F_OK) != 0)
    }

    @Test("the private socket is this user's alone")
    func privateSocket() async throws {
        let web = try WebWorld()
        #expect(try await web.ask("GET", "/v1/health").status == 200)
        var found = stat()
        #expect(lstat(web.world.folderPath + "/web", &found) == 0 && found.st_mode & 0o777 == 0o700)
        #expect(lstat(web.world.folderPath + "/web/private.sock", &found) == 0 && found.st_mode & 0o777 == 0o600)
    }
}
