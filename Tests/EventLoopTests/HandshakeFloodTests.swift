import CEventLoop
import Glibc
import Testing

@testable import EventLoop

extension EventLoopTests {
    @Suite("Strangers cannot keep the others waiting")
    struct HandshakeFloodTests {
        @Test("with too many handshakes under way, the one that has waited longest gives way")
        func crowdedOut() throws {
            let authority = try TestAuthority()
            var limits = ListenerLimits()
            limits.handshakesMaximum = 2
            let server = try TestServer(tls: try authority.serverContext(), limits: limits)
            let silent = try (0..<4).map { _ in
                let client = try RawClient(port: server.listener.boundPort)
                try server.settle()
                return client
            }
            for _ in 0..<2 { #expect(try server.failures.take() == .crowdedOut(limit: 2)) }
            #expect(try silent[0].receiveAll().isEmpty)
            #expect(try silent[1].receiveAll().isEmpty)
            // Whoever goes on with the handshake gets in, and takes the place of another that does not.
            let client = Recorder.sink()
            connect(
                to: server.address, on: server.loop, tls: try authority.clientContext(), handler: client,
                deadlineMilliseconds: 5_000)
            _ = try client.opened.take()
            #expect(try server.failures.take() == .crowdedOut(limit: 2))
            #expect(try silent[2].receiveAll().isEmpty)
            #expect(server.failures.count == 0 && server.listener.connectionCount == 2)
            try server.end()
        }

        @Test("open connections are no handshakes: a hundred of them crowd nobody out")
        func openOnesDoNotCount() throws {
            let authority = try TestAuthority()
            var limits = ListenerLimits()
            limits.handshakesMaximum = 2
            let server = try TestServer(tls: try authority.serverContext(), limits: limits)
            let tls = try authority.clientContext()
            for _ in 0..<100 {
                let client = Recorder.sink()
                connect(to: server.address, on: server.loop, tls: tls, handler: client, deadlineMilliseconds: 5_000)
                _ = try client.opened.take()
            }
            #expect(server.failures.count == 0 && server.listener.connectionCount == 100)
            try server.end()
        }

        @Test("of those who have gone nothing is kept, however many come while the limit is reached")
        func arrivals() throws {
            let loop = try EventLoop(label: "test")
            defer { loop.stop() }
            var registry = Registry()
            var arrivals = HandshakeArrivals()
            var kept = 0
            for _ in 0..<20_000 {
                let connection = Connection(
                    loop: loop, peer: PeerAddress(.tcp("127.0.0.1", 1)), limits: ListenerLimits(), listener: nil,
                    stage: .handshaking)
                let key = registry.add(connection)
                connection.key = key
                arrivals.enter(connection, in: registry)
                kept = max(kept, arrivals.kept)
                guard arrivals.count > 100, let oldest = arrivals.longestWaiting(in: registry) else { continue }
                registry.remove(try #require(oldest.key))
                arrivals.leave()
            }
            #expect(arrivals.count == 100)
            #expect(kept < 1_000)
        }

        @Test("a line of handshakes is worked off in its order, and says when it is full")
        func queue() throws {
            let loop = try EventLoop(label: "test")
            defer { loop.stop() }
            let connections = (0..<1_000).map { _ in
                Connection(
                    loop: loop, peer: PeerAddress(.tcp("127.0.0.1", 1)), limits: ListenerLimits(), listener: nil,
                    stage: .closed)
            }
            var queue = HandshakeQueue()
            var out: [UInt64] = []
            for (place, connection) in connections.enumerated() {
                #expect(queue.isFull == (place - out.count >= HandshakeQueue.lengthMaximum))
                queue.append(connection)
                if place % 3 == 0, let first = queue.popFirst() { out.append(first.id) }
            }
            while let next = queue.popFirst() { out.append(next.id) }
            #expect(out == connections.map(\.id))
            #expect(queue.isEmpty)
        }

        @Test("tickets are owed in the order of the handshakes, and say when they are many")
        func tickets() {
            var queue = TicketQueue()
            var out: [UInt64] = []
            for key in 1...3_000 as ClosedRange<UInt64> {
                queue.append(key)
                #expect(queue.isLong == (Int(key) - out.count > TicketQueue.patientMaximum))
                if key % 3 == 0, let first = queue.popFirst() { out.append(first) }
            }
            while let next = queue.popFirst() { out.append(next) }
            #expect(out == Array(1...3_000))
            #expect(queue.isEmpty && !queue.isLong && queue.popFirst() == nil)
        }

        @Test("everybody of a crowd gets a ticket in the end, also who was given other bytes before it")
        func ticketsOfMany() throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: try authority.serverContext())
            let far = try EventLoop(label: "clients")
            defer { far.stop() }
            // A session is kept with its context: so many clients have so many.
            let contexts = try (0..<100).map { _ in try authority.clientContext() }
            func come() throws -> [(client: Recorder, connection: Connection)] {
                let clients = contexts.map { context in
                    let client = Recorder.sink()
                    connect(to: server.address, on: far, tls: context, handler: client, deadlineMilliseconds: 5_000)
                    return client
                }
                return try clients.map { ($0, try $0.opened.take()) }
            }
            func talk(_ met: [(client: Recorder, connection: Connection)]) throws {
                let line = Array("hello\n".utf8)
                for (_, connection) in met { far.execute { connection.write(line) } }
                for (client, _) in met { #expect(try client.take(line.count) == line) }
            }
            let first = try come()
            try talk(first)
            for _ in first { #expect(!(try server.accepted.take().opened.take().isResumed)) }
            let near = server.loop
            try waitUntil(near) { near.tickets.isEmpty }
            // What is answered now comes behind the tickets.
            try talk(first)
            let resumed = try come().map { _ in try server.accepted.take().opened.take().isResumed }
            #expect(resumed.count { $0 } == contexts.count)
            try server.end()
        }

        @Test("a peer may ask for new keys now and then; one that goes on asking is cut off", arguments: [32, 33])
        func keyUpdates(count: Int) throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: try authority.serverContext())
            let client = Recorder.sink()
            connect(
                to: server.address, on: server.loop, tls: try authority.clientContext(), handler: client,
                deadlineMilliseconds: 5_000)
            let near = try client.opened.take()
            let far = try server.accepted.take()
            let asked = try onLoop(server.loop) {
                (0..<count).filter { _ in
                    SSL_key_update(near.ssl, SSL_KEY_UPDATE_REQUESTED) == 1 && SSL_do_handshake(near.ssl) == 1
                }.count
            }
            #expect(asked == count)
            server.loop.execute { near.write(Array("still here\n".utf8)) }
            if count <= 32 {
                #expect(try client.take(11) == Array("still here\n".utf8))
                #expect(far.closed.count == 0)
            } else {
                #expect(try far.closed.take() == .tlsFailed("too many key updates or renegotiations"))
                _ = try client.closed.take()
            }
            try server.end()
        }

