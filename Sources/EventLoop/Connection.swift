import CEventLoop
import Glibc
import Locking

private let lastConnectionID = Atomic<UInt64>(0)

/// One stream to one peer, plain or TLS, pinned to its loop.
///
/// Everything is only touched on the loop, except `id`, `loop` and `peer`, which never change; other threads keep a
/// reference and reach it through `loop.execute`. After the last call to its handler a connection takes no more
/// output and holds no memory worth mentioning.
public final class Connection: @unchecked Sendable {
    /// The stages of a connection's life, in their order.
    enum Stage: UInt8 {
        case connecting, handshaking, open, flushing, closed, lingering, released
    }

    /// Unique in this process.
    public let id: UInt64
    /// The loop that owns it.
    public let loop: EventLoop
    /// Who is at the other end.
    public let peer: PeerAddress
    /// The peer's certificate, if it showed one. Known when the connection opens.
    public internal(set) var certificate: PeerCertificate?
    /// The TLS session was resumed, so there was no full handshake.
    public internal(set) var isResumed = false
    /// Who is told what happens. May be replaced in any of its calls, by a handler for the next stage of a protocol.
    public var handler: (any ConnectionHandler)?

    let limits: ListenerLimits
    /// The listener it came from; nil on the client side, and once it has ended: whoever keeps an ended connection keeps no
    /// listener with it.
    var listener: ListenerCore?
    /// Kept because the SSL refers to what it owns.
    var serverContext: TLSServerContext?
    var clientContext: TLSClientContext?
    /// Finds and tries the server's addresses; nil on the server side.
    var connector: Connector?

    var descriptor: Int32 = -1
    var ssl: OpaquePointer?
    /// The key in the loop's registry and epoll set; nil while it is in neither.
    var key: UInt64?
    /// What epoll watches for; nil when the descriptor is not in the set.
    var watched: UInt32?

    var stage: Stage
    @exclusivity(unchecked) var input = ByteQueue()
    @exclusivity(unchecked) var output = ByteQueue()
    /// The owner asked for silence.
    var isPaused = false
    /// The output is above the high-water mark.
    var isHeld = false
    /// The output fell to the low-water mark, which the handler is still to be told.
    var isDrained = false
    /// The peer will send nothing more.
    var hasEnded = false
    /// The network signalled a hang-up: what is left must be read without waiting for events.
    var isHungUp = false
    /// Writing failed; output is discarded.
    var isDeaf = false
    /// The socket took no more; epoll tells when it does.
    var waitsForWritable = false
    /// This connection's events are being handled, so its output is sent right after.
    var isInEvent = false
    var isInFlushList = false
    var isInRunList = false
    /// A step of the handshake can be taken and waits for its turn.
    var isInHandshakeQueue = false
    /// The socket that counts this handshake among its own; nil before and after.
    var door: ListenerSocket?
    /// TLS has a message of its own to send before it reads on, and the socket takes no more.
    var readsWhenWritable = false

    var lastReceivedNanoseconds: UInt64 = 0
    /// Absolute; `.max` is none. What its passing means depends on the stage.
    var deadlineNanoseconds = UInt64.max
    /// When the check of the deadlines is scheduled for; never later than the earliest of them.
    var checkNanoseconds = UInt64.max
    var checkToken: TimerToken?
    var closeReason = CloseReason.finished
    var mayLinger = false

    init(loop: EventLoop, peer: PeerAddress, limits: ListenerLimits, listener: ListenerCore?, stage: Stage) {
        id = lastConnectionID.wrappingAdd(1, ordering: .relaxed).newValue
        self.loop = loop
        self.peer = peer
        self.limits = limits
        self.listener = listener
        self.stage = stage
    }

    /// Output that the system has not taken yet.
    public var pendingOutputBytes: Int { output.count }

    /// The connection is open: it has had its first call and not been closed. Output is taken only now.
    public var isOpen: Bool { stage == .open }

    /// Appends output. It is sent at the end of the wake-up, together with everything else that is written in it.
    /// Without effect once the connection was closed or the peer is gone.
    public func write(_ bytes: UnsafeRawBufferPointer) {
        assertOnLoop()
        guard stage == .open, !isDeaf else { return }
        if output.count + bytes.count > limits.outputMaximumBytes, !makeRoom(for: bytes.count) { return }
        output.append(bytes, pool: &loop.pool)
        guard !isInEvent, !isInFlushList else { return }
        isInFlushList = true
        loop.flushLater(self)
    }

    /// Appends output given as an array; see `write(_:)`.
    public func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { write($0) }
    }

    /// Stops giving bytes to the handler. What arrives waits in the socket.
    public func pauseReading() {
        assertOnLoop()
        isPaused = true
    }

    /// Gives bytes again, those first that were kept.
    public func resumeReading() {
        assertOnLoop()
        guard isPaused else { return }
        isPaused = false
        runLater()
    }

    /// Closes the connection. The handler's last call follows at the end of the wake-up, with this reason.
    ///
    /// - Parameter afterFlush: first send what was written so far, for as long as the limits allow.
    public func close(afterFlush: Bool, reason: CloseReason = .finished) {
        assertOnLoop()
        guard stage < .closed else { return }
        guard afterFlush, stage == .open, !isDeaf else { return abandon(reason: reason) }
        stage = .flushing
        closeReason = reason
        mayLinger = !hasEnded
        deadlineNanoseconds = loop.nowNanoseconds + UInt64(limits.closingDeadlineMilliseconds) * 1_000_000
        armCheck()
        if !isInFlushList {
            isInFlushList = true
            loop.flushLater(self)
        }
    }

    /// Closes the connection with `.deadline` after this long, unless another call moves or removes (nil) the
    /// deadline. Cheap enough for every request: it schedules something only when the earliest deadline moves forward.
    public func setDeadline(afterMilliseconds milliseconds: Int?) {
        assertOnLoop()
        guard stage == .open else { return }
        guard let milliseconds else {
            deadlineNanoseconds = .max
            return
        }
        deadlineNanoseconds = loop.nowNanoseconds + UInt64(max(0, milliseconds)) * 1_000_000
        armCheck()
    }

    @inline(__always)
    private func assertOnLoop() {
        #if DEBUG
        loop.preconditionOnLoop()
        #endif
    }
}

extension Connection.Stage: Comparable {
    static func < (left: Connection.Stage, right: Connection.Stage) -> Bool { left.rawValue < right.rawValue }
}
