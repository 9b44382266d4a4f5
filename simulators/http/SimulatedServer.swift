import EventLoop
import HTTPMessage

/// A service on a port, with one loop: what simulated peers are that answer over HTTP.
public final class SimulatedServer: @unchecked Sendable {
    /// How long answers that are under way may take after ``stop(whenStopped:)``.
    private static let stopDeadlineMilliseconds = 5_000

    private let loop: EventLoop
    private let listener: Listener
    // Everything below is touched on the loop only.
    private let state: State

    /// What belongs to the loop.
    private final class State: @unchecked Sendable {
        var service: any SimulatedService
        var connections: [UInt64: (handler: SimulatedConnection, connection: Connection)] = [:]
        weak var server: SimulatedServer?
        var isStopping = false
        var whenStopped: (@Sendable () -> Void)?

        init(service: any SimulatedService) {
            self.service = service
        }
    }

    /// Listens at once.
    ///
    /// - Parameters:
    ///   - tls: nil for plain HTTP, which the event loop allows on loopback only.
    ///   - requiresCertificate: turns away clients that show no certificate of the context's authority.
    public init(
        address: ListenAddress, tls: TLSServerContext?, requiresCertificate: Bool = false,
        service: sending any SimulatedService
    ) throws(EventLoopError) {
        let loop = try EventLoop(label: "simulated-server")
        let state = State(service: service)
        listener = try Listener(address: address, loops: [loop], tls: tls) { connection in
            if requiresCertificate && connection.certificate == nil { return nil }
            return state.server.map {
                SimulatedConnection(server: $0, bodyBytesMaximum: state.service.bodyBytesMaximum)
            }
        }
        self.loop = loop
        self.state = state
        state.server = self
    }

    /// The port, also when the system chose it.
    public var boundPort: Int { listener.boundPort }

    /// Takes in no connection any more, lets the answers that are under way go out, and ends. From any thread.
    public func stop(whenStopped: @escaping @Sendable () -> Void) {
        listener.stopAccepting()
        loop.execute { [self] in
            state.whenStopped = whenStopped
            state.isStopping = true
            for (handler, connection) in state.connections.values { handler.stop(connection) }
            endIfIdle()
            loop.schedule(afterMilliseconds: Self.stopDeadlineMilliseconds) { self.end() }
        }
    }

    /// Shows connections that come from now on another certificate. From any thread.
    public func replaceTLS(_ tls: TLSServerContext) {
        listener.replaceTLS(tls)
    }

    private func endIfIdle() {
        if state.isStopping && state.connections.isEmpty { end() }
    }

    private func end() {
        guard let whenStopped = state.whenStopped else { return }
        state.whenStopped = nil
        loop.stop(whenStopped: whenStopped)
    }
}

// MARK: - For the connections, on the loop

extension SimulatedServer {
    func opened(_ handler: SimulatedConnection, _ connection: Connection) {
        state.connections[connection.id] = (handler, connection)
        if state.isStopping { handler.stop(connection) }
    }

    func closed(_ connection: Connection) {
        state.connections[connection.id] = nil
        endIfIdle()
    }

    func reply(to request: HTTPRequest) -> Reply {
        state.service.reply(to: request)
    }
}
