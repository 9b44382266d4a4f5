import Dispatch
import EventLoop
import LineProtocol
import Locking
import Logging

/// Where a gateway listens and with which certificate.
package struct ServerSettings: Sendable {
    /// TLS, for devices.
    package var tlsAddress: ListenAddress?
    package var tls: TLSServerConfiguration?
    /// Without TLS; loopback only.
    package var plainAddress: ListenAddress?
    /// The operator's socket, a file that only this user can open.
    package var operatorSocket: String?
    /// HTTPS for websites, with the certificate of `tls`; nil: none.
    package var webAddress: ListenAddress?
    /// Where the endpoints for websites listen for the HTTPS port; in a folder of its own.
    package var webSocket: String?
    /// Connections of devices at a time.
    package var connectionsMaximum = ProtocolLimits.connections
    package var loops: Int

    /// Settings with every field given.
    package init(
        tlsAddress: ListenAddress?, tls: TLSServerConfiguration?, plainAddress: ListenAddress? = nil,
        operatorSocket: String? = nil, loops: Int = 1
    ) {
        self.tlsAddress = tlsAddress
        self.tls = tls
        self.plainAddress = plainAddress
        self.operatorSocket = operatorSocket
        self.loops = loops
    }
}

extension ServerSettings {
    /// A website proves itself with a token: its certificate is not asked for.
    fileprivate var webTLS: TLSServerConfiguration? {
        tls.map {
            TLSServerConfiguration(certificateChainPath: $0.certificateChainPath, privateKeyPath: $0.privateKeyPath)
        }
    }
}

/// Brings connections to a gateway: loops, listeners, certificates, and an end in good order.
package final class GatewayServer: Sendable {
    private let gateway: Gateway
    private let settings: ServerSettings
    private let loops: [EventLoop]
    private let listeners: [Listener]
    private let tlsListener: Listener?
    private let plainListener: Listener?
    private let web: WebServer?

    /// Listens at once.
    package init(gateway: Gateway, settings: ServerSettings) throws {
        self.gateway = gateway
        self.settings = settings
        loops = try (0..<settings.loops).map { try EventLoop(label: "loop-\($0)") }
        let benches = Dictionary(
            uniqueKeysWithValues: loops.map { (ObjectIdentifier($0), WorkbenchBox(Workbench())) })
        let accept: @Sendable (Connection) -> (any ConnectionHandler)? = { connection in
            guard let bench = benches[ObjectIdentifier(connection.loop)] else { return nil }
            return SessionHandler(gateway: gateway, connection: connection, workbench: bench.workbench)
        }
        let loops = loops
        var limits = Self.limits
        limits.connectionsMaximum = settings.connectionsMaximum
        func listener(_ address: ListenAddress, _ tls: TLSServerContext?) throws -> Listener {
            try Listener(
                address: address, loops: loops, tls: tls, limits: limits,
                onHandshakeFailure: { [refusals = gateway.refusals] peer, failure in
                    refusals.tell(failure, peer: peer, port: "devices")
                }, accept: accept)
        }
        tlsListener = try settings.tlsAddress.map { address in
            try listener(address, settings.tls.map { try TLSServerContext(configuration: $0) })
        }
        plainListener = try settings.plainAddress.map { try listener($0, nil) }
        let operatorListener = try settings.operatorSocket.map { try listener(.unixSocket(path: $0), nil) }
        listeners = [tlsListener, plainListener, operatorListener].compactMap { $0 }
        if let address = settings.webAddress, let socket = settings.webSocket {
            web = try WebServer(
                gateway: gateway, address: address, tls: try settings.webTLS.map(TLSServerContext.init(configuration:)),
                privateSocket: socket, loops: loops,
                settings: WebSettings(countsLoopback: gateway.settings.guessing.countsThisMachine))
        } else {
            web = nil
        }
    }

    /// The port of the TLS listener, also when the system chose it.
    package var tlsPort: Int? { tlsListener?.boundPort }

    /// The port of the plain listener.
    package var plainPort: Int? { plainListener?.boundPort }

    /// The port for websites.
    package var webPort: Int? { web?.port }

    /// Reads certificate, key and authority again; open connections go on as they are.
    package func reloadCertificates() throws {
        guard let tls = settings.tls else { return }
        tlsListener?.replaceTLS(try TLSServerContext(configuration: tls))
        if let web, let tls = settings.webTLS { web.replaceTLS(try TLSServerContext(configuration: tls)) }
    }

    /// Takes no new connections, lets the open ones finish within the limit, and ends the loops.
    package func drain(withinMilliseconds limit: Int) {
        for listener in listeners { listener.stopAccepting() }
        web?.drain()
        gateway.drain(withinMilliseconds: limit)
        let end = DispatchTime.now() + .milliseconds(limit)
        let tick = DispatchSemaphore(value: 0)
        while connectionCount > 0, DispatchTime.now() < end { _ = tick.wait(timeout: .now() + .milliseconds(10)) }
        web?.stop()
        for loop in loops { loop.stop() }
    }

    private var connectionCount: Int {
        listeners.reduce(web?.connectionCount ?? 0) { $0 + $1.connectionCount }
    }

    private static var limits: ListenerLimits {
        var limits = ListenerLimits(
            perAddressMaximum: ProtocolLimits.connectionsPerAddress,
            handshakeDeadlineMilliseconds: ProtocolLimits.handshakeMilliseconds,
            outputHighWaterBytes: ProtocolLimits.outputHighWaterBytes,
            outputLowWaterBytes: ProtocolLimits.outputLowWaterBytes,
            outputMaximumBytes: ProtocolLimits.outputBufferBytes,
            idleDeadlineMilliseconds: ProtocolLimits.idleMilliseconds)
        limits.handshakesMaximum = ProtocolLimits.handshakeQueue
        return limits
    }

    /// A loop's tools, which only that loop touches.
    private final class WorkbenchBox: @unchecked Sendable {
        let workbench: Workbench

        init(_ workbench: Workbench) { self.workbench = workbench }
    }
}

/// Stands between a connection and its session.
private final class SessionHandler: ConnectionHandler {
    private let session: Session

    init(gateway: Gateway, connection: Connection, workbench: Workbench) {
        session = Session(gateway: gateway, link: connection, executor: connection.loop, workbench: workbench)
    }

    func connectionOpened(_ connection: Connection) {}

    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) -> Int {
        session.receive(bytes)
    }

    func connectionEnded(_ connection: Connection) { session.peerFinished() }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        session.gateway.refusals.tell(reason, session.principal, peer: connection.peer)
        session.ended()
    }
}

extension Connection: ClientLink {
    package var peerDescription: String { peer.text }
    package var isLocalSocket: Bool { peer.isLocalSocket }
    package var networkKey: UInt64? { peer.isLoopback || peer.isLocalSocket ? nil : peer.networkKey }
    package var clientCertificate: PeerCertificate? { certificate }
    package func closeAfterFlush() { close(afterFlush: true) }
}

extension EventLoop: SessionExecutor {
    package func after(milliseconds: Int, _ work: @escaping () -> Void) {
        schedule(afterMilliseconds: milliseconds, work)
    }

    package var milliseconds: Int64 { Int64(nowNanoseconds / 1_000_000) }
}
