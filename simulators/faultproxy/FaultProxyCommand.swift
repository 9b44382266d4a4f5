import ArgumentParser
import Dispatch
import EventLoop
import Glibc
import SimulatorKit

/// A bad network for one port.
@main
struct FaultProxyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faultproxy",
        abstract: "A TCP proxy that delays, cuts, stalls and duplicates connections.",
        discussion: """
            Put it between a simulator and the gateway. It does not look at what passes, so TLS goes through it; give the \
            client --server-name if the gateway's certificate does not name the proxy's address.

            Standard output has one JSON object: the port. The proxy runs until it is interrupted, then it reports how many \
            connections it has seen and broken. SIGUSR1 breaks all connections that there are.
            """)

    @Option(help: "The port on loopback that clients connect to; 0 lets the system choose.")
    var listen: Int = 0

    @Option(help: "The server, HOST:PORT, where HOST is an IPv4 address or localhost.")
    var to: String

    @Option(help: "Milliseconds by which everything is late, in both directions.")
    var delay: Int = 0

    @Flag(help: "Sends every byte by itself.")
    var byteByByte = false

    @Option(help: "Resets every connection after so many bytes, both directions together.")
    var cutAfter: Int?

    @Option(help: "Resets the connection at one of so many pieces that pass, at random.")
    var cutOneIn: Int?

    @Option(help: "Tells the server after so many bytes from the client that nothing more comes.")
    var halfCloseAfter: Int?

    @Option(help: "Lets nothing pass any more after so many bytes, without closing.")
    var stallAfter: Int?

    @Flag(help: "Sends what clients send over a second connection, too.")
    var duplicate = false

    @Option(help: "The seed of chance.")
    var seed: UInt64 = 1

    func validate() throws {
        guard case .tcp? = ListenAddress(gateway: to) else { throw ValidationError("--to must be HOST:PORT.") }
        for (name, value) in [("--cut-one-in", cutOneIn)] {
            if let value, value < 1 { throw ValidationError("\(name) must be 1 or more.") }
        }
        for value in [delay, cutAfter ?? 0, halfCloseAfter ?? 0, stallAfter ?? 0] where value < 0 {
            throw ValidationError("Delays and numbers of bytes cannot be negative.")
        }
    }

    func run() throws {
        guard case .tcp(let host, let port)? = ListenAddress(gateway: to) else { return }
        let proxy = try FaultProxy(port: listen, to: host, port, plan: plan)
        let progress = ProgressLines()
        progress.write("listening") { $0.field("port", proxy.port) }
        let interrupted = DispatchSemaphore(value: 0)
        let queue = DispatchQueue(label: "signals")
        var watches = [SIGINT, SIGTERM].map { number in
            SignalWatch.onSignal(number, queue: queue) { interrupted.signal() }
        }
        watches.append(SignalWatch.onSignal(SIGUSR1, queue: queue) { proxy.cutAll() })
        interrupted.wait()
        withExtendedLifetime(watches) {}
        proxy.stop()
        let tally = proxy.tally
        progress.write("done") { writer in
            writer.field("connections", tally.connections)
            writer.field("cuts", tally.cuts)
            writer.field("refused", tally.refused)
        }
    }

    private var plan: FaultPlan {
        var plan = FaultPlan()
        plan.delayMilliseconds = delay
        plan.isByteByByte = byteByByte
        plan.cutAfterBytes = cutAfter
        plan.cutOneIn = cutOneIn
        plan.halfCloseAfterBytes = halfCloseAfter
        plan.stallAfterBytes = stallAfter
        plan.duplicatesConnections = duplicate
        plan.seed = seed
        return plan
    }
}
