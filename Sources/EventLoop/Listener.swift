import Glibc
import Locking

/// Takes in connections at one address, on one or several loops.
///
/// With several loops each has a socket of its own on the same port and the system spreads the connections; a Unix
/// socket stays on the first loop. It goes on until `stopAccepting` or the end of its loops, whoever holds on to it.
public final class Listener: Sendable {
    /// Called with every peer that was turned away before its connection opened, on the loop that did it.
    public typealias FailureHook = @Sendable (PeerAddress, HandshakeFailure) -> Void

    /// The port, also when the system chose it; 0 for a Unix socket.
    public let boundPort: Int

    private let core: ListenerCore
    private let sockets: [ListenerSocket]

    /// Listens at once.
    ///
    /// - Parameters:
    ///   - tls: certificate and trust; nil for a plain listener, which is only allowed on loopback addresses and
    ///     Unix sockets.
    ///   - onHandshakeFailure: for the log; see `onHandshakeFailure`.
    ///   - accept: called on the connection's loop when the handshake is done, right before `connectionOpened`;
    ///     returns the connection's handler, or nil to close it.
    /// - Throws: `EventLoopError`.
    public init(
        address: ListenAddress, loops: [EventLoop], tls: TLSServerContext?, limits: ListenerLimits = ListenerLimits(),
        onHandshakeFailure: FailureHook? = nil,
        accept: @escaping @Sendable (Connection) -> (any ConnectionHandler)?
    ) throws(EventLoopError) {
        guard let first = loops.first else { throw .noLoops }
        var limits = limits
        limits.handshakesMaximum = max(1, limits.handshakesMaximum / loops.count)
        let core = ListenerCore(tls: tls, limits: limits, hook: onHandshakeFailure, accept: accept)
        self.core = core
        switch address {
        case .unixSocket(let path):
            sockets = [try ListenerSocket(unixPath: path, loop: first, core: core)]
            boundPort = 0
        case .tcp(let host, let port):
            guard var target = try SocketAddress.resolve(host: host, port: port, numericOnly: false).first else {
                throw .unknownHost(host)
            }
            guard tls != nil || target.isLocal else {
                throw .plainListenerNotLocal(address: address.description)
            }
            var sockets: [ListenerSocket] = []
            for loop in loops {
                let socket = try ListenerSocket(target, name: address.description, loop: loop, core: core)
                sockets.append(socket)
                target.port = socket.port
            }
            self.sockets = sockets
            boundPort = target.port
        }
        for socket in sockets { socket.start() }
    }

    /// Connections at the moment, over all loops, from the accepted socket to the closed one. From any thread.
    public var connectionCount: Int { core.census.total }

    /// Who is told about peers that were turned away. From any thread.
    public var onHandshakeFailure: FailureHook? {
        get { core.state.withLock { $0.hook } }
        set { core.state.withLock { $0.hook = newValue } }
    }

    /// Uses another certificate, key and authority for handshakes from now on; open connections go on as they are.
    /// From any thread. A plain listener stays plain.
    public func replaceTLS(_ tls: TLSServerContext) {
        core.state.withLock { state in
            if state.tls != nil { state.tls = tls }
        }
    }

    /// Takes in nobody any more; open connections go on. From any thread; returns before it is done.
    public func stopAccepting() {
        stopAccepting(whenStopped: nil)
    }

    /// As `stopAccepting()`, and calls `whenStopped` once every loop has closed its listening socket.
    public func stopAccepting(whenStopped: (@Sendable () -> Void)?) {
        let countdown = Countdown(left: sockets.count, whenDone: whenStopped)
        for socket in sockets {
            socket.loop.execute {
                socket.close()
                countdown.step()
            }
        }
    }
}

/// Calls once after so many steps.
private final class Countdown: Sendable {
    private let left: Atomic<Int>
    private let whenDone: (@Sendable () -> Void)?

    init(left: Int, whenDone: (@Sendable () -> Void)?) {
        self.left = Atomic(left)
        self.whenDone = whenDone
    }

    func step() {
        if left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { whenDone?() }
    }
}

/// What a listener's sockets and connections share.
final class ListenerCore: Sendable {
    struct State {
        var tls: TLSServerContext?
        var hook: Listener.FailureHook?
    }

    let limits: ListenerLimits
    let accept: @Sendable (Connection) -> (any ConnectionHandler)?
    let census: ConnectionCensus
    let state: Mutex<State>

    init(
        tls: TLSServerContext?, limits: ListenerLimits, hook: Listener.FailureHook?,
        accept: @escaping @Sendable (Connection) -> (any ConnectionHandler)?
    ) {
        precondition(limits.outputLowWaterBytes <= limits.outputHighWaterBytes, "water marks are the wrong way round")
        precondition(limits.outputHighWaterBytes <= limits.outputMaximumBytes, "the maximum is below the water mark")
        self.limits = limits
        self.accept = accept
        census = ConnectionCensus(limits: limits)
        state = Mutex(State(tls: tls, hook: hook))
    }

    func report(_ failure: HandshakeFailure, of peer: PeerAddress) {
        state.withLock { $0.hook }?(peer, failure)
    }
}
