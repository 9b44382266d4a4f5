import EventLoop
import Locking

/// A handler that tells the test what happened, and does with bytes what it was made for.
final class Recorder: ConnectionHandler, @unchecked Sendable {
    typealias Receive = (Recorder, Connection, UnsafeRawBufferPointer) -> Int

    let opened = Mailbox<Connection>()
    let received = Mailbox<[UInt8]>()
    let drained = Mailbox<Bool>()
    let ended = Mailbox<Bool>()
    let closed = Mailbox<CloseReason>()
    /// Only on the loop.
    var receive: Receive
    /// Only on the loop. Nil: the connection closes when the peer has ended.
    var onEnded: ((Connection) -> Void)?
    var onOpened: ((Connection) -> Void)?

    init(_ receive: @escaping Receive) {
        self.receive = receive
    }

    /// Takes everything and keeps it for the test.
    static func sink() -> Recorder {
        Recorder { recorder, _, bytes in
            recorder.received.put(Array(bytes))
            return bytes.count
        }
    }

    /// Answers every whole line with itself; consumes nothing of an unfinished one.
    static func echo() -> Recorder {
        Recorder { _, connection, bytes in
            guard let last = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return 0 }
            connection.write(UnsafeRawBufferPointer(rebasing: bytes[...last]))
            return last + 1
        }
    }

    func connectionOpened(_ connection: Connection) {
        onOpened?(connection)
        opened.put(connection)
    }

    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) -> Int {
        receive(self, connection, bytes)
    }

    func connectionDrained(_ connection: Connection) {
        drained.put(true)
    }

    func connectionEnded(_ connection: Connection) {
        ended.put(true)
        if let onEnded { onEnded(connection) } else { connection.close(afterFlush: true, reason: .peerClosed) }
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        closed.put(reason)
    }
}

extension Recorder {
    /// What arrived, joined, until it has this many bytes.
    func take(_ count: Int) throws -> [UInt8] {
        var joined: [UInt8] = []
        while joined.count < count { joined += try received.take() }
        return joined
    }
}
