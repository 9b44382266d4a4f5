import EventLoop
import Glibc
import Testing

extension EventLoopTests {
    @Suite("Bytes arrive whole and in order")
    struct EchoTests {
        private let line = Array("IDENTIFY 17 {\"card\":\"2200000000000017\"}\n".utf8)

        @Test("a line split at every byte is answered once, over TLS")
        func splitOverTLS() throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: try authority.serverContext())
            let client = Recorder.sink()
            connect(
                to: server.address, on: server.loop, tls: try authority.clientContext(), handler: client,
                deadlineMilliseconds: 5_000)
            let connection = try client.opened.take()
            for split in 1..<line.count {
                server.loop.execute { [line] in
                    connection.write(Array(line[..<split]))
                    connection.flush()
                    connection.write(Array(line[split...]))
                }
                #expect(try client.take(line.count) == line)
            }
            try server.end()
        }

        @Test("a line sent byte by byte is answered, plain")
        func byteByByte() throws {
            let server = try TestServer()
            let client = try RawClient(port: server.listener.boundPort)
            for byte in line {
                try client.send([byte])
                try server.settle()
            }
            #expect(try client.receive(line.count) == line)
            try server.end()
        }

        @Test("a megabyte of lines comes back unchanged through TLS", arguments: [1, 77, 16_384, 40_000])
        func muchOverTLS(lineBytes: Int) throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: try authority.serverContext())
            let client = Recorder.sink()
            connect(
                to: server.address, on: server.loop, tls: try authority.clientContext(), handler: client,
                deadlineMilliseconds: 5_000)
            let connection = try client.opened.take()
            var sent: [UInt8] = []
            while sent.count < 1_000_000 {
                sent += (0..<lineBytes).map { UInt8(truncatingIfNeeded: 97 + ($0 + sent.count) % 26) }
                sent.append(UInt8(ascii: "\n"))
            }
            server.loop.execute { [sent] in connection.write(sent) }
            let got = try client.take(sent.count)
            #expect(got == sent)
            try server.end()
        }

        @Test("IPv6 works, and the peer is known as loopback")
        func version6() throws {
            let authority = try TestAuthority()
            let server = try TestServer(address: .tcp("::1", 0), tls: try authority.serverContext())
            let client = Recorder.sink()
            connect(
                to: .tcp("::1", server.listener.boundPort), on: server.loop, tls: try authority.clientContext(),
                handler: client, deadlineMilliseconds: 5_000)
            let connection = try client.opened.take()
            server.loop.execute { [line] in connection.write(line) }
            #expect(try client.take(line.count) == line)
            let peer = try server.accepted.take().opened.take().peer
            #expect(peer.isLoopback && !peer.isLocalSocket && peer.text.hasPrefix("[::1]:"))
            try server.end()
        }

        @Test("a listener on :: takes IPv4 too, and calls the peer by its IPv4 address")
        func bothFamilies() throws {
            let authority = try TestAuthority()
            let server = try TestServer(address: .tcp("::", 0), tls: try authority.serverContext())
            let client = Recorder.sink()
            connect(
                to: .tcp("127.0.0.1", server.listener.boundPort), on: server.loop,
                tls: try authority.clientContext(), handler: client, deadlineMilliseconds: 5_000)
            _ = try client.opened.take()
            #expect(try server.accepted.take().opened.take().peer.text.hasPrefix("127.0.0.1:"))
            try server.end()
        }

        @Test("a name is looked up, and its addresses are tried in turn")
        func name() throws {
            let server = try TestServer()
            let client = Recorder.sink()
            connect(
                to: .tcp("localhost", server.listener.boundPort), on: server.loop, tls: nil, handler: client,
                deadlineMilliseconds: 5_000)
            let connection = try client.opened.take()
            server.loop.execute { [line] in connection.write(line) }
            #expect(try client.take(line.count) == line)
            try server.end()
        }

        @Test("several loops share one port and all connections are served")
        func severalLoops() throws {
            let loops = [try EventLoop(label: "first"), try EventLoop(label: "second")]
            let listener = try Listener(address: .tcp("127.0.0.1", 0), loops: loops, tls: nil) { _ in Recorder.echo() }
            for loop in loops { try waitFor(loop) }
            let clients = try (0..<20).map { _ in try RawClient(port: listener.boundPort) }
            for client in clients { try client.send(line) }
            for client in clients { #expect(try client.receive(line.count) == line) }
            #expect(listener.connectionCount == 20)
            for loop in loops { loop.stop() }
            for client in clients { #expect(try client.receiveAll().isEmpty) }
        }

        @Test("a connection that nobody listens for reports that it failed")
        func nobodyListens() throws {
            let server = try TestServer()
            let port = server.listener.boundPort
            let stopped = Mailbox<Bool>()
            server.listener.stopAccepting { stopped.put(true) }
            _ = try stopped.take()
            let client = Recorder.sink()
            connect(
                to: .tcp("127.0.0.1", port), on: server.loop, tls: nil, handler: client, deadlineMilliseconds: 5_000)
            #expect(try client.closed.take() == .connectFailed("Connection refused"))
            #expect(client.opened.count == 0)
            try server.end()
        }
    }
}
