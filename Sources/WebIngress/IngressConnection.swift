import EventLoop
import HTTPMessage

/// One client's connection: one request at a time, whole and checked, then its answer.
///
/// Deadlines are absolute: a byte now and then does not extend them. A refusal closes the connection unless the whole
/// request has been read, because only then is it known where the next one begins.
final class IngressConnection: ConnectionHandler {
    private enum Phase {
        case waiting, head, body, answering, closing
    }

    private let station: IngressStation
    private var reader: HTTPRequestReader
    private var phase = Phase.head
    private var timer: TimerToken?
    /// The request at hand is a HEAD.
    private var wantsNoBody = false
    private var journey: Journey?
    private var isStopping = false
    private var hasPeerEnded = false

    init(station: IngressStation) {
        self.station = station
        reader = HTTPRequestReader(limits: station.limits.http)
    }

    func connectionOpened(_ connection: Connection) {
        station.opened(self, connection)
        arm(connection, afterMilliseconds: station.limits.headMilliseconds)
    }

    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) -> Int {
        var consumed = 0
        while consumed < bytes.count, connection.isOpen, phase != .answering {
            if phase == .closing { return bytes.count }
            if phase == .waiting {
                phase = .head
                arm(connection, afterMilliseconds: station.limits.headMilliseconds)
            }
            let (count, progress) = reader.feed(UnsafeRawBufferPointer(rebasing: bytes[consumed...]))
            consumed += count
            switch progress {
            case .needMore: needMore(connection)
            case .request(let request): take(request, connection)
            case .refused: refuse(.refused(reader.refusal ?? .malformedRequestLine), connection)
            }
        }
        return consumed
    }

    func connectionEnded(_ connection: Connection) {
        hasPeerEnded = true
        if phase != .answering { close(connection) }
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        disarm(connection)
        journey?.callOff()
        journey = nil
        station.closed(connection)
    }

    /// Closes at once if nothing is under way, else behind the answer.
    func stop(_ connection: Connection) {
        isStopping = true
        if phase != .answering { close(connection) }
    }

    // MARK: Requests

    /// The head is looked at as soon as it is there: nobody's body is read for nothing.
    private func needMore(_ connection: Connection) {
        guard phase == .head, let head = reader.head else { return }
        if let refusal = station.door.refusal(of: head, from: connection.peer) {
            return send(refusal, to: head, keepsAlive: false, connection)
        }
        phase = .body
        arm(connection, afterMilliseconds: station.limits.bodyMilliseconds)
        if reader.awaitsContinue { connection.write(HTTPResponse.continueBytes) }
    }

    private func take(_ request: HTTPRequest, _ connection: Connection) {
        disarm(connection)
        wantsNoBody = request.head.method == .head
        if phase == .head, let refusal = station.door.refusal(of: request.head, from: connection.peer) {
            return send(refusal, to: request.head, keepsAlive: request.keepsAlive, connection)
        }
        guard let head = NormalForm.head(of: request) else { return refuse(.ambiguousPath, connection) }
        phase = .answering
        // The next request waits in the socket, so that answers keep their order.
        connection.pauseReading()
        arm(connection, afterMilliseconds: station.limits.answerMilliseconds)
        let (asked, keepsAlive) = (request.head, request.keepsAlive)
        journey = station.hop.send(head, body: request.body) { [self] result in
            journey = nil
            guard connection.isOpen else { return }
            switch result {
            case .success(let response):
                send(response, to: asked, keepsAlive: keepsAlive, connection)
            case .failure(let failure):
                send(station.door.response(to: failure), to: asked, keepsAlive: keepsAlive, connection)
            }
        }
    }

    // MARK: Answers

    private func send(
        _ response: HTTPResponse, to head: HTTPRequestHead, keepsAlive: Bool, _ connection: Connection
    ) {
        let keepsAlive = keepsAlive && !isStopping && !hasPeerEnded
        write(response, keepsAlive: keepsAlive, omittingBody: head.method == .head, connection)
        guard keepsAlive else { return close(connection) }
        wantsNoBody = false
        let hasPaused = phase == .answering
        phase = .waiting
        arm(connection, afterMilliseconds: station.limits.idleMilliseconds)
        if hasPaused { connection.resumeReading() }
    }

    private func refuse(_ failure: IngressFailure, _ connection: Connection) {
        write(station.door.response(to: failure), keepsAlive: false, omittingBody: wantsNoBody, connection)
        close(connection)
    }

    private func write(
        _ response: HTTPResponse, keepsAlive: Bool, omittingBody: Bool, _ connection: Connection
    ) {
        var response = response
        for field in station.door.commonFields() { response.headers.append(field) }
        connection.write(response.serialized(keepAlive: keepsAlive, omittingBody: omittingBody))
    }

    private func close(_ connection: Connection) {
        phase = .closing
        disarm(connection)
        connection.close(afterFlush: true)
    }

    // MARK: Deadlines

    private func arm(_ connection: Connection, afterMilliseconds milliseconds: Int) {
        disarm(connection)
        timer = connection.loop.schedule(afterMilliseconds: milliseconds) { [self] in
            timer = nil
            deadlinePassed(connection)
        }
    }

    private func disarm(_ connection: Connection) {
        if let timer { connection.loop.cancel(timer) }
        timer = nil
    }

    private func deadlinePassed(_ connection: Connection) {
        let limits = station.limits
        switch phase {
        case .waiting: close(connection)
        // Whoever has said nothing at all is not told anything either.
        case .head where reader.isBetweenRequests: close(connection)
        case .head: refuse(.headTooSlow(limitMilliseconds: limits.headMilliseconds), connection)
        case .body: refuse(.bodyTooSlow(limitMilliseconds: limits.bodyMilliseconds), connection)
        case .answering:
            journey?.callOff()
            journey = nil
            refuse(.answerTooSlow(limitMilliseconds: limits.answerMilliseconds), connection)
        case .closing: break
        }
    }
}
