import Glibc
import Testing

@testable import EventLoop

extension EventLoopTests {
    @Suite("Hang-ups lose nothing and leak nothing")
    struct HangUpTests {
        private let line = Array("PING 1\n".utf8)

        @Test("data and end together give the data, then the end")
        func dataThenEnd() throws {
            let server = try TestServer(handler: { Recorder.sink() })
            let client = try RawClient(port: server.listener.boundPort)
            try client.send([UInt8](repeating: 7, count: 200_000))
            client.close()
            let recorder = try server.accepted.take()
            #expect(try recorder.take(200_000).count == 200_000)
            #expect(try recorder.closed.take() == .peerClosed)
            try server.end()
        }

        @Test("a peer that only stops sending gets all its answers, even late ones", arguments: [false, true])
        func halfClose(isLate: Bool) throws {
            let server = try TestServer {
                let recorder = Recorder.echo()
                if isLate {
                    recorder.onEnded = { connection in
                        connection.loop.schedule(afterMilliseconds: 20) {
                            connection.write(Array("late\n".utf8))
                            connection.close(afterFlush: true, reason: .peerClosed)
                        }
                    }
                }
                return recorder
            }
            let client = try RawClient(port: server.listener.boundPort)
            try client.send(line)
            client.shutdownWriting()
            #expect(try client.receiveAll() == line + (isLate ? Array("late\n".utf8) : []))
            #expect(try server.accepted.take().closed.take() == .peerClosed)
            try server.end()
        }

        @Test("TLS: a peer that only stops sending gets its answers")
        func halfCloseTLS() throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: try authority.serverContext())
            let client = Recorder.sink()
            connect(
                to: server.address, on: server.loop, tls: try authority.clientContext(), handler: client,
                deadlineMilliseconds: 5_000)
            let near = try client.opened.take()
            server.loop.execute { [line] in
                near.write(line)
                near.close(afterFlush: true)
            }
            #expect(try client.closed.take() == .finished)
            #expect(try server.accepted.take().closed.take() == .peerClosed)
            try server.end()
        }

        @Test("the last answer arrives although the peer goes on sending")
        func lingering() throws {
            let server = try TestServer {
                Recorder { _, connection, bytes in
                    connection.write(Array("ERR - too_long {}\n".utf8))
                    connection.close(afterFlush: true, reason: .refused("too long"))
                    return bytes.count
                }
            }
            for _ in 0..<20 {
                let client = try RawClient(port: server.listener.boundPort)
                try client.send([UInt8](repeating: 0, count: 500_000))
                #expect(try client.receiveAll() == Array("ERR - too_long {}\n".utf8))
                #expect(try server.accepted.take().closed.take() == .refused("too long"))
            }
            try server.end()
        }

        @Test("what a peer sent before it was cut is given although answers can no longer reach it")
        func cutWhileHeld() throws {
            var limits = ListenerLimits()
            (limits.outputHighWaterBytes, limits.outputLowWaterBytes) = (8_192, 4_096)
            let answer = [UInt8](repeating: 0, count: 65_536)
            let server = try TestServer(limits: limits) {
                Recorder { recorder, connection, bytes in
                    recorder.received.put(Array(bytes))
                    connection.write(answer)
                    return bytes.count
                }
            }
            let client = try RawClient(port: server.listener.boundPort, receiveBufferBytes: 4_096)
            let recorder = try server.accepted.take()
            let far = try recorder.opened.take()
            var sent = 0
            while try onLoop(server.loop, { far.pendingOutputBytes }) <= 8_192 {
                try client.send([1])
                sent += 1
                try server.settle()
            }
            try client.send([2, 2, 2])
            client.reset()
            #expect(try recorder.take(sent + 3).suffix(3) == [2, 2, 2])
            _ = try recorder.closed.take()
            try server.end()
        }

        @Test("a flood of resets leaves neither descriptors nor connections", arguments: [false, true])
        func flood(isTLS: Bool) throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: isTLS ? try authority.serverContext() : nil)
            let before = openDescriptors()
            let rounds = 400
            for round in 0..<rounds {
                let client = try RawClient(port: server.listener.boundPort)
                // Nothing, a whole line, or the first bytes of a handshake.
                if round % 3 == 1 { try client.send(line) }
                if round % 3 == 2 { try client.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]) }
                client.reset()
            }
            for _ in 0..<rounds {
                if isTLS { _ = try server.failures.take() } else { _ = try server.accepted.take().closed.take() }
            }
            try server.settle()
            #expect(server.listener.connectionCount == 0)
            let loop = server.loop
            let left = try onLoop(loop) { loop.connectionCount }
            #expect(left == 0)
            // Other tests of this process may hold a few more or less than before.
            #expect(openDescriptors() < before + rounds / 4)
            try server.end()
        }

        @Test("open TLS connections that are cut leave nothing behind")
        func cutTLS() throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: try authority.serverContext())
            let clientLoop = try EventLoop(label: "clients")
            let tls = try authority.clientContext()
            let before = openDescriptors()
            for _ in 0..<100 {
                let client = Recorder.sink()
                connect(to: server.address, on: clientLoop, tls: tls, handler: client, deadlineMilliseconds: 5_000)
                let near = try client.opened.take()
                clientLoop.execute { [line] in
                    near.write(line)
                    near.flush()
                    near.close(afterFlush: false)
                }
                _ = try client.closed.take()
                _ = try server.accepted.take().closed.take()
            }
            try server.settle()
            #expect(server.listener.connectionCount == 0)
            #expect(openDescriptors() < before + 25)
            clientLoop.stop()
            try server.end()
        }

        @Test("stopping a loop makes the last call to every handler")
        func stop() throws {
            let server = try TestServer()
            let clients = try (0..<10).map { _ in try RawClient(port: server.listener.boundPort) }
            let recorders = try clients.map { _ in try server.accepted.take() }
            try server.end()
            for recorder in recorders {
                #expect(try recorder.closed.take() == .loopStopped)
                // Whoever keeps a connection that has ended keeps nothing of its listener.
                #expect(try recorder.opened.take().listener == nil)
            }
            for client in clients { #expect(try client.receiveAll().isEmpty) }
        }
    }
}
