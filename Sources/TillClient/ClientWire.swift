import EventLoop
import LineProtocol

/// One connection to the gateway: cuts what arrives into lines and hands them to the client that made it.
///
/// Each connection has its own, so that what an earlier one still has to say is not taken for the present one's.
final class ClientWire: ConnectionHandler {
    /// Pages of orders are the longest lines that a gateway sends.
    private static let lineBytesMaximum = 16_777_216
    /// Output that waits in the connection before the client holds further requests back. Far below the mark at which
    /// a connection stops reading: a client that stopped reading while it sends could wait for the gateway for ever.
    static let outputPauseBytes = 65_536

    /// Nil once the client has let go of this connection.
    private var client: ClientCore?
    private var connection: Connection?
    private var framer = LineFramer(limit: lineBytesMaximum)

    /// Begins to connect. On the loop only.
    init(client: ClientCore, to address: ListenAddress, tls: TLSClientContext?, deadlineMilliseconds: Int) {
        self.client = client
        var limits = ListenerLimits(idleDeadlineMilliseconds: nil)
        limits.outputMaximumBytes = 8_388_608
        limits.outputHighWaterBytes = limits.outputMaximumBytes
        limits.inputMaximumBytes = Self.lineBytesMaximum + 65_536
        connection = connect(
            to: address, on: client.loop, tls: tls, handler: self, deadlineMilliseconds: deadlineMilliseconds,
            limits: limits)
    }

    /// Whether the connection takes more output now.
    var hasRoom: Bool { (connection?.pendingOutputBytes ?? 0) <= Self.outputPauseBytes }

    func write(_ bytes: UnsafeRawBufferPointer) {
        connection?.write(bytes)
    }

    /// Closes the connection unless this, or nil, moves the deadline.
    func setDeadline(afterMilliseconds milliseconds: Int?) {
        connection?.setDeadline(afterMilliseconds: milliseconds)
    }

    /// Closes, and tells the client nothing more.
    func letGo() {
        client = nil
        connection?.close(afterFlush: true)
    }

    func connectionOpened(_ connection: Connection) {
        client?.opened()
    }

    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) -> Int {
        var position = 0
        while let client {
            switch framer.next(bytes, from: position) {
            case .line(let range, let next):
                client.received(UnsafeRawBufferPointer(rebasing: bytes[range]))
                position = next
            case .incomplete:
                return position
            case .tooLong:
                client.lost("the gateway sent a line of more than \(Self.lineBytesMaximum) bytes")
            }
        }
        return bytes.count
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        self.connection = nil
        if reason == .loopStopped {
            client?.end(.closed)
        } else {
            client?.lost(reason.sentence)
        }
        client = nil
    }
}

extension CloseReason {
    /// What happened, for people.
    var sentence: String {
        switch self {
        case .peerClosed: "the gateway closed the connection"
        case .peerReset: "the connection was cut"
        case .finished: "the connection was closed"
        case .refused(let reason): reason
        case .deadline: "HELLO was not answered in time"
        case .idle: "the connection was silent for too long"
        case .outputLimit: "the gateway does not read"
        case .inputLimit(let bytes): "the gateway sent a line of more than \(bytes) bytes"
        case .handshakeFailed(let failure): "TLS handshake: \(failure)"
        case .tlsFailed(let reason): "TLS: \(reason)"
        case .connectFailed(let reason): "cannot connect: \(reason)"
        case .loopStopped: "the event loop was stopped"
        }
    }
}
