import CEventLoop
import Glibc

/// One listening socket in one loop's epoll set.
final class ListenerSocket: @unchecked Sendable {
    /// Connections taken in per wake-up, so that a flood of them does not starve those that are open.
    private static let acceptsPerWakeUp = 16
    /// Wake-ups' worth of connections that are still taken in when the listener stops.
    private static let lastAccepts = 4
    /// Those who wait in the system's queue: as many as tills come at once after a restart. In a longer one, full of
    /// strangers, everybody would wait longer than a till has patience.
    private static let backlog: Int32 = 1_024
    /// How long to wait for descriptors when the process or the system is out of them.
    private static let backOffMilliseconds = 100

    let loop: EventLoop
    let port: Int
    private let core: ListenerCore
    private let unixPath: String?
    private var descriptor: Int32
    private var key: UInt64?
    private var backOff: TimerToken?
    private var handshakes = HandshakeArrivals()

    /// A TCP listener. Other sockets of this user may share the port: those of the other loops do.
    init(_ address: SocketAddress, name: String, loop: EventLoop, core: ListenerCore) throws(EventLoopError) {
        let socket = shim_stream_socket(address.family)
        guard socket >= 0 else { throw .system(call: "socket", number: errno) }
        Self.set(SOL_SOCKET, SO_REUSEADDR, 1, on: socket)
        Self.set(SOL_SOCKET, SO_REUSEPORT, 1, on: socket)
        if address.family == AF_INET6 { Self.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0, on: socket) }
        guard address.withPointer({ bind(socket, $0, $1) }) == 0, listen(socket, Self.backlog) == 0 else {
            let number = errno
            Glibc.close(socket)
            throw number == EADDRINUSE ? .addressInUse(name) : .system(call: "bind", number: number)
        }
        (self.loop, self.core, descriptor, unixPath) = (loop, core, socket, nil)
        port = SocketAddress(ofSocket: socket)?.port ?? 0
    }

    /// A Unix socket. A socket file that a killed process left behind is replaced, one that somebody serves is not.
    init(unixPath path: String, loop: EventLoop, core: ListenerCore) throws(EventLoopError) {
        let address = try SocketAddress(path: path)
        try Self.removeDeadSocket(path, address)
        let socket = shim_stream_socket(AF_UNIX)
        guard socket >= 0 else { throw .system(call: "socket", number: errno) }
        // Set before the file exists, so there is no moment at which others may connect.
        fchmod(socket, S_IRUSR | S_IWUSR)
        guard address.withPointer({ bind(socket, $0, $1) }) == 0, listen(socket, Self.backlog) == 0 else {
            let number = errno
            Glibc.close(socket)
            throw number == EADDRINUSE ? .addressInUse(path) : .system(call: "bind", number: number)
        }
        (self.loop, self.core, descriptor, unixPath) = (loop, core, socket, path)
        port = 0
    }

    /// A socket that was never started, because another of the same listener could not be made.
    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    func start() {
        loop.execute { [self] in
            guard descriptor >= 0, !loop.isStopped else { return }
            let key = loop.registry.add(self)
            self.key = key
            _ = shim_epoll_control(loop.epollDescriptor, EPOLL_CTL_ADD, descriptor, shim_epollin(), key)
        }
    }

    func acceptWaiting() {
        var taken = 0
        // A listener without TLS, such as the operator's, has nothing to do with handshakes.
        let isSecure = core.state.withLock { $0.tls != nil }
        while taken < Self.acceptsPerWakeUp, descriptor >= 0, !(isSecure && loop.handshakes.isFull) {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let socket = shim_accept(descriptor, &storage, &length)
            if socket < 0 {
                switch errno {
                case EAGAIN: return
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: return waitForDescriptors()
                default: break  // The connection was over before it was taken, or its network is down.
                }
            } else {
                takeIn(socket, SocketAddress(storage: storage, length: length))
            }
            taken += 1
        }
    }

    /// Takes nobody in any more. Those who wait in the backlog are taken in first.
    func close() {
        guard descriptor >= 0 else { return }
        if key != nil, !loop.isStopped {
            for _ in 0..<Self.lastAccepts { acceptWaiting() }
        }
        if let backOff { loop.cancel(backOff) }
        backOff = nil
        if let key { loop.registry.remove(key) }
        key = nil
        Glibc.close(descriptor)
        descriptor = -1
        if let unixPath { unlink(unixPath) }
    }

    private func takeIn(_ socket: Int32, _ address: SocketAddress) {
        let peer = address.peer
        if let refusal = core.census.enter(peer) {
            Glibc.close(socket)
            return core.report(refusal, of: peer)
        }
        if !peer.isLocalSocket { Self.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1, on: socket) }
        let connection = Connection(loop: loop, peer: peer, limits: core.limits, listener: core, stage: .handshaking)
        connection.serverContext = core.state.withLock { $0.tls }
        connection.start(socket: socket)
        guard connection.stage == .handshaking else { return }
        makeRoom()
        connection.door = self
        handshakes.enter(connection, in: loop.registry)
    }

    /// Closes the handshake that has waited longest for its peer when one more would be too many.
    private func makeRoom() {
        let limit = core.limits.handshakesMaximum
        guard handshakes.count >= limit, let oldest = handshakes.longestWaiting(in: loop.registry) else { return }
        oldest.abandon(reason: .handshakeFailed(.crowdedOut(limit: limit)))
    }

    func handshakeIsOver() { handshakes.leave() }

    /// The listener stays readable while nobody can be taken in, so it leaves the set for a while.
    private func waitForDescriptors() {
        guard let key, backOff == nil else { return }
        _ = shim_epoll_control(loop.epollDescriptor, EPOLL_CTL_MOD, descriptor, 0, key)
        backOff = loop.schedule(afterMilliseconds: Self.backOffMilliseconds) { [self] in
            backOff = nil
            guard descriptor >= 0 else { return }
            _ = shim_epoll_control(loop.epollDescriptor, EPOLL_CTL_MOD, descriptor, shim_epollin(), key)
        }
    }

    private static func removeDeadSocket(_ path: String, _ address: SocketAddress) throws(EventLoopError) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return }
        let probe = shim_stream_socket(AF_UNIX)
        guard probe >= 0 else { throw .system(call: "socket", number: errno) }
        defer { Glibc.close(probe) }
        guard address.withPointer({ connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED else {
            throw .addressInUse(path)
        }
        unlink(path)
    }

    private static func set(_ level: Int32, _ option: Int32, _ value: Int32, on socket: Int32) {
        var value = value
        setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
