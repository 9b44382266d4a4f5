import EventLoop
import Foundation
import Glibc
import TestSupport
import Testing

extension EventLoopTests {
    @Suite("Limits hold")
    struct LimitTests {
        @Test("plain listeners are for this machine only")
        func plainOnlyLocal() throws {
            let loop = try EventLoop(label: "test")
            defer { loop.stop() }
            for host in ["0.0.0.0", "::"] {
                let address = ListenAddress.tcp(host, 0)
                #expect(throws: EventLoopError.plainListenerNotLocal(address: address.description)) {
                    try Listener(address: address, loops: [loop], tls: nil) { _ in nil }
                }
            }
            #expect(throws: EventLoopError.noLoops) {
                try Listener(address: .tcp("127.0.0.1", 0), loops: [], tls: nil) { _ in nil }
            }
        }

        @Test("one connection too many is turned away, and let in when another has gone")
        func connectionsMaximum() throws {
            var limits = ListenerLimits()
            limits.connectionsMaximum = 2
            let server = try TestServer(limits: limits)
            let first = try RawClient(port: server.listener.boundPort)
            let second = try RawClient(port: server.listener.boundPort)
            let recorders = [try server.accepted.take(), try server.accepted.take()]
            let third = try RawClient(port: server.listener.boundPort)
            #expect(try server.failures.take() == .tooManyConnections(limit: 2))
            #expect(try third.receiveAll().isEmpty)
            first.close()
            _ = try recorders[0].closed.take()
            let fourth = try RawClient(port: server.listener.boundPort)
            try fourth.send([10])
            #expect(try fourth.receive(1) == [10])
            second.close()
            try server.end()
        }

        @Test("silence is cut off, talk is not")
        func idle() throws {
            var limits = ListenerLimits()
            limits.idleDeadlineMilliseconds = 60
            let server = try TestServer(limits: limits)
            let client = try RawClient(port: server.listener.boundPort)
            let recorder = try server.accepted.take()
            let began = DispatchTime.now().uptimeNanoseconds
            var answered = 0
            // Talks on for more than twice the deadline.
            while DispatchTime.now().uptimeNanoseconds < began + 150_000_000 {
                try client.send([10])
                answered += try client.receive(1).count
            }
            #expect(answered > 0 && recorder.closed.count == 0)
            #expect(try recorder.closed.take() == .idle(milliseconds: 60))
            try server.end()
        }

        @Test("an owner's deadline closes, unless it is moved or removed")
        func ownDeadline() throws {
            let server = try TestServer()
            let clients = try (0..<3).map { _ in try RawClient(port: server.listener.boundPort) }
            let recorders = try clients.map { _ in try server.accepted.take() }
            let connections = try recorders.map { try $0.opened.take() }
            server.loop.execute {
                connections[0].setDeadline(afterMilliseconds: 30)
                connections[1].setDeadline(afterMilliseconds: 30)
                connections[1].setDeadline(afterMilliseconds: 60_000)
                connections[2].setDeadline(afterMilliseconds: 30)
                connections[2].setDeadline(afterMilliseconds: nil)
            }
            #expect(try recorders[0].closed.take() == .deadline)
            let passed = Mailbox<Bool>()
            server.loop.execute { [loop = server.loop] in
                loop.schedule(afterMilliseconds: 60) { passed.put(true) }
            }
            _ = try passed.take()
            #expect(recorders[1].closed.count == 0 && recorders[2].closed.count == 0)
            try server.end()
        }

        @Test("connecting has a deadline too")
        func connectDeadline() throws {
            // Takes the connection in, but never speaks TLS.
            let server = try TestServer(handler: { Recorder.sink() })
            let authority = try TestAuthority()
            let client = Recorder.sink()
            connect(
                to: server.address, on: server.loop, tls: try authority.clientContext(), handler: client,
                deadlineMilliseconds: 50)
            #expect(try client.closed.take() == .handshakeFailed(.deadline(milliseconds: 50)))
            try server.end()
        }

        @Test("a listener that stopped lets open connections go on")
        func stopAccepting() throws {
            let server = try TestServer()
            let client = try RawClient(port: server.listener.boundPort)
            _ = try server.accepted.take().opened.take()
            let stopped = Mailbox<Bool>()
            server.listener.stopAccepting { stopped.put(true) }
            _ = try stopped.take()
            try client.send([10])
            #expect(try client.receive(1) == [10])
            try server.end()
        }

        @Test("a Unix socket is for this user only, replaces a dead one and respects a living one")
        func unixSocket() throws {
            let directory = try TemporaryFolder()
            let path = "\(directory.path)/operator.sock"
            let server = try TestServer(address: .unixSocket(path))
            var status = stat()
            #expect(lstat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
            let client = try RawClient(unixPath: path)
            try client.send([10])
            #expect(try client.receive(1) == [10])
            #expect(try server.accepted.take().opened.take().peer.isLocalSocket)
            #expect(throws: EventLoopError.addressInUse(path)) {
                try Listener(address: .unixSocket(path), loops: [server.loop], tls: nil) { _ in nil }
            }
            try server.end()
            #expect(lstat(path, &status) != 0)

            // What a killed process leaves behind: a socket file that nobody listens on.
            let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let bound = withUnsafePointer(to: address) { pointer in
                bind(
                    dead, UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self),
                    socklen_t(MemoryLayout<sockaddr_un>.size))
            }
            #expect(bound == 0)
            close(dead)
            try TestServer(address: .unixSocket(path)).end()

            let long = String(repeating: "x", count: 200)
            #expect(throws: EventLoopError.pathTooLong(path: long, limit: 107)) {
                try TestServer(address: .unixSocket(long))
            }
        }
    }
}
