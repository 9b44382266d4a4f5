import EventLoop
import HTTPMessage

/// One client's connection: reads requests one after the other and sends what the service replies.
final class SimulatedConnection: ConnectionHandler {
    /// A request that has begun must be whole after this.
    private static let requestDeadlineMilliseconds = 30_000

    private let server: SimulatedServer
    private var reader: HTTPRequestReader
    private var heldBack: TimerToken?
    private var hasSentContinue = false
    private var isSilent = false
    private var isStopping = false
    private var hasPeerEnded = false

    init(server: SimulatedServer, bodyBytesMaximum: Int) {
        self.server = server
        reader = HTTPRequestReader(limits: HTTPLimits(bodyBytes: bodyBytesMaximum))
    }

    func connectionOpened(_ connection: Connection) {
        server.opened(self, connection)
    }

    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) -> Int {
        // Read on even if it is never answered, or the client's going away would not be seen.
        if isSilent { return bytes.count }
        var consumed = 0
        while consumed < bytes.count && heldBack == nil && connection.isOpen && !isSilent {
            let (count, progress) = reader.feed(UnsafeRawBufferPointer(rebasing: bytes[consumed...]))
            consumed += count
            switch progress {
            case .needMore: needMore(connection)
            case .request(let request): take(request, connection)
            case .refused(let status, let reason): refuse(status, reason, connection)
            }
        }
        return consumed
    }

    func connectionEnded(_ connection: Connection) {
        hasPeerEnded = true
        if heldBack == nil { connection.close(afterFlush: true, reason: .peerClosed) }
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        if let heldBack { connection.loop.cancel(heldBack) }
        heldBack = nil
        server.closed(connection)
    }

    /// Closes at once if nothing is under way, else behind the answer.
    func stop(_ connection: Connection) {
        isStopping = true
        if heldBack == nil { connection.close(afterFlush: true) }
    }

    private func needMore(_ connection: Connection) {
        if reader.awaitsContinue && !hasSentContinue {
            hasSentContinue = true
            connection.write(HTTPResponse.continueBytes)
        }
        if !reader.isBetweenRequests { connection.setDeadline(afterMilliseconds: Self.requestDeadlineMilliseconds) }
    }

    private func take(_ request: HTTPRequest, _ connection: Connection) {
        hasSentContinue = false
        connection.setDeadline(afterMilliseconds: nil)
        let reply = server.reply(to: request)
        guard reply.delayMilliseconds > 0 else { return send(reply, to: request, connection) }
        // The next request waits in the socket, so that answers keep their order.
        connection.pauseReading()
        heldBack = connection.loop.schedule(afterMilliseconds: reply.delayMilliseconds) { [self] in
            heldBack = nil
            send(reply, to: request, connection)
            connection.resumeReading()
        }
    }

    private func send(_ reply: Reply, to request: HTTPRequest, _ connection: Connection) {
        let keepsAlive = request.keepsAlive && !isStopping && !hasPeerEnded
        let bytes = reply.response.serialized(keepAlive: keepsAlive, omittingBody: request.method == .head)
        switch reply.manner {
        case .whole:
            connection.write(bytes)
            if !keepsAlive { connection.close(afterFlush: true) }
        case .cut:
            connection.write(Array(bytes[..<(bytes.count / 2)]))
            connection.close(afterFlush: true, reason: .refused("simulated cut"))
        case .reset:
            connection.close(afterFlush: false, reason: .refused("simulated reset"))
        case .byteByByte(let pause): sendSlowly(bytes[...], pauseMilliseconds: pause, keepsAlive, connection)
        case .never:
            isSilent = true
            if isStopping { connection.close(afterFlush: false) }
        }
    }

    private func sendSlowly(
        _ bytes: ArraySlice<UInt8>, pauseMilliseconds: Int, _ keepsAlive: Bool, _ connection: Connection
    ) {
        guard let byte = bytes.first else {
            heldBack = nil
            if !keepsAlive || isStopping { connection.close(afterFlush: true) } else { connection.resumeReading() }
            return
        }
        connection.pauseReading()
        connection.write([byte])
        heldBack = connection.loop.schedule(afterMilliseconds: pauseMilliseconds) { [self] in
            sendSlowly(bytes.dropFirst(), pauseMilliseconds: pauseMilliseconds, keepsAlive, connection)
        }
    }

    private func refuse(_ status: Int, _ reason: String, _ connection: Connection) {
        let body = Array((reason + "\n").utf8)
        let response = HTTPResponse(status: status, headers: ["Content-Type": "text/plain"], body: body)
        connection.write(response.serialized(keepAlive: false))
        connection.close(afterFlush: true, reason: .refused(reason))
    }
}
