import EventLoop
import LineProtocol
import Testing

@testable import TillClient

@Suite("Events", .timeLimit(.minutes(1)))
struct EventTests {
    private func send(_ number: Int, on connection: ScriptedConnection) {
        connection.send("EVENT \(number) order.changed \(Sample.changed("\(number)"))")
    }

    @Test("an event that comes again after a reconnection is delivered once")
    func duplicates() async throws {
        let world = try World()
        let client = world.client { $0.eventHandling = .manual }
        try await client.connect()
        let first = try await world.gateway.hellos.take().connection
        send(1, on: first)
        send(2, on: first)
        var events = client.events.makeAsyncIterator()
        #expect(await events.next()?.number == 1)
        #expect(await events.next()?.number == 2)
        first.cut()
        let second = try await world.gateway.hellos.take().connection
        for number in 1...3 { send(number, on: second) }
        #expect(await events.next()?.number == 3)
        #expect(client.statistics.duplicateEvents == 2)
    }

    @Test("a known event comes with its content, an unknown one with its JSON")
    func content() async throws {
        let world = try World()
        let client = world.client()
        try await client.connect()
        let connection = try await world.gateway.hellos.take().connection
        send(1, on: connection)
        connection.send(#"EVENT 2 moon.risen {"basket":"7"}"#)
        connection.send(#"EVENT 3 order.changed {"source":"WEB1"}"#)
        var events = client.events.makeAsyncIterator()
        guard case .orderChanged(let change)? = await events.next()?.content else {
            Issue.record("not order.changed")
            return
        }
        #expect(change.key.order == "1" && change.state == .new)
        let unknown = await events.next()
        #expect(unknown?.name == "moon.risen" && unknown?.content == .other)
        #expect(unknown?.body.bytes == Array(#"{"basket":"7"}"#.utf8))
        #expect(await events.next()?.content == .other)
    }

    @Test("an event is acknowledged soon after the next one was asked for, never before")
    func automatic() async throws {
        let world = try World()
        let client = world.client()
        try await client.connect()
        let connection = try await world.gateway.hellos.take().connection
        for number in 1...3 { send(number, on: connection) }
        var events = client.events.makeAsyncIterator()
        for number in 1...3 { #expect(await events.next()?.number == Int64(number)) }
        var through = ""
        repeat {
            let request = try await world.gateway.requests.take()
            #expect(request.verb == "ACK")
            through = request.body
            #expect(through != #"{"through":3}"#)
        } while through != #"{"through":2}"#
    }

    @Test("many events are acknowledged at once")
    func cumulative() async throws {
        let world = try World()
        let client = world.client { $0.acknowledgeDelayMilliseconds = 60_000 }
        try await client.connect()
        let connection = try await world.gateway.hellos.take().connection
        for number in 1...65 { send(number, on: connection) }
        var events = client.events.makeAsyncIterator()
        for number in 1...65 { #expect(await events.next()?.number == Int64(number)) }
        let request = try await world.gateway.requests.take()
        #expect(request.verb == "ACK" && request.body == #"{"through":64}"#)
    }

    @Test("HELLO says after which event to go on, and never counts one that was not dealt with")
    func eventsAfter() async throws {
        let world = try World()
        let client = world.client {
            $0.eventsAfter = 40
            $0.acknowledgeDelayMilliseconds = 60_000
        }
        try await client.connect()
        let hello = try await world.gateway.hellos.take()
        #expect(hello.has(#""events_after":40"#))
        send(41, on: hello.connection)
        send(42, on: hello.connection)
        var events = client.events.makeAsyncIterator()
        #expect(await events.next()?.number == 41)
        #expect(await events.next()?.number == 42)
        hello.connection.cut()
        #expect(try await world.gateway.hellos.take().has(#""events_after":41"#))
    }

    @Test("with manual acknowledgement nothing is acknowledged but what the program says")
    func manual() async throws {
        let world = try World()
        let client = world.client { $0.eventHandling = .manual }
        try await client.connect()
        let connection = try await world.gateway.hellos.take().connection
        for number in 1...3 { send(number, on: connection) }
        var events = client.events.makeAsyncIterator()
        for _ in 1...3 { _ = await events.next() }
        async let reply = client.acknowledge(through: 2)
        let request = try await world.gateway.requests.take()
        #expect(request.verb == "ACK" && request.body == #"{"through":2}"#)
        request.ok(#"{"unacknowledged":1}"#)
        #expect(try await reply.unacknowledged == 1)
        connection.cut()
        #expect(try await world.gateway.hellos.take().has(#""events_after":2"#))
    }

    @Test("a client that ignores events acknowledges none, not even in HELLO")
    func ignored() async throws {
        let world = try World()
        let client = world.client { $0.eventHandling = .ignored }
        try await client.connect()
        let hello = try await world.gateway.hellos.take()
        send(1, on: hello.connection)
        async let pong = client.ping()
        let ping = try await world.gateway.requests.take()
        #expect(ping.verb == "PING")
        ping.ok(Sample.pong)
        _ = try await pong
        hello.connection.cut()
        #expect(try await !world.gateway.hellos.take().has("events_after"))
        client.close()
        var events = client.events.makeAsyncIterator()
        #expect(await events.next() == nil)
    }

    @Test("the sequence of events ends when the client is closed")
    func end() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        client.close()
        var events = client.events.makeAsyncIterator()
        #expect(await events.next() == nil)
    }
}
