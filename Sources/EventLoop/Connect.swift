import CEventLoop
import Dispatch
import Glibc

/// Connects to a server. From any thread; nothing blocks.
///
/// The handler gets `connectionOpened` after the TLS handshake, or only `connectionClosed` with `.connectFailed`,
/// `.handshakeFailed` or `.tlsFailed`. With TLS 1.3 a server that dislikes this side's certificate says so after the
/// connection has opened. Addresses of a host are tried one after the other.
///
/// - Parameters:
///   - tls: trust and certificate; nil for a plain connection.
///   - handler: only touched on the loop.
///   - deadlineMilliseconds: for everything up to `connectionOpened`, name lookup included.
///   - limits: water marks and idle deadline; the counts do not apply. By default there is no idle deadline.
/// - Returns: the connection, for calling it off with `close` on the loop.
@discardableResult
public func connect(
    to address: ListenAddress, on loop: EventLoop, tls: TLSClientContext?, handler: any ConnectionHandler,
    deadlineMilliseconds: Int, limits: ListenerLimits = ListenerLimits(idleDeadlineMilliseconds: nil)
) -> Connection {
    var limits = limits
    limits.handshakeDeadlineMilliseconds = deadlineMilliseconds
    let peer = PeerAddress(address)
    let connection = Connection(loop: loop, peer: peer, limits: limits, listener: nil, stage: .connecting)
    connection.clientContext = tls
    connection.handler = handler
    connection.connector = Connector(connection: connection, address: address)
    loop.execute { connection.connector?.begin() }
    return connection
}

/// Tries the addresses of one server in turn. Kept by the connection until it is connected.
final class Connector: @unchecked Sendable {
    private unowned let connection: Connection
    private let address: ListenAddress
    private var candidates: ArraySlice<SocketAddress> = []

    init(connection: Connection, address: ListenAddress) {
        self.connection = connection
        self.address = address
    }

    func begin() {
        let loop = connection.loop
        connection.enterLoop()
        guard connection.stage == .connecting else { return }
        switch address {
        case .unixSocket(let path): use { () throws(EventLoopError) in [try SocketAddress(path: path)] }
        case .tcp(let host, let port):
            if let numeric = try? SocketAddress.resolve(host: host, port: port, numericOnly: true), !numeric.isEmpty {
                return use { numeric }
            }
            // Looking a name up blocks, so it happens elsewhere.
            DispatchQueue.global().async { [connection] in
                let found = Result { () throws(EventLoopError) in
                    try SocketAddress.resolve(host: host, port: port, numericOnly: false)
                }
                loop.execute { connection.connector?.use { () throws(EventLoopError) in try found.get() } }
            }
        }
    }

    private func use(_ found: () throws(EventLoopError) -> [SocketAddress]) {
        guard connection.stage == .connecting else { return }
        do throws(EventLoopError) {
            candidates = try found()[...]
            tryNext(previous: "no address")
        } catch {
            connection.abandon(reason: .connectFailed(error.description))
        }
    }

    /// Starts with the next address; `previous` says how the last one failed.
    func tryNext(previous: String) {
        guard let candidate = candidates.popFirst() else {
            return connection.abandon(reason: .connectFailed(previous))
        }
        let socket = shim_stream_socket(candidate.family)
        guard socket >= 0 else { return connection.abandon(reason: .connectFailed(systemErrorText(errno))) }
        if candidate.family != AF_UNIX {
            var one: Int32 = 1
            setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        }
        let result = candidate.withPointer { Glibc.connect(socket, $0, $1) }
        let number = errno
        if result == 0 { return connection.start(socket: socket) }
        guard number == EINPROGRESS else {
            Glibc.close(socket)
            return tryNext(previous: systemErrorText(number))
        }
        connection.awaitConnect(socket: socket)
    }

    var serverHost: String? {
        if case .tcp(let host, _) = address { host } else { nil }
    }
}

extension Connection {
    func enterLoop() {
        key = loop.registry.add(self)
        guard !loop.isStopped else { return abandon(reason: .loopStopped) }
        deadlineNanoseconds = loop.nowNanoseconds + UInt64(max(0, limits.handshakeDeadlineMilliseconds)) * 1_000_000
        armCheck()
    }

    func awaitConnect(socket: Int32) {
        descriptor = socket
        waitsForWritable = true
        watch()
    }

    func continueConnecting() {
        var number: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
        let socket = descriptor
        guard number == 0 else {
            unwatch()
            descriptor = -1
            Glibc.close(socket)
            connector?.tryNext(previous: systemErrorText(number))
            return
        }
        start(socket: socket)
    }
}

extension PeerAddress {
    /// A server by the address that it was asked for with.
    init(_ address: ListenAddress) {
        let isSocket = if case .unixSocket = address { true } else { false }
        var known: PeerAddress?
        if case .tcp(let host, let port) = address {
            known = (try? SocketAddress.resolve(host: host, port: port, numericOnly: true))?.first?.peer
        }
        self.init(
            text: address.description, isLoopback: known?.isLoopback ?? false, isLocalSocket: isSocket,
            host: known?.host ?? HostKey(high: 0, low: 0))
    }
}
