import Certificates
import EventLoop
import Foundation
import Journal
import Logging
import Retail
import TestSupport

@testable import Gateway

/// A gateway on a loopback port with TLS, its authority, and clients that talk to it.
final class TLSPlace {
    let world: TestWorld
    let folder: TemporaryFolder
    private(set) var server: TLSServerConfiguration
    let gatewayServer: GatewayServer
    private let authority: CertificateAuthority
    private let clients: EventLoop
    private let log: LogKeeper
    private var renewals = 0

    init(log: LogKeeper) throws {
        self.log = log
        world = try TestWorld(log: log.logger)
        folder = try TemporaryFolder()
        authority = try CertificateAuthority.create(directory: folder.path + "/ca", name: "Test authority")
        let files = try authority.issueServer(names: ["127.0.0.1"], directory: folder.path + "/server").files
        server = TLSServerConfiguration(
            certificateChainPath: files.certificatePath, privateKeyPath: files.privateKeyPath,
            clientAuthorityPath: files.authorityPath)
        gatewayServer = try GatewayServer(
            gateway: world.gateway,
            settings: ServerSettings(tlsAddress: .tcp(host: "127.0.0.1", port: 0), tls: server, loops: 2))
        clients = try EventLoop(label: "clients")
    }

    deinit {
        gatewayServer.drain(withinMilliseconds: 5_000)
        clients.stop()
    }

    /// A register's certificate of the gateway's authority.
    func issue(_ device: String, validFrom: Int64? = nil) throws -> IssuedCertificate {
        try authority.issueDevice(
            store: "S1", role: "register", device: device, days: 2, directory: folder.path + "/devices",
            validFrom: validFrom)
    }

    /// A register that the gateway knows.
    func device(_ name: String) throws -> TLSClientContext {
        let issued = try issue(name)
        try world.add(
            DeviceRecord(
                store: "S1", name: name, role: .register, fingerprint: issued.fingerprint, tokenHash: nil,
                createdAt: world.clock.now()))
        return try context(issued.files.certificatePath, issued.files.privateKeyPath)
    }

    func context(_ certificate: String, _ key: String) throws -> TLSClientContext {
        try TLSClientContext(
            authorityPath: authority.certificatePath, certificateChainPath: certificate, privateKeyPath: key)
    }

    func client(_ context: TLSClientContext) -> TLSPlaceClient {
        TLSPlaceClient(port: gatewayServer.tlsPort ?? 0, loop: clients, context: context)
    }

    /// Puts another certificate in the place of the server's.
    func renewServer() throws {
        renewals += 1
        let fresh = try authority.issueServer(names: ["127.0.0.1"], directory: folder.path + "/renewal-\(renewals)")
            .files
        for (from, to) in [
            (fresh.certificatePath, server.certificateChainPath), (fresh.privateKeyPath, server.privateKeyPath),
        ] {
            try Data(contentsOf: URL(filePath: from)).write(to: URL(filePath: to))
        }
    }

    /// Puts a key in the place of the server's that belongs to another certificate.
    func spoilServerKey() throws {
        let other = try authority.issueServer(names: ["127.0.0.1"], directory: folder.path + "/other").files
        try Data(contentsOf: URL(filePath: other.privateKeyPath)).write(to: URL(filePath: server.privateKeyPath))
    }

    /// The server certificate that a client was shown.
    func fingerprint(_ client: TLSPlaceClient) -> String? { client.certificate?.fingerprint }

    /// Waits for a line of the log.
    func logged(_ isIt: (String) -> Bool) -> String? {
        var found: String?
        _ = eventually {
            found = log.lines.first(where: isIt)
            return found != nil
        }
        return found
    }
}

/// A client that keeps the lines it is sent.
final class TLSPlaceClient {
    enum News: Sendable, Equatable {
        case opened
        case line(String)
        case closed
    }

    let news = Gathered<News>()
    private let connection: Connection

    init(port: Int, loop: EventLoop, context: TLSClientContext) {
        connection = connect(
            to: .tcp(host: "127.0.0.1", port: port), on: loop, tls: context, handler: Keeper(news),
            deadlineMilliseconds: 10_000)
    }

    deinit {
        connection.loop.execute { [connection] in connection.close(afterFlush: false) }
    }

    var lines: [String] { news.all.compactMap { if case .line(let line) = $0 { line } else { nil } } }
    /// Known once it has opened.
    var isResumed: Bool { connection.isResumed }
    var certificate: PeerCertificate? { connection.certificate }

    func send(_ text: String) {
        connection.loop.execute { [connection] in connection.write(Array(text.utf8)) }
    }

    func hasOpened() -> Bool {
        news.wait { $0.contains(.opened) || $0.contains(.closed) } && news.all.contains(.opened)
    }

    /// Waits for the answer to a tag.
    func isAnswered(_ tag: String) -> Bool {
        news.wait { news in
            news.contains { if case .line(let line) = $0 { line.hasPrefix("OK \(tag) ") } else { false } }
        }
    }

    /// Says HELLO and returns the answer.
    func greet() -> String? {
        guard news.wait(until: { $0.contains(.opened) || $0.contains(.closed) }) else { return nil }
        send("HELLO h {\"protocol\":1}\n")
        _ = news.wait { news in
            news.contains { if case .line = $0 { true } else { $0 == .closed } }
        }
        return lines.first
    }

    /// With TLS 1.3 a client learns behind its own part of the handshake that it is refused.
    func isRefused() -> Bool { news.wait { $0.contains(.closed) } && lines.isEmpty }

    private final class Keeper: ConnectionHandler {
        private let news: Gathered<News>

        init(_ news: Gathered<News>) { self.news = news }

        func connectionOpened(_ connection: Connection) { news.add(.opened) }

        func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) -> Int {
            var start = 0
            while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
                news.add(.line(String(decoding: bytes[start..<end], as: UTF8.self)))
                start = end + 1
            }
            return start
        }

        func connectionClosed(_ connection: Connection, reason: CloseReason) { news.add(.closed) }
    }
}
