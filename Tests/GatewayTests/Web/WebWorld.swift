import Certificates
import EventLoop
import HTTPMessage
import Journal
import LineProtocol
import Retail
import TestSupport

@testable import Gateway

/// A gateway with its HTTPS port on a loopback address, without TLS, and a site that may use it.
final class WebWorld {
    let world: TestWorld
    private(set) var server: WebServer
    private let settings: WebSettings
    private let loop: EventLoop
    private let clients: EventLoop

    static let token = "token-of-WEB1-0123456789"
    private static let patienceMilliseconds = 300_000

    init(
        store: String = "S1", hooks: JournalHooks = JournalHooks(), change: (inout WebSettings) -> Void = { _ in }
    ) throws {
        var settings = WebSettings()
        // A machine that is busy with other tests is no slow client; tests of deadlines set their own.
        settings.ingress.headMilliseconds = Self.patienceMilliseconds
        settings.ingress.bodyMilliseconds = Self.patienceMilliseconds
        settings.ingress.answerMilliseconds = Self.patienceMilliseconds
        settings.ingress.idleMilliseconds = Self.patienceMilliseconds
        change(&settings)
        self.settings = settings
        world = try TestWorld(hooks: hooks)
        loop = try EventLoop(label: "web")
        clients = try EventLoop(label: "web-clients")
        server = try Self.server(world, loop, settings)
        try addSite(store, "WEB1", token: Self.token)
    }

    deinit {
        server.drain()
        server.stop()
        loop.stop()
        clients.stop()
    }

    private static func server(_ world: TestWorld, _ loop: EventLoop, _ settings: WebSettings) throws -> WebServer {
        try WebServer(
            gateway: world.gateway, address: .tcp("127.0.0.1", 0), tls: nil,
            privateSocket: world.folderPath + "/web/private.sock", loops: [loop], settings: settings)
    }

    /// Stops the gateway in good order and starts another on the same folder.
    func restart() throws {
        server.drain()
        server.stop()
        try world.restart()
        server = try Self.server(world, loop, settings)
    }

    func addSite(_ store: String, _ name: String, role: DeviceRole = .website, token: String) throws {
        try world.add(
            DeviceRecord(
                store: store, name: name, role: role, fingerprint: nil, tokenHash: sha256(Array(token.utf8)),
                createdAt: world.clock.now()))
    }

    /// A connection of its own.
    func client() -> WebClient { WebClient(port: server.port, loop: clients) }

    /// One request on a connection of its own, with the site's token.
    func ask(
        _ method: String, _ path: String, _ body: String? = nil, headers: [String] = [], token: String? = WebWorld.token
    ) async throws -> WebReply {
        let client = client()
        defer { client.close() }
        return try await client.ask(method, path, body, headers: headers, token: token)
    }
}

/// An order's content as websites push it.
enum WebOrder {
    static let kettle =
        #"{"store":"S1","lines":[{"sku":"KETTLE","name":"Kettle 1.7 l","quantity":2,"price":150000,"amount":300000}],"#
        + #""total":300000,"prepaid":false}"#
    static let mug =
        #"{"store":"S1","lines":[{"sku":"MUG","name":"Mug","quantity":1,"price":50000,"amount":50000}],"#
        + #""total":50000,"prepaid":true}"#
    static let oneKettle =
        #""lines":[{"sku":"KETTLE","name":"Kettle 1.7 l","quantity":1,"price":150000,"amount":150000}],"#
        + #""total":150000}"#
}

/// An answer as it came.
struct WebReply: Sendable {
    var status: Int
    var headers = HTTPHeaders()
    var body: [UInt8] = []

    var json: JSONTree { (try? JSONTree(body)) ?? .null }
    /// The code of a problem.
    var code: String? { json["code"]?.text }
}

/// A client on a socket that sends whatever a test wants.
final class WebClient: ConnectionHandler, @unchecked Sendable {
    private let loop: EventLoop
    private var connection: Connection?
    private let replies = Mailbox<WebReply?>()
    private var received: [UInt8] = []
    private var hasBody = true

    init(port: Int, loop: EventLoop) {
        self.loop = loop
        connection = connect(
            to: .tcp("127.0.0.1", port), on: loop, tls: nil, handler: self, deadlineMilliseconds: 10_000)
    }

    private var unsent: [UInt8]? = []

    /// Sends bytes as they are.
    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        loop.execute { [self] in
            if unsent != nil { unsent? += bytes } else { connection?.write(bytes) }
        }
    }

    /// The next answer; nil when the connection was closed instead.
    func reply() async throws -> WebReply? { try await replies.take() }

    func ask(
        _ method: String, _ path: String, _ body: String? = nil, headers: [String] = [], token: String? = WebWorld.token
    ) async throws -> WebReply {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost"] + headers
        if let token { lines.append("Authorization: Bearer \(token)") }
        if let body {
            lines += ["Content-Length: \(body.utf8.count)"]
            if !headers.contains(where: { $0.hasPrefix("Content-Type") }) {
                lines.append("Content-Type: application/json")
            }
        }
        let hasBody = method != "HEAD"
        loop.execute { [self] in self.hasBody = hasBody }
        send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
        return try await reply() ?? WebReply(status: 0)
    }

    func close() { loop.execute { [self] in connection?.close(afterFlush: false) } }

    /// Sends what was written, and then nothing any more; still reads.
    func closeAfterFlush() { loop.execute { [self] in connection?.close(afterFlush: true) } }

    func connectionOpened(_ connection: Connection) {
        let bytes = unsent ?? []
        unsent = nil
        connection.write(bytes)
    }

    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) -> Int {
        received += bytes
        while let reply = next() { replies.put(reply) }
        return bytes.count
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        self.connection = nil
        replies.put(nil)
    }

    private func next() -> WebReply? {
        let text = String(decoding: received, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        var reply = WebReply(status: Int(lines[0].split(separator: " ")[1]) ?? -1)
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            reply.headers.append(name: String(line[..<colon]), value: String(line[colon...].dropFirst(2)))
        }
        let head = text[..<end.upperBound].utf8.count
        let length = hasBody ? Int(reply.headers["Content-Length"] ?? "0") ?? 0 : 0
        guard received.count >= head + length else { return nil }
        reply.body = Array(received[head..<head + length])
        received.removeFirst(head + length)
        return reply
    }
}
