import ArgumentParser
import Dispatch
import EventLoop
import Foundation
import Retail
import SimulatedHTTP
import SimulatorKit
import WebhookReceiver

/// `website hooks`: the end of webhooks where a website listens.
struct HooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hooks",
        abstract: "A simulated web shop that is told of its orders by webhook.",
        discussion: """
            Checks the signature of each message, writes one JSON object per message to --out (event is new, duplicate, \
            gap, late, failed_on_purpose, bad_signature, bad_time, bad_header or bad_body), and answers as it is told to. \
            GET /stats tells what came. SIGTERM and SIGINT end it; its last line on standard output has the same counts. \
            Plain HTTP, on loopback only, unless --certificate and --key are given.
            """)

    @Option(help: "Where to listen: ADDRESS:PORT; port 0 lets the system choose.")
    var listen = "127.0.0.1:0"

    @Option(name: .customLong("secret"), help: "A secret of the webhook; twice while one is replaced.")
    var secrets: [String] = []

    @Option(help: "A file with the secret, instead of --secret.")
    var secretFile: String?

    @Option(help: "Where to write what came, one JSON object per line; - for standard output.")
    var out = "-"

    @Option(help: "The server's certificate chain, PEM.")
    var certificate: String?

    @Option(help: "The private key of the certificate, PEM.")
    var key: String?

    @Option(help: "Where to write the port once it is listened on.")
    var portFile: String?

    @Option(help: "Answer every Nth message with 500 and forget it; 0 is never.")
    var failEvery = 0

    @Option(help: "Answer every Nth with 429 and Retry-After: 1, and forget it.")
    var busyEvery = 0

    @Option(help: "Take every Nth and never answer.")
    var silentEvery = 0

    @Option(help: "Take every Nth and cut the connection within the answer.")
    var cutEvery = 0

    @Option(help: "Hold every answer back so many milliseconds.")
    var delayMs = 0

    func validate() throws {
        guard secretFile != nil || !secrets.isEmpty else { throw ValidationError("give --secret or --secret-file") }
        guard (certificate == nil) == (key == nil) else { throw ValidationError("--certificate and --key go together") }
        for (name, value) in [
            ("fail-every", failEvery), ("busy-every", busyEvery), ("silent-every", silentEvery),
            ("cut-every", cutEvery), ("delay-ms", delayMs),
        ] where !(0...600_000).contains(value) {
            throw ValidationError("--\(name) must be from 0 to 600000")
        }
        if address == nil { throw ValidationError("--listen \(listen) is not ADDRESS:PORT") }
    }

    func run() async throws {
        guard let address else { throw ExitCode.validationFailure }
        var tls: TLSServerContext?
        if let certificate, let key {
            tls = try TLSServerContext(
                configuration: TLSServerConfiguration(
                    certificateChainPath: certificate, privateKeyPath: key, clientAuthorityPath: nil))
        }
        let inbox = WebhookInbox(
            seal: WebhookSeal(secrets: try allSecrets()), misbehaviour: misbehaviour, now: { Instant.now() },
            note: try lines())
        let server = try SimulatedServer(address: address, tls: tls, service: inbox)
        let stopped = AsyncStream<Void>.makeStream()
        let queue = DispatchQueue(label: "signals")
        let watches = [SIGTERM, SIGINT].map { number in
            SignalWatch.onSignal(number, queue: queue) { server.stop { stopped.continuation.finish() } }
        }
        if let portFile {
            try "\(server.boundPort)\n".write(toFile: portFile, atomically: true, encoding: .utf8)
        }
        complain("listening on port \(server.boundPort)")
        for await _ in stopped.stream {}
        withExtendedLifetime(watches) {
            FileHandle.standardOutput.write(Data(inbox.statistics() + [UInt8(ascii: "\n")]))
        }
    }

    private var address: ListenAddress? {
        guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        return .tcp(host: listen[..<colon].trimmingCharacters(in: ["[", "]"]), port: port)
    }

    private var misbehaviour: WebhookMisbehaviour {
        var value = WebhookMisbehaviour()
        value.failEvery = failEvery
        value.busyEvery = busyEvery
        value.silentEvery = silentEvery
        value.cutEvery = cutEvery
        value.delayMilliseconds = delayMs
        return value
    }

    private func allSecrets() throws -> [String] {
        guard let secretFile else { return secrets }
        let text = try String(contentsOfFile: secretFile, encoding: .utf8)
        return secrets + [text.trimmingCharacters(in: .whitespacesAndNewlines)]
    }

    /// Takes the lines of the report.
    private func lines() throws -> @Sendable (UnsafeRawBufferPointer) -> Void {
        guard out != "-" else { return { FileHandle.standardOutput.write(Data($0)) } }
        if !FileManager.default.fileExists(atPath: out) {
            guard FileManager.default.createFile(atPath: out, contents: nil) else {
                complain("cannot write \(out)")
                throw ExitCode.failure
            }
        }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: out))
        _ = try file.seekToEnd()
        return { file.write(Data($0)) }
    }
}
