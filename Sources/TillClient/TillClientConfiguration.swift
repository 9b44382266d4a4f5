import EventLoop
import LineProtocol
import Retail

/// What happens to the gateway's numbered events.
public enum EventHandling: Hashable, Sendable {
    /// An event is acknowledged when the reader of `events` asks for the next one: the one before is dealt with then.
    case automatic
    /// Events are acknowledged by `acknowledge(through:)` only.
    case manual
    /// Events are neither handed on nor acknowledged; orders are then offered to other tills.
    case ignored
}

/// How a client reaches the gateway and who it is there.
public struct TillClientConfiguration: Sendable {
    /// The gateway's addresses, tried in turn.
    public var addresses: [ListenAddress]
    /// Trust and certificate; nil for a plain connection, which stays on this machine or is not made at all.
    public var tls: TLSClientContext?
    /// The secret of a device without a certificate.
    public var token: String?
    /// The role that the device is meant to have; the gateway refuses the client if it is another.
    public var role: DeviceRole?
    /// The program, for the gateway's log.
    public var program: ProgramVersion?
    /// The language of messages for people; nil: the store's own.
    public var language: MessageLanguage?
    /// The number of the last event that was dealt with before the program started; 0 if none was.
    public var eventsAfter: Int64 = 0
    /// What happens to events.
    public var eventHandling = EventHandling.automatic
    /// Called whenever the connection changes, on the loop: for a lamp on the till's display, and for logs.
    public var onConnectionChange: (@Sendable (ConnectionChange) -> Void)?
    /// Called on the loop when the store's tasks have changed, after `tasks` was asked for on the present connection.
    public var onTasksChanged: (@Sendable (TasksChanged) -> Void)?

    /// How long a call may take unless it says otherwise, waiting for a connection included.
    public var callDeadlineMilliseconds = 30_000
    /// From the beginning of a connection to the end of the TLS handshake.
    public var connectDeadlineMilliseconds = 10_000
    /// From there to the answer to HELLO.
    public var helloDeadlineMilliseconds = 10_000
    /// A connection on which an answer takes longer than this is given up for a new one.
    public var replyDeadlineMilliseconds = 10_000
    /// So long after the last line PING is sent.
    public var pingIntervalMilliseconds = ProtocolLimits.pingIntervalMilliseconds
    /// So long after an event was dealt with, at the latest, it is acknowledged.
    public var acknowledgeDelayMilliseconds = 200
    /// Pauses before connecting again, and before sending again what the gateway is too busy for.
    public var pauses = ReconnectPauses()
    /// Requests under way at once; the gateway's own limit counts if it is smaller.
    public var pipelineLimit = ProtocolLimits.pipelineRequests
    /// Requests without an answer at a time, those that wait for a connection included.
    public var requestsMaximum = 10_000

    /// A client of the gateway at these addresses.
    public init(
        addresses: [ListenAddress], tls: TLSClientContext? = nil, token: String? = nil, role: DeviceRole? = nil,
        program: ProgramVersion? = nil
    ) {
        precondition(!addresses.isEmpty, "a client has at least one address")
        self.addresses = addresses
        self.tls = tls
        self.token = token
        self.role = role
        self.program = program
    }
}

/// What happened to the connection.
public enum ConnectionChange: Hashable, Sendable {
    /// A connection to this address is being made.
    case connecting(ListenAddress)
    /// The gateway has answered HELLO; requests are answered from here on.
    case greeted(HelloReply)
    /// The gateway is about to restart. What is under way is finished.
    case draining
    /// There is no connection, or no longer. The next try comes after the pause.
    case lost(reason: String, pauseMilliseconds: Int)
    /// The client will not connect any more: it was closed, or the gateway has refused it for good.
    case ended(TillClientError)
}

/// What a client has been through.
public struct TillClientStatistics: Hashable, Sendable {
    /// Connections that the gateway has greeted.
    public var connections = 0
    /// Those of them that replaced an earlier one.
    public var reconnects: Int { max(0, connections - 1) }
    /// Requests sent again because a connection broke or drained before they were answered.
    public var repeatedRequests = 0
    /// Requests sent again because the gateway asked to come back later.
    public var retriedRequests = 0
    /// Answers that came after their caller had given up.
    public var lateReplies = 0
    /// Events that had been received before.
    public var duplicateEvents = 0

    /// Nothing has happened yet.
    public init() {}
}

extension ConnectionChange: CustomStringConvertible {
    /// One sentence for a log.
    public var description: String {
        switch self {
        case .connecting(let address): "connecting to \(address)"
        case .greeted(let session): "greeted by \(session.gateway.name) \(session.gateway.version) as \(session.device)"
        case .draining: "the gateway is about to restart"
        case .lost(let reason, let pause): "lost: \(reason); next try in \(pause) ms"
        case .ended(let error): "ended: \(error)"
        }
    }
}
