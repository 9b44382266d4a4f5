import ArgumentParser
import EventLoop
import Glibc

/// The program.
@main
struct Tillgate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tillgate",
        abstract: "The store's POS integration gateway.",
        discussion: """
            Tills, the seller's app and the web shop connect to it over TLS and speak the line protocol that \
            protocol-spec/ describes. It answers who a customer is and what a basket costs them, routes pick-up orders \
            to a till, stores every receipt before it answers, and relays it upstream.

            Exit codes: 0 all is well, 1 something was found wrong (an audit, a replay), 64 the command line is not \
            understood, 65 an input file is not, 69 the gateway or its data cannot be reached, 70 the program failed.
            """,
        version: ProgramVersion.text,
        subcommands: [
            ServeCommand.self, DeviceCommand.self, ImportCommand.self, ProgrammeCommand.self, CustomerCommand.self,
            OrdersCommand.self, QuoteCommand.self, ExplainCommand.self, AuditCommand.self, ReplayCommand.self,
            WebhooksCommand.self, RelayCommand.self, ExportCommand.self, FeedCommand.self,
            DemoCommand.self,
        ])
}

extension Tillgate {
    /// Prepares the process: everything it writes (journal, keys, sockets) is for its own user only.
    static func main() async {
        umask(0o077)
        // Memory that the writer gives back after a burst is needed again at the next one.
        ProcessMemory.keepFreed(bytes: 256 << 20)
        await main(nil)
    }
}

/// The program's version, as `--version` and HELLO tell it.
enum ProgramVersion {
    static let text = "0.1.0"
}

extension ExitCode {
    /// The input file is not understood.
    static let badInput = ExitCode(65)
    /// The gateway, or its data folder, cannot be reached.
    static let unavailable = ExitCode(69)
    /// The program failed.
    static let failed = ExitCode(70)
}