        @Test("a peer that asks for new keys while it takes nothing gets all that waited for it once it reads")
        func deafKeyUpdates() throws {
            let said = Mailbox<[UInt8]>()
            let authority = try TestAuthority()
            let server = try TestServer(
                tls: try authority.serverContext(),
                handler: {
                    Recorder { _, _, bytes in
                        said.put(Array(bytes))
                        return bytes.count
                    }
                })
            let clients = try EventLoop(label: "clients")
            let client = Recorder.sink()
            connect(
                to: server.address, on: clients, tls: try authority.clientContext(), handler: client,
                deadlineMilliseconds: 5_000)
            let near = try client.opened.take()
            let recorder = try server.accepted.take()
            let far = try recorder.opened.take()
            _ = try onLoop(clients) { near.pauseReading() }
            // Fills the socket, so that the answer to the key update has nowhere to go.
            let filler = [UInt8](repeating: 120, count: 65_536)
            try waitUntil(server.loop) {
                if !far.waitsForWritable { far.write(filler) }
                return far.waitsForWritable
            }
            let asked = try onLoop(clients) {
                SSL_key_update(near.ssl, SSL_KEY_UPDATE_REQUESTED) == 1 && SSL_do_handshake(near.ssl) == 1
            }
            #expect(asked)
            _ = try onLoop(clients) {
                near.write(Array("and a line".utf8))
                near.flush()
            }
            // As soon as it reads, all goes on, in both directions.
            _ = try onLoop(clients) { near.resumeReading() }
            try waitUntil(server.loop) { !far.waitsForWritable && far.pendingOutputBytes == 0 }
            #expect(try said.take() == Array("and a line".utf8))
            try waitUntil(server.loop) { !far.readsWhenWritable && far.watched == shim_epollin() }
            let stopped = Mailbox<Bool>()
            clients.stop { stopped.put(true) }
            _ = try stopped.take()
            try server.end()
        }
    }
}
