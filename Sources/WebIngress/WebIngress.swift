import EventLoop
import HTTPMessage
import Locking

/// The HTTPS port: takes in whole, strictly checked requests and hands each to the endpoints over a private socket.
///
/// What listens on that socket (see `WebRouter`) never meets the network: it sees heads in one normal form, one to a
/// connection, takes their bodies with ``takeBody(for:)``, and has no more of them at a time than
/// ``IngressLimits/requestsUnderWay``.
public final class WebIngress: Sendable {
    private let listener: Listener
    private let stations: [StationBox]
    private let bodies: HeldBodies

    /// Listens at once; requests wait until the endpoints do (``endpointsListen()``).
    ///
    /// - Parameters:
    ///   - tls: the certificate; nil only for loopback addresses.
    ///   - privateSocket: the file of the endpoints' socket.
    ///   - door: decides who is let in.
    /// - Throws: `EventLoopError`.
    public init(
        address: ListenAddress, loops: [EventLoop], tls: TLSServerContext?, limits: IngressLimits,
        privateSocket: String, door: any IngressGuard, onHandshakeFailure: Listener.FailureHook? = nil
    ) throws(EventLoopError) {
        let bodies = HeldBodies()
        self.bodies = bodies
        let stations = loops.map { loop in
            StationBox(
                loop: loop,
                station: IngressStation(
                    limits: limits,
                    hop: PrivateHop(path: privateSocket, loop: loop, limits: limits, bodies: bodies), door: door))
        }
        self.stations = stations
        let places = Dictionary(uniqueKeysWithValues: stations.map { (ObjectIdentifier($0.loop), $0) })
        var listenerLimits = ListenerLimits(
            connectionsMaximum: limits.connections, perAddressMaximum: limits.connectionsPerAddress,
            handshakeDeadlineMilliseconds: limits.handshakeMilliseconds,
            outputMaximumBytes: limits.responseBytes * 2, idleDeadlineMilliseconds: nil)
        listenerLimits.inputMaximumBytes = limits.http.headBytes + limits.http.bodyBytes
        listener = try Listener(
            address: address, loops: loops, tls: tls, limits: listenerLimits, onHandshakeFailure: onHandshakeFailure
        ) { connection in
            places[ObjectIdentifier(connection.loop)].map { IngressConnection(station: $0.station) }
        }
    }

    /// The port, also when the system chose it.
    public var boundPort: Int { listener.boundPort }

    /// Connections at the moment.
    public var connectionCount: Int { listener.connectionCount }

    /// Bodies of requests that the endpoints have not taken yet.
    public var heldBodies: Int { bodies.count }

    /// Uses another certificate for handshakes from now on.
    public func replaceTLS(_ tls: TLSServerContext) { listener.replaceTLS(tls) }

    /// The endpoints listen on the private socket now.
    public func endpointsListen() {
        for box in stations { box.loop.execute { box.station.hop.open() } }
    }

    /// Hands the endpoints the body of a request that they have from the private socket, once; empty if it has none, nil
    /// if nobody waits for its answer any more. From any thread.
    public func takeBody(for headers: HTTPHeaders) -> [UInt8]? { bodies.take(for: headers) }

    /// Takes no new connections, closes idle ones, and the others behind the answer that is under way.
    public func drain() {
        listener.stopAccepting()
        for box in stations { box.loop.execute { box.station.stop() } }
    }

    /// What belongs to one loop and is only touched there.
    private final class StationBox: @unchecked Sendable {
        let loop: EventLoop
        let station: IngressStation

        init(loop: EventLoop, station: IngressStation) {
            self.loop = loop
            self.station = station
        }
    }
}

/// What the connections of one loop share.
final class IngressStation {
    let limits: IngressLimits
    let hop: PrivateHop
    let door: any IngressGuard
    private var open: [ObjectIdentifier: (handler: IngressConnection, connection: Connection)] = [:]
    private var isStopping = false

    init(limits: IngressLimits, hop: PrivateHop, door: any IngressGuard) {
        self.limits = limits
        self.hop = hop
        self.door = door
    }

    func opened(_ handler: IngressConnection, _ connection: Connection) {
        open[ObjectIdentifier(connection)] = (handler, connection)
        if isStopping { handler.stop(connection) }
    }

    func closed(_ connection: Connection) {
        open[ObjectIdentifier(connection)] = nil
    }

    func stop() {
        isStopping = true
        for (handler, connection) in open.values { handler.stop(connection) }
    }
}
