import EventLoop
import HTTPMessage

/// The simulator on a port, with one loop.
public final class UpstreamServer: @unchecked Sendable {
    /// How long answers that are under way may take after ``stop(whenStopped:)``.
    private static let stopDeadlineMilliseconds = 5_000

    private let loop: EventLoop
    private let listener: Listener
    // Everything below is touched on the loop only.
    private let state: State

    /// What belongs to the loop.
    private final class State: @unchecked Sendable {
        var service: any SimulatedService
        var connections: [UInt64: (handler: UpstreamConnection, connection: Connection)] = [:]
        weak var server: UpstreamServer?
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
        let loop = try EventLoop(label: "upstream-simulator")
        let state = State(service: service)
        listener = try Listener(address: address, loops: [loop], tls: tls) { connection in
            if requiresCertificate && connection.certificate == nil { return nil }
            return state.server.map { UpstreamConnection(server: $0) }
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

extension UpstreamServer {
    func opened(_ handler: UpstreamConnection, _ connection: Connection) {
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
