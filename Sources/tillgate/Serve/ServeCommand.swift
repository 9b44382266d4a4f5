import ArgumentParser
import Dispatch
import EventLoop
import Foundation
import Gateway
import Journal
import Logging
import ProgrammeFiles
import Upstream

/// `tillgate serve`: runs the gateway until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway.",
        discussion: """
            On the first start the data folder gets a certificate authority and a server certificate. Every option can \
            stand in the YAML file given with --config (listen: "[::]:7443") or in the environment \
            (TILLGATE_LISTEN); the command line comes first, then the environment, then the file.

            SIGTERM and SIGINT: take no new connections, let clients finish, then stop. SIGHUP: read certificates and \
            the loyalty programme again.
            """)

    @OptionGroup var options: ServeOptions

    func run() async throws {
        let settings: ServeSettings
        do {
            settings = try await ServeSettings(options)
        } catch {
            throw Console.fail("\(error)", .badInput)
        }
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = settings.logLevel
            return handler
        }
        let process: ServeProcess
        do {
            process = try ServeProcess(settings, log: Logger(label: "tillgate"))
        } catch let refused as FileRefused {
            throw Console.fail("\(refused)", .badInput)
        } catch {
            throw Console.fail("\(error)", .unavailable)
        }
        do {
            try await process.run()
        } catch {
            throw Console.fail("\(error)", .unavailable)
        }
    }
}
