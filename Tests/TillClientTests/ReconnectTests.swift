import EventLoop
import LineProtocol
import Locking
import TestSupport
import Testing

@testable import TillClient

@Suite("Reconnecting", .timeLimit(.minutes(1)))
struct ReconnectTests {
    @Test("a sale without an answer is sent again with the same bytes when the connection is back")
    func resume() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        let pending = ["1", "2"].map { client.beginReceipt(Sample.receipt($0)) }
        let first = try await world.gateway.requests.take()
        let second = try await world.gateway.requests.take()
        first.ok(Sample.stored("1"))
        _ = try await pending[0].reply()
        second.connection.cut()
        _ = try await world.gateway.hellos.take()
        let again = try await world.gateway.requests.take()
        #expect(again.verb == "SALE" && again.body == second.body)
        again.ok(Sample.stored("2"))
        #expect(try await pending[1].reply().key.number == "2")
        #expect(client.statistics.reconnects == 1 && client.statistics.repeatedRequests == 1)
        #expect(world.gateway.requests.count == 0)
    }

    @Test("what was unanswered goes before what was asked meanwhile, in the order of the calls")
    func orderKept() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        let early = ["1", "2", "3"].map { client.beginReceipt(Sample.receipt($0)) }
        var request = try await world.gateway.requests.take()
        for _ in 1..<3 { request = try await world.gateway.requests.take() }
        world.gateway.greet(.silence)
        request.connection.cut()
        let hello = try await world.gateway.hellos.take()
        let late = client.beginReceipt(Sample.receipt("4"))
        hello.ok(ScriptedGateway.welcome())
        for number in ["1", "2", "3", "4"] {
            let request = try await world.gateway.requests.take()
            #expect(request.has(#""number":"\#(number)""#))
            request.ok(Sample.stored(number))
        }
        for reply in early + [late] { _ = try await reply.reply() }
    }

    @Test("a gateway that does not answer is left for a new connection")
    func noReply() async throws {
        let world = try World()
        let client = try await world.connectedClient { $0.replyDeadlineMilliseconds = 20 }
        async let reply = client.sale(Sample.receipt("1"))
        let silent = try await world.gateway.requests.take()
        world.gateway.respond { $0.ok(Sample.stored("1")) }
        let again = try await world.gateway.requests.take()
        #expect(again.body == silent.body && again.connection !== silent.connection)
        _ = try await reply
    }

    @Test("a gateway that does not answer HELLO is left for a new connection")
    func noGreeting() async throws {
        let world = try World()
        world.gateway.greet(.silence)
        let client = world.client { $0.helloDeadlineMilliseconds = 20 }
        async let session = client.connect()
        let first = try await world.gateway.hellos.take()
        world.gateway.greet(.ok(ScriptedGateway.welcome()))
        #expect(try await session.device == "T01")
        #expect(try await world.gateway.hellos.take().connection !== first.connection)
    }

    @Test("on drain the client finishes, comes back, and sends there what was refused as draining")
    func drain() async throws {
        let world = try World()
        let draining = Mailbox<Void>()
        let client = try await world.connectedClient {
            $0.onConnectionChange = { if $0 == .draining { draining.put(()) } }
        }
        let first = client.beginReceipt(Sample.receipt("1"))
        let second = client.beginReceipt(Sample.receipt("2"))
        let underWay = try await world.gateway.requests.take()
        let refused = try await world.gateway.requests.take()
        underWay.connection.send(#"EVENT 0 drain {"reason":"restart","within_ms":5000}"#)
        refused.error("draining", #"{"message":"later"}"#)
        try await draining.take()
        let third = client.beginReceipt(Sample.receipt("3"))
        underWay.ok(Sample.stored("1"))
        #expect(try await first.reply().key.number == "1")
        #expect(try await underWay.connection.closed.take() == .peerClosed)
        _ = try await world.gateway.hellos.take()
        for number in ["2", "3"] {
            let again = try await world.gateway.requests.take()
            #expect(again.connection !== underWay.connection && again.has(#""number":"\#(number)""#))
            again.ok(Sample.stored(number))
        }
        _ = try await (second.reply(), third.reply())
    }

    @Test("a drain without anything under way makes the client come back at once")
    func idleDrain() async throws {
        let world = try World()
        let client = world.client()
        try await client.connect()
        let hello = try await world.gateway.hellos.take()
        hello.connection.send(#"EVENT 0 drain {"reason":"restart","within_ms":5000}"#)
        #expect(try await world.gateway.hellos.take().connection !== hello.connection)
        client.close()
    }

    @Test("addresses are tried in turn")
    func secondAddress() async throws {
        let world = try World()
        let client = world.client { $0.addresses.insert(World.nowhere, at: 0) }
        #expect(try await client.connect().device == "T01")
    }

    @Test("a client that is refused for good ends, and so do its calls")
    func unauthenticated() async throws {
        let world = try World()
        world.gateway.greet(.error(#"unauthenticated {"message":"revoked"}"#))
        let client = world.client()
        let failure = try await Issue.failure { () throws(TillClientError) in try await client.connect() }
        guard case .refused(let refusal) = failure else {
            Issue.record("\(failure)")
            return
        }
        #expect(refusal.code == .unauthenticated)
        #expect(try await Issue.failure { () throws(TillClientError) in try await client.ping() } == failure)
    }

    @Test("without TLS a client does not leave its machine")
    func insecure() async throws {
        let world = try World()
        let client = world.client { $0.addresses = [.tcp("192.0.2.1", 7_443)] }
        let failure = try await Issue.failure { () throws(TillClientError) in try await client.connect() }
        #expect(failure == .insecure(address: "192.0.2.1:7443"))
    }

    @Test("too many connections of the device pass: the client tries again")
    func deviceLimit() async throws {
        let world = try World()
        world.gateway.greet(.error(#"limit {"message":"too many","field":"device","limit":8}"#))
        let client = world.client()
        async let session = client.connect()
        let first = try await world.gateway.hellos.take()
        world.gateway.greet(.ok(ScriptedGateway.welcome()))
        first.connection.cut()
        #expect(try await session.device == "T01")
    }

    @Test("without a connection a call waits until its deadline and says what is wrong")
    func waitsForConnection() async throws {
        let world = try World()
        let client = world.client {
            $0.addresses = [World.nowhere]
            $0.callDeadlineMilliseconds = 1_000
        }
        let failure = try await Issue.failure { () throws(TillClientError) in try await client.connect() }
        guard case .deadline(1_000, let problem) = failure else {
            Issue.record("\(failure)")
            return
        }
        #expect(problem?.contains("cannot connect") == true)
        let second = try await Issue.failure { () throws(TillClientError) in
            try await client.sale(Sample.receipt("1"))
        }
        guard case .deadline(1_000, _) = second else {
            Issue.record("\(second)")
            return
        }
    }

    @Test("a call that must not wait fails at once without a connection")
    func failsFast() async throws {
        let world = try World()
        let client = world.client()
        let options = CallOptions(whenDisconnected: .fail)
        let before = try await Issue.failure { () throws(TillClientError) in try await client.ping(options: options) }
        guard case .notConnected = before else {
            Issue.record("\(before)")
            return
        }
        world.gateway.greet(.silence)
        async let session = client.connect()
        let hello = try await world.gateway.hellos.take()
        let failure = try await Issue.failure { () throws(TillClientError) in
            try await client.ping(options: options)
        }
        #expect(failure == .notConnected(problem: nil))
        hello.ok(ScriptedGateway.welcome())
        _ = try await session
    }

    @Test("a silent client sends PING by itself")
    func keepAlive() async throws {
        let world = try World()
        let client = try await world.connectedClient { $0.pingIntervalMilliseconds = 10 }
        for _ in 0..<3 {
            let ping = try await world.gateway.requests.take()
            #expect(ping.verb == "PING")
            ping.ok(Sample.pong)
        }
        client.close()
    }

    @Test("bye waits for what is under way, says BYE and closes")
    func bye() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        let pending = client.beginReceipt(Sample.receipt("1"))
        let sale = try await world.gateway.requests.take()
        async let left: Void = client.bye()
        sale.ok(Sample.stored("1"))
        let bye = try await world.gateway.requests.take()
        #expect(bye.verb == "BYE")
        bye.ok("{}")
        await left
        _ = try await pending.reply()
        #expect(try await Issue.failure { () throws(TillClientError) in try await client.ping() } == .closed)
        #expect(try await bye.connection.closed.take() == .peerClosed)
    }

    @Test("closing ends every call, also those that wait for a connection")
    func close() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        let pending = client.beginReceipt(Sample.receipt("1"))
        _ = try await world.gateway.requests.take()
        client.close()
        #expect(try await Issue.failure { () throws(TillClientError) in try await pending.reply() } == .closed)
    }

    @Test("a client that nobody holds any more closes its connection")
    func released() async throws {
        let world = try World()
        let connection: ScriptedConnection
        do {
            let client = world.client()
            try await client.connect()
            connection = try await world.gateway.hellos.take().connection
        }
        #expect(try await connection.closed.take() == .peerClosed)
    }

    @Test("a line that is none makes the client connect anew")
    func brokenGateway() async throws {
        let world = try World()
        let client = world.client()
        try await client.connect()
        let hello = try await world.gateway.hellos.take()
        hello.connection.send("HTTP/1.1 400 Bad Request")
        #expect(try await world.gateway.hellos.take().connection !== hello.connection)
        client.close()
    }

    @Test("one loop serves many clients")
    func manyClients() async throws {
        let world = try World()
        var clients: [TillClient] = []
        for _ in 0..<20 { clients.append(try await world.connectedClient()) }
        let pending = clients.map { $0.beginReceipt(Sample.receipt("1")) }
        for _ in clients { try await world.gateway.requests.take().ok(Sample.stored("1")) }
        for reply in pending { _ = try await reply.reply() }
    }
}
