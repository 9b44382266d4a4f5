import ArgumentParser
import Dispatch
import EventLoop
import Foundation
import SimulatedHTTP
import UpstreamSimulator

/// The loyalty platform's end of the relay, for trying out a gateway.
@main
struct UpstreamSimulatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upstream-simulator",
        abstract: "An upstream that stores what a gateway relays, and misbehaves as told.",
        discussion: """
            Serves POST /v1/events and GET /v1/stats over HTTPS. An event is on the disk before it is answered, and is \
            kept once however often it comes, also after a restart. SIGTERM and SIGINT let the answers under way go \
            out and end the program.
            """)

    @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("The port to listen on; 0 lets the system choose.", valueName: "port"))
    var port = 0

    @Option(help: ArgumentHelp("The server's certificate chain, PEM.", valueName: "file"))
    var certificate: String

    @Option(help: ArgumentHelp("The private key of the certificate, PEM.", valueName: "file"))
    var key: String

    @Option(
        help: ArgumentHelp(
            "The authority that the gateway's client certificate must come from, PEM. Without it none is asked for.",
            valueName: "file"))
    var clientAuthority: String?

    @Option(
        help: ArgumentHelp(
            "Where receipts go, each as its bare body on a line. Their ids go beside it, to FILE.ids.",
            valueName: "file"))
    var store: String

    @Option(
        help: ArgumentHelp(
            "Where all other events go, as {\"id\",\"type\",\"body\"} on a line each.", valueName: "file"))
    var events: String

    @Option(help: ArgumentHelp("Where to write the port once it is listened on.", valueName: "file"))
    var portFile: String?

    @Option(
        help: ArgumentHelp(
            "A certificate that has expired, with a key of its own: shown for two seconds when it is its turn.",
            valueName: "file"))
    var expiredCertificate: String?

    @Option(help: ArgumentHelp("The private key of that certificate, PEM.", valueName: "file"))
    var expiredKey: String?

    @OptionGroup(title: "What is sent down")
    var changes: ChangeOptions

    @OptionGroup(title: "Misbehaviour")
    var misbehaviour: MisbehaviourOptions

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be between 0 and 65535") }
        if let problem = try misbehaviour.value().problem { throw ValidationError(problem) }
    }

    func run() throws {
        let files = TLSServerConfiguration(
            certificateChainPath: certificate, privateKeyPath: key, clientAuthorityPath: clientAuthority)
        let tls = try TLSServerContext(configuration: files)
        let turn = CertificateTurn(good: tls, expired: try expiredTLS())
        var service = UpstreamService(
            store: try EventStore(receiptsPath: store, eventsPath: events), misbehaviour: try misbehaviour.value(),
            seed: misbehaviour.seed, book: try changes.book(seed: misbehaviour.seed))
        service.onExpired = { turn.begin() }
        let server = try SimulatedServer(
            address: .tcp(host: host, port: port), tls: tls, requiresCertificate: clientAuthority != nil,
            service: service)
        turn.server = server

        let stopped = DispatchSemaphore(value: 0)
        let queue = DispatchQueue(label: "signals")
        let watches = [SIGTERM, SIGINT].map { number in
            SignalWatch.onSignal(number, queue: queue) { server.stop { stopped.signal() } }
        }
        // Written last and at once as a whole: whoever finds the file finds a server that answers.
        if let portFile {
            try "\(server.boundPort)\n".write(toFile: portFile, atomically: true, encoding: .utf8)
        }
        // Not print: it waits in a buffer when the output is a pipe.
        FileHandle.standardOutput.write(Data("listening on \(host) port \(server.boundPort)\n".utf8))
        stopped.wait()
        withExtendedLifetime(watches) {}
    }

    private func expiredTLS() throws -> TLSServerContext? {
        guard let expiredCertificate, let expiredKey else { return nil }
        return try TLSServerContext(
            configuration: TLSServerConfiguration(
                certificateChainPath: expiredCertificate, privateKeyPath: expiredKey,
                clientAuthorityPath: clientAuthority))
    }
}
