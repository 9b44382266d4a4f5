import ArgumentParser
import EventLoop
import LineProtocol
import Retail
import TillClient

/// The options by which every simulator finds the gateway and says who it is.
public struct GatewayOptions: ParsableArguments {
    /// The addresses as given.
    @Option(help: "The gateway: HOST, HOST:PORT or the path of a socket; more than once to try several in turn.")
    public var gateway: [String] = ["127.0.0.1:7443"]

    /// The folder of the certificate.
    @Option(help: "The folder with device.crt, device.key and ca.crt. Without it the connection is plain TCP.")
    public var bundle: String?

    /// The token.
    @Option(help: "The device's token, if it has no certificate.")
    public var token: String?

    /// The name in the gateway's certificate.
    @Option(help: "The name that the gateway's certificate must have, if it is not the host's.")
    public var serverName: String?

    /// How long to try.
    @Option(help: "Seconds for which every request is tried again, through broken connections and restarts.")
    public var patience: Int = 60

    /// Whether to report connections.
    @Flag(help: "Report on standard error what happens to the connection.")
    public var verbose = false

    /// Option groups are made by the parser.
    public init() {}

    /// Refuses what cannot be meant.
    public func validate() throws {
        guard (1...86_400).contains(patience) else {
            throw ValidationError("--patience must be from 1 to 86400 seconds.")
        }
        for text in gateway where ListenAddress(gateway: text) == nil {
            throw ValidationError("--gateway \(text) is not HOST, HOST:PORT or the path of a socket.")
        }
    }

    /// A client as these options describe it.
    public func client(
        program: String, role: DeviceRole, loop: EventLoop, events: EventHandling
    ) throws -> TillClient {
        var configuration = TillClientConfiguration(addresses: gateway.compactMap { ListenAddress(gateway: $0) })
        configuration.tls = try bundle.map { directory throws(TLSError) in
            try DeviceBundle(directory: directory).clientContext(serverName: serverName)
        }
        configuration.token = token
        configuration.role = role
        configuration.program = ProgramVersion(name: "\(program) simulator", version: "1")
        configuration.eventHandling = events
        configuration.callDeadlineMilliseconds = patience * 1_000
        // A simulator stands for an impatient till: restarts of the gateway are short where it is used.
        configuration.pauses = ReconnectPauses(
            firstMilliseconds: 100, longestMilliseconds: 1_000, steadyAfterMilliseconds: 1_000)
        if verbose { configuration.onConnectionChange = { complain("connection: \($0.description)") } }
        return TillClient(configuration, loop: loop)
    }
}
