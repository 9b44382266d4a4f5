import EventLoop
import LineProtocol
import Locking
import Retail
import TestSupport

/// A gateway that answers exactly what the test tells it to. It listens on loopback, plain unless given TLS.
final class ScriptedGateway: Sendable {
    /// A request as it arrived.
    struct Request: Sendable {
        let connection: ScriptedConnection
        let verb: String
        let tag: String
        let body: String

        func ok(_ json: String) {
            connection.send("OK \(tag) \(json)")
        }

        func error(_ code: String, _ json: String = #"{"message":"no"}"#) {
            connection.send("ERR \(tag) \(code) \(json)")
        }

        /// Whether the body holds this text.
        func has(_ text: String) -> Bool { body.contains(text) }
    }

    /// Every HELLO.
    let hellos = Mailbox<Request>()
    /// Everything else.
    let requests = Mailbox<Request>()
    let port: Int

    private let listener: Listener
    private let greeting: Greeting
    private let responder: Responder

    /// Answers requests by itself, if the test wants it to.
    final class Responder: Sendable {
        let answer = Mutex<(@Sendable (Request) -> Void)?>(nil)
    }

    /// What HELLO is answered with: `OK`'s JSON, `code JSON` of an `ERR`, or nothing.
    final class Greeting: Sendable {
        enum Answer: Sendable {
            case ok(String), error(String), silence
        }

        let answer: Mutex<Answer>

        init(_ answer: Answer) {
            self.answer = Mutex(answer)
        }
    }

    init(loop: EventLoop, port: Int = 0, tls: TLSServerContext? = nil, limits: SessionLimits = SessionLimits()) throws {
        let greeting = Greeting(.ok(Self.welcome(limits: limits)))
        let responder = Responder()
        let (hellos, requests) = (self.hellos, self.requests)
        listener = try Listener(address: .tcp("127.0.0.1", port), loops: [loop], tls: tls) { connection in
            ScriptedConnection(connection) { request in
                guard request.verb == "HELLO" else {
                    responder.answer.withLock { $0 }?(request)
                    return requests.put(request)
                }
                switch greeting.answer.withLock({ $0 }) {
                case .ok(let json): request.ok(json)
                case .error(let error): request.connection.send("ERR \(request.tag) \(error)")
                case .silence: break
                }
                hellos.put(request)
            }
        }
        self.greeting = greeting
        self.responder = responder
        self.port = listener.boundPort
    }

    var address: ListenAddress { .tcp("127.0.0.1", port) }

    func greet(_ answer: Greeting.Answer) {
        greeting.answer.withLock { $0 = answer }
    }

    /// Answers every request from now on as soon as it comes.
    func respond(_ answer: @escaping @Sendable (Request) -> Void) {
        responder.answer.withLock { $0 = answer }
    }

    static func welcome(limits: SessionLimits = SessionLimits()) -> String {
        let reply = HelloReply(
            gateway: ProgramVersion(name: "tillgate", version: "1.0.0"), store: "S1", device: "T01", role: .register,
            currency: "RUB", timeZone: "Europe/Moscow", now: Instant(millisecondsSinceEpoch: 1_795_339_800_000),
            unacknowledged: 0, limits: limits)
        let writer = ByteWriter()
        reply.write(to: writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

/// One client's connection, seen from the gateway.
final class ScriptedConnection: ConnectionHandler, @unchecked Sendable {
    /// Filled when the connection is over.
    let closed = Mailbox<CloseReason>()

    private let connection: Connection
    /// Nil once the connection is over: requests that no test has taken know the connection.
    private var onRequest: ((ScriptedGateway.Request) -> Void)?
    private var framer = LineFramer(limit: ProtocolLimits.lineBytes)

    init(_ connection: Connection, onRequest: @escaping (ScriptedGateway.Request) -> Void) {
        self.connection = connection
        self.onRequest = onRequest
    }

    func send(_ line: String) {
        let connection = self.connection
        connection.loop.execute { connection.write(Array((line + "\n").utf8)) }
    }

    /// Ends the connection from the gateway's side.
    func cut() {
        let connection = self.connection
        connection.loop.execute { connection.close(afterFlush: true) }
    }

    func connectionOpened(_ connection: Connection) {}

    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) -> Int {
        var position = 0
        while case .line(let range, let next) = framer.next(bytes, from: position) {
            position = next
            guard let line = try? RequestLine.parse(UnsafeRawBufferPointer(rebasing: bytes[range])) else { continue }
            onRequest?(
                ScriptedGateway.Request(
                    connection: self, verb: String(decoding: line.verb, as: UTF8.self),
                    tag: String(decoding: line.tag, as: UTF8.self), body: String(decoding: line.body, as: UTF8.self)))
        }
        return position
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        closed.put(reason)
        onRequest = nil
    }
}
