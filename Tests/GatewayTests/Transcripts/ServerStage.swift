import EventLoop
import Journal
import TestSupport
import Testing

@testable import Gateway

/// Plays a transcript against a real server: TLS, device certificates, loops, and client connections.
final class ServerStage: TranscriptStage {
    enum News: Sendable, Equatable {
        case opened(Character)
        case line(Character, [UInt8])
        case closed(Character)
    }

    private let world: TestWorld
    private let server: GatewayServer
    private let clients: EventLoop
    private let news = Gathered<News>()
    private var connections: [Character: Connection] = [:]

    init(_ transcript: Transcript, loops: Int) throws {
        world = try MemoryStage.world(for: transcript)
        let certificates = try DeviceCertificates.shared.get()
        for device in transcript.devices {
            try world.add(
                DeviceRecord(
                    store: device.store, name: device.name, role: device.role,
                    fingerprint: try certificates.issue(to: device).fingerprint, tokenHash: nil,
                    createdAt: world.clock.now()))
        }
        server = try GatewayServer(
            gateway: world.gateway,
            settings: ServerSettings(
                tlsAddress: .tcp(host: "127.0.0.1", port: 0), tls: certificates.server, loops: loops))
        clients = try EventLoop(label: "clients")
    }

    deinit {
        server.drain(withinMilliseconds: 5_000)
        clients.stop()
    }

    func connect(_ connection: Character, as device: Transcript.Device) throws {
        let files = try DeviceCertificates.shared.get().issue(to: device).files
        let tls = try TLSClientContext(
            authorityPath: files.authorityPath, certificateChainPath: files.certificatePath,
            privateKeyPath: files.privateKeyPath)
        connections[connection] = Wire(connection, news).dial(port: server.tlsPort ?? 0, on: clients, tls: tls)
        #expect(news.wait { $0.contains(.opened(connection)) || $0.contains(.closed(connection)) })
    }

    func close(_ connection: Character) {
        guard let open = connections[connection] else { return }
        clients.execute { open.close(afterFlush: true, reason: .finished) }
        #expect(news.wait { $0.contains(.closed(connection)) })
    }

    /// Every part goes in a TLS record of its own, which the gateway reads on its own.
    func send(_ bytes: ArraySlice<UInt8>, on connection: Character) {
        guard let open = connections[connection] else { return }
        let bytes = Array(bytes)
        clients.execute {
            bytes.withUnsafeBytes { open.write($0) }
            open.flush()
        }
    }

    func received(on connection: Character) -> [[UInt8]] {
        news.all.compactMap { if case .line(connection, let line) = $0 { line } else { nil } }
    }

    func isClosed(_ connection: Character) -> Bool { news.all.contains(.closed(connection)) }

    func wait(until condition: () -> Bool) -> Bool { news.wait { _ in condition() } }

    /// Everything that is under way has been told before the gateway says farewell.
    func settle() throws -> [WireLine] {
        try world.journal.perform { _ in }
        world.gateway.drain(withinMilliseconds: 5_000)
        #expect(wait { connections.keys.allSatisfy { isClosed($0) } })
        return [WireLine(Array(#"EVENT 0 drain {"reason":"restart","within_ms":5000}"#.utf8))]
    }
}

/// The client's end of one connection; cuts what comes into lines.
private final class Wire: ConnectionHandler {
    private let name: Character
    private let news: Gathered<ServerStage.News>

    init(_ name: Character, _ news: Gathered<ServerStage.News>) {
        self.name = name
        self.news = news
    }

    func dial(port: Int, on loop: EventLoop, tls: TLSClientContext) -> Connection {
        connect(
            to: .tcp(host: "127.0.0.1", port: port), on: loop, tls: tls, handler: self, deadlineMilliseconds: 10_000)
    }

    func connectionOpened(_ connection: Connection) { news.add(.opened(name)) }

    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) -> Int {
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            news.add(.line(name, Array(bytes[start..<end])))
            start = end + 1
        }
        return start
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) { news.add(.closed(name)) }
}
