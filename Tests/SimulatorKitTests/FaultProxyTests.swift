import EventLoop
import Locking
import TestSupport
import Testing

@testable import SimulatorKit

@Suite("Fault proxy", .timeLimit(.minutes(1)))
struct FaultProxyTests {
    private static let text = Array(String(repeating: "PING 1\n", count: 40).utf8)

    @Test("bytes pass unchanged, whatever delays them")
    func passes() async throws {
        for adjust: (inout FaultPlan) -> Void in [
            { _ in }, { $0.isByteByByte = true }, { $0.delayMilliseconds = 5 }, { $0.duplicatesConnections = true },
        ] {
            var plan = FaultPlan()
            adjust(&plan)
            let world = try ProxyWorld(plan: plan)
            let client = world.client()
            try await client.opened.take()
            client.send(Self.text)
            #expect(try await client.bytes(Self.text.count) == Self.text)
        }
    }

    @Test("a connection is broken after the planned number of bytes")
    func cuts() async throws {
        var plan = FaultPlan()
        plan.cutAfterBytes = 100
        let world = try ProxyWorld(plan: plan)
        let client = world.client()
        try await client.opened.take()
        client.send(Self.text)
        let reason = try await client.closed.take()
        guard case .peerReset = reason else {
            Issue.record("closed by \(reason)")
            return
        }
        world.proxy.stop()
        #expect(world.proxy.tally == FaultProxy.Tally(connections: 1, cuts: 1, refused: 0))
    }

    @Test("after a half-close the server knows that nothing more comes, and its answers still pass")
    func halfClose() async throws {
        var plan = FaultPlan()
        plan.halfCloseAfterBytes = 70
        let world = try ProxyWorld(plan: plan)
        let client = world.client()
        try await client.opened.take()
        client.send(Self.text)
        #expect(try await client.bytes(70) == Array(Self.text.prefix(70)))
        _ = try await client.closed.take()
    }

    @Test("a stalled connection lets nothing pass and stays open")
    func stalls() async throws {
        var plan = FaultPlan()
        plan.stallAfterBytes = 2 * Self.text.count
        let world = try ProxyWorld(plan: plan)
        let stalled = world.client()
        try await stalled.opened.take()
        stalled.send(Self.text)
        #expect(try await stalled.bytes(Self.text.count) == Self.text)
        stalled.send(Self.text)
        world.proxy.use(FaultPlan())
        let healthy = world.client()
        try await healthy.opened.take()
        healthy.send(Self.text)
        #expect(try await healthy.bytes(Self.text.count) == Self.text)
        #expect(stalled.receivedCount == Self.text.count && stalled.closed.count == 0)
    }

    @Test("all connections can be broken at once, and new ones pass again")
    func cutsAll() async throws {
        let world = try ProxyWorld(plan: FaultPlan())
        let clients = (0..<5).map { _ in world.client() }
        for client in clients {
            try await client.opened.take()
            client.send(Self.text)
            _ = try await client.bytes(Self.text.count)
        }
        world.proxy.cutAll()
        for client in clients { _ = try await client.closed.take() }
        let next = world.client()
        try await next.opened.take()
        next.send(Self.text)
        #expect(try await next.bytes(Self.text.count) == Self.text)
    }

    @Test("a stopped proxy has broken its connections")
    func stops() async throws {
        let world = try ProxyWorld(plan: FaultPlan())
        let client = world.client()
        try await client.opened.take()
        client.send(Self.text)
        _ = try await client.bytes(Self.text.count)
        world.proxy.stop()
        _ = try await client.closed.take()
    }
}

/// An echo server, a proxy before it and clients.
private struct ProxyWorld: ~Copyable {
    let proxy: FaultProxy
    private let loop: EventLoop
    private let listener: Listener

    init(plan: FaultPlan) throws {
        let loop = try EventLoop(label: "proxy-world")
        let listener = try Listener(address: .tcp("127.0.0.1", 0), loops: [loop], tls: nil) { _ in Echo() }
        proxy = try FaultProxy(to: "127.0.0.1", listener.boundPort, plan: plan)
        self.loop = loop
        self.listener = listener
    }

    deinit {
        proxy.stop()
        loop.stop()
    }

    func client() -> Probe {
        let probe = Probe(loop: loop)
        connect(
            to: .tcp("127.0.0.1", proxy.port), on: loop, tls: nil, handler: probe, deadlineMilliseconds: 10_000)
        return probe
    }
}

private final class Echo: ConnectionHandler {
    func connectionOpened(_ connection: Connection) {}

    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) -> Int {
        connection.write(bytes)
        return bytes.count
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {}
}

/// A client that keeps what it receives.
private final class Probe: ConnectionHandler, @unchecked Sendable {
    let opened = Mailbox<Void>()
    let closed = Mailbox<CloseReason>()
    private let arrived = Mailbox<[UInt8]>()
    private let received = Mutex(0)
    private let loop: EventLoop
    /// Only on the loop.
    private var connection: Connection?

    init(loop: EventLoop) {
        self.loop = loop
    }

    var receivedCount: Int { received.withLock { $0 } }

    func send(_ bytes: [UInt8]) {
        loop.execute { self.connection?.write(bytes) }
    }

    func bytes(_ count: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += try await arrived.take() }
        return bytes
    }

    func connectionOpened(_ connection: Connection) {
        self.connection = connection
        opened.put(())
    }

    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) -> Int {
        received.withLock { $0 += bytes.count }
        arrived.put(Array(bytes))
        return bytes.count
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        closed.put(reason)
    }
}
