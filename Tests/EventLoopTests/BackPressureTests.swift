import Glibc
import Testing

@testable import EventLoop

extension EventLoopTests {
    @Suite("Memory is bounded whatever the peer does")
    struct BackPressureTests {
        /// Water marks far below what a socket buffer holds.
        private static var narrow: ListenerLimits {
            var limits = ListenerLimits()
            limits.outputHighWaterBytes = 65_536
            limits.outputLowWaterBytes = 16_384
            limits.outputMaximumBytes = 1_048_576
            return limits
        }

        /// Answers every byte with four kilobytes.
        private static func amplifier(_ largest: Mailbox<Int>) -> @Sendable () -> Recorder {
            let answer = [UInt8](repeating: UInt8(ascii: "x"), count: 4_096)
            return {
                Recorder { _, connection, bytes in
                    // A few requests at a time, as a real handler's pipeline limit does.
                    let taken = min(bytes.count, 16)
                    for _ in 0..<taken { connection.write(answer) }
                    largest.put(connection.pendingOutputBytes)
                    // The rest is wanted again although nothing new may come.
                    if taken < bytes.count {
                        connection.pauseReading()
                        connection.resumeReading()
                    }
                    return taken
                }
            }
        }

        @Test(
            "a peer that does not read is not read from; all its answers come when it reads again",
            arguments: [false, true])
        func slowReader(isTLS: Bool) throws {
            let authority = try TestAuthority()
            let largest = Mailbox<Int>()
            let server = try TestServer(
                tls: isTLS ? try authority.serverContext() : nil, limits: Self.narrow,
                handler: Self.amplifier(largest))
            let clientLoop = try EventLoop(label: "slow reader")
            let client = Recorder { recorder, _, bytes in
                recorder.received.put([UInt8](repeating: 0, count: bytes.count))
                return bytes.count
            }
            connect(
                to: server.address, on: clientLoop, tls: isTLS ? try authority.clientContext() : nil,
                handler: client, deadlineMilliseconds: 5_000)
            let near = try client.opened.take()
            let requests = 5_000
            clientLoop.execute {
                near.pauseReading()
                near.write([UInt8](repeating: 1, count: requests))
            }
            let recorder = try server.accepted.take()
            let far = try recorder.opened.take()
            // Reading stops by itself once the socket buffers are full.
            try waitUntil(server.loop) { far.pendingOutputBytes > 65_536 }
            #expect(try onLoop(server.loop) { far.pendingOutputBytes } <= 65_536 + 16 * 4_096)
            clientLoop.execute { near.resumeReading() }
            #expect(try client.take(requests * 4_096).count == requests * 4_096)
            _ = try recorder.drained.take()
            while largest.count > 0 { #expect(try largest.take() <= 65_536 + 17 * 4_096) }
            clientLoop.stop()
            try server.end()
        }

        @Test("more output than one connection may hold closes it")
        func outputLimit() throws {
            let server = try TestServer(limits: Self.narrow)
            let client = try RawClient(port: server.listener.boundPort, receiveBufferBytes: 4_096)
            let recorder = try server.accepted.take()
            let far = try recorder.opened.take()
            server.loop.execute {
                let block = [UInt8](repeating: 0, count: 65_536)
                for _ in 0..<400 { far.write(block) }
            }
            #expect(try recorder.closed.take() == .outputLimit(bytes: 1_048_576))
            client.close()
            try server.end()
        }

        @Test("more unconsumed input than one connection may hold closes it")
        func inputLimit() throws {
            var limits = ListenerLimits()
            limits.inputMaximumBytes = 100_000
            let server = try TestServer(limits: limits)
            let client = try RawClient(port: server.listener.boundPort)
            try client.send([UInt8](repeating: UInt8(ascii: "x"), count: 100_001))
            let recorder = try server.accepted.take()
            #expect(try recorder.closed.take() == .inputLimit(bytes: 100_000))
            try server.end()
        }

        @Test("a paused connection gives nothing, then first what was kept", arguments: [false, true])
        func pause(isTLS: Bool) throws {
            let authority = try TestAuthority()
            // Takes one byte, then pauses until told otherwise.
            let server = try TestServer(tls: isTLS ? try authority.serverContext() : nil) {
                Recorder { recorder, connection, bytes in
                    recorder.received.put([bytes[0]])
                    connection.pauseReading()
                    return 1
                }
            }
            let client = Recorder.sink()
            connect(
                to: server.address, on: server.loop, tls: isTLS ? try authority.clientContext() : nil,
                handler: client, deadlineMilliseconds: 5_000)
            let near = try client.opened.take()
            let recorder = try server.accepted.take()
            let far = try recorder.opened.take()
            server.loop.execute {
                near.write([1, 2, 3])
                near.flush()
                near.write([4])
            }
            for expected in 1...4 {
                #expect(try recorder.received.take() == [UInt8(expected)])
                try server.settle()
                #expect(recorder.received.count == 0)
                server.loop.execute { far.resumeReading() }
            }
            try server.end()
        }

        @Test("a peer that is paused and cut does not make the loop spin, and its bytes are still given")
        func pausedAndCut() throws {
            let server = try TestServer {
                Recorder { recorder, connection, bytes in
                    recorder.received.put(Array(bytes))
                    connection.pauseReading()
                    return bytes.count
                }
            }
            let client = try RawClient(port: server.listener.boundPort)
            try client.send([1])
            let recorder = try server.accepted.take()
            let far = try recorder.opened.take()
            #expect(try recorder.received.take() == [1])
            try client.send([2])
            client.reset()
            // The hang-up is noticed although nothing is read, and then epoll is not asked about it any more.
            try waitUntil(server.loop) { far.watched == nil }
            #expect(recorder.received.count == 0 && recorder.closed.count == 0)
            server.loop.execute { far.resumeReading() }
            #expect(try recorder.received.take() == [2])
            server.loop.execute { far.resumeReading() }
            #expect(try recorder.closed.take() == .peerReset(number: ECONNRESET))
            try server.end()
        }
    }
}
