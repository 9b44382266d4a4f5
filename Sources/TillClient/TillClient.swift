import EventLoop
import LineProtocol
import Locking

/// How one call is made.
public struct CallOptions: Hashable, Sendable {
    /// What a call does while there is no connection.
    public enum WhenDisconnected: Hashable, Sendable {
        /// Waits for a connection, as long as its deadline allows.
        case wait
        /// Fails at once with `notConnected`: for what a customer stands waiting for.
        case fail
    }

    /// How long the call may take in all; nil: as configured.
    public var deadlineMilliseconds: Int?
    /// What it does while there is no connection.
    public var whenDisconnected: WhenDisconnected

    /// As configured, and waiting for a connection, unless given otherwise.
    public init(deadlineMilliseconds: Int? = nil, whenDisconnected: WhenDisconnected = .wait) {
        self.deadlineMilliseconds = deadlineMilliseconds
        self.whenDisconnected = whenDisconnected
    }

    /// The deadline of the configuration, waiting for a connection.
    public static let standard = CallOptions()
}

/// A device's connection to the gateway: a till's, a store app's or a website's.
///
/// After `connect` the client stays connected by itself until it is closed. It connects again when the connection breaks, and
/// sends again what had no answer yet: every request of the protocol can be repeated safely. Requests are sent in the order of
/// the calls; their answers may come in any order. Every call ends: with its result, or with a `TillClientError`.
///
/// ```swift
/// var configuration = TillClientConfiguration(addresses: [.tcp("gateway.shop.example", 7_443)], role: .register)
/// configuration.tls = try DeviceBundle(directory: "/etc/till/bundle").clientContext()
/// let client = TillClient(configuration, loop: try EventLoop(label: "gateway"))
/// try await client.connect()
/// let stored = try await client.sale(receipt)
/// ```
///
/// A till still writes a receipt down before it sends it: after a power cut nobody but the till knows of it.
///
/// The client may be used from any task. One loop can serve many clients; close them before the loop is stopped.
public final class TillClient: Sendable {
    /// What the gateway tells on its own. Read it from one place.
    public let events: TillEvents

    private let core: ClientCore

    /// Makes a client; nothing happens before `connect`.
    public init(_ configuration: TillClientConfiguration, loop: EventLoop) {
        let (stream, sink) = AsyncStream.makeStream(
            of: TillEvent.self, bufferingPolicy: .bufferingOldest(ClientCore.eventBufferMaximum))
        let core = ClientCore(configuration: configuration, loop: loop, eventSink: sink)
        self.core = core
        events = TillEvents(stream: stream) { number in
            loop.execute { core.handled(through: number) }
        }
    }

    deinit {
        let core = self.core
        core.loop.execute { core.end(.closed) }
    }

    /// The gateway's last answer to HELLO: store, device, currency, limits. Nil before the first.
    public var session: HelloReply? { core.shared.withLock { $0.session } }

    /// What the client has been through so far.
    public var statistics: TillClientStatistics { core.shared.withLock { $0.statistics } }

    /// Begins to connect and waits until the gateway has greeted the client.
    ///
    /// After an error other than `refused` and `closed` the client goes on trying.
    ///
    /// - Parameter deadlineMilliseconds: how long to wait; nil: as long as a call.
    @discardableResult
    public func connect(deadlineMilliseconds: Int? = nil) async throws(TillClientError) -> HelloReply {
        let core = self.core
        let slot = makeSlot()
        let deadline = deadlineMilliseconds ?? core.configuration.callDeadlineMilliseconds
        core.loop.execute {
            core.start(slot)
            let token = core.loop.schedule(afterMilliseconds: deadline) { [weak core] in
                slot.fill(.failure(.deadline(milliseconds: deadline, problem: core?.problem)))
                core?.greetingWaiters.removeAll { $0 === slot }
            }
            slot.whenFilled { core.loop.execute { core.loop.cancel(token) } }
        }
        _ = try await slot.value()
        guard let session else { throw .closed }
        return session
    }

    /// Takes no more calls, waits for the answers to those under way, says BYE and closes.
    ///
    /// - Parameter deadlineMilliseconds: after this long it closes all the same.
    public func bye(deadlineMilliseconds: Int = 5_000) async {
        let core = self.core
        let slot = ReplySlot { _ in }
        core.loop.execute { core.leave(withinMilliseconds: deadlineMilliseconds, slot) }
        _ = try? await slot.value()
    }

    /// Closes at once. Calls under way end with `closed`.
    public func close() {
        let core = self.core
        core.loop.execute { core.end(.closed) }
    }

    /// Hands a request over for sending; the answer is waited for with `reply()`.
    ///
    /// For verbs and fields that this client has no call for.
    ///
    /// - Parameter json: one JSON object.
    public func begin(
        _ verb: Verb, json: [UInt8], options: CallOptions = .standard
    ) throws(TillClientError) -> PendingReply<JSONText> {
        let body = try singleLineObject(json)
        return begin(verb, body: body, options: options) { bytes in JSONText(bytes: bytes) }
    }

    func begin<Reply: MessageBody>(
        _ verb: Verb, body: [UInt8], options: CallOptions, as type: Reply.Type
    ) -> PendingReply<Reply> {
        begin(verb, body: body, options: options) { bytes throws(TillClientError) in
            try decodeReply(type, verb: verb, bytes)
        }
    }

    func call<Reply: MessageBody>(
        _ verb: Verb, _ message: some MessageBody, options: CallOptions, as type: Reply.Type = Reply.self
    ) async throws(TillClientError) -> Reply {
        let body = encodedBody { message.write(to: $0) }
        return try await begin(verb, body: body, options: options, as: type).reply()
    }

    private func begin<Reply>(
        _ verb: Verb, body: [UInt8], options: CallOptions, decode: @escaping PendingReply<Reply>.Decode
    ) -> PendingReply<Reply> {
        precondition(verb != .hello && verb != .bye, "a client greets and leaves by connect and bye")
        let core = self.core
        let slot = makeSlot()
        let request = OutgoingRequest(verb: verb, body: body, isRepeatable: true)
        core.loop.execute { core.begin(request, slot: slot, options: options) }
        return PendingReply(slot: slot, decode: decode)
    }

    func markHandled(through number: Int64) {
        let core = self.core
        core.loop.execute { core.handled(through: number) }
    }

    private func makeSlot() -> ReplySlot {
        let core = self.core
        return ReplySlot { slot in
            core.loop.execute { core.cancel(slot) }
        }
    }
}
