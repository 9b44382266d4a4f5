import EventLoop
import HTTPMessage

/// Takes requests of one loop over a private socket to the endpoints and brings the answers back.
///
/// Every request has a connection of its own: an answer cannot be taken for another request's. Only touched on the
/// loop.
final class PrivateHop {
    typealias Completion = (Result<HTTPResponse, IngressFailure>) -> Void

    private static let connectMilliseconds = 5_000

    private let path: String
    private let loop: EventLoop
    private let limits: IngressLimits
    private let bodies: HeldBodies
    private var isOpen = false
    private var waiting: [Journey] = []
    private var underWay = 0

    init(path: String, loop: EventLoop, limits: IngressLimits, bodies: HeldBodies) {
        self.path = path
        self.loop = loop
        self.limits = limits
        self.bodies = bodies
    }

    /// The endpoints listen now; what has waited for it goes.
    func open() {
        isOpen = true
        startWaiting()
    }

    /// Sends a request; `completion` is called once, unless the journey is called off.
    func send(_ head: HTTPRequestHead, body: [UInt8], completion: @escaping Completion) -> Journey {
        // Those that were called off are gone by the time that there are more of them than of others.
        if waiting.count > limits.connections { waiting.removeAll(where: \.isCalledOff) }
        let journey = Journey(
            head: head, body: body.isEmpty ? nil : bodies.hold(body), answerBytes: limits.responseBytes,
            completion: completion)
        // As many wait as there are connections: each has one request at a time.
        waiting.append(journey)
        startWaiting()
        return journey
    }

    private func startWaiting() {
        while isOpen, underWay < limits.requestsUnderWay, !waiting.isEmpty {
            let journey = waiting.removeFirst()
            guard !journey.isCalledOff else { continue }
            underWay += 1
            journey.onEnd = { [self] in
                underWay -= 1
                startWaiting()
            }
            journey.begin(path: path, loop: loop, connectMilliseconds: Self.connectMilliseconds)
        }
    }
}

/// One request's way to the endpoints and back.
final class Journey: ConnectionHandler {
    /// Empty once they were sent or nobody waits for the answer any more.
    private var bytes: [UInt8]
    /// Nil as soon as nobody waits for the answer any more.
    private var body: HeldBodies.Hold?
    private var reader: HTTPResponseReader
    private var completion: PrivateHop.Completion?
    private var connection: Connection?
    fileprivate var onEnd: (() -> Void)?
    fileprivate private(set) var isCalledOff = false

    fileprivate init(
        head: HTTPRequestHead, body: HeldBodies.Hold?, answerBytes: Int, completion: @escaping PrivateHop.Completion
    ) {
        var headers = head.headers
        if let body { headers.append(name: HeldBodies.field, value: "\(body.number)") }
        let head = HTTPRequestHead(method: head.method, target: head.target, headers: headers)
        bytes = HTTPRequest(head: head, body: []).serialized()
        self.body = body
        self.completion = completion
        reader = HTTPResponseReader(bodyBytesMaximum: answerBytes)
    }

    fileprivate func begin(path: String, loop: EventLoop, connectMilliseconds: Int) {
        connection = connect(
            to: .unixSocket(path: path), on: loop, tls: nil, handler: self, deadlineMilliseconds: connectMilliseconds)
    }

    /// Nobody waits for the answer any more.
    func callOff() {
        isCalledOff = true
        bytes = []
        body = nil
        completion = nil
        connection?.close(afterFlush: false)
    }

    func connectionOpened(_ connection: Connection) {
        connection.write(bytes)
        bytes = []
    }

    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) -> Int {
        do throws(HTTPResponseReader.Failure) {
            guard let response = try reader.feed(bytes) else { return bytes.count }
            finish(.success(response))
        } catch {
            finish(.failure(.noAnswer))
        }
        connection.close(afterFlush: false)
        return bytes.count
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        self.connection = nil
        let end = onEnd
        onEnd = nil
        end?()
        finish(.failure(.noAnswer))
    }

    private func finish(_ result: Result<HTTPResponse, IngressFailure>) {
        let completion = completion
        self.completion = nil
        body = nil
        completion?(result)
    }
}
