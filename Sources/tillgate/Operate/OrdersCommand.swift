import ArgumentParser
import Gateway
import LineProtocol
import Retail

/// `tillgate orders`
struct OrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "Look after pick-up orders.", subcommands: [Service.self])

    /// How fast stores deal with orders.
    struct Service: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell how fast orders were dealt with, against what their stores have promised.",
            discussion: """
                Times from the push until a till had the order, a person took it and the goods waited, and from there until \
                the customer had them. Exits with 1 when an order is late that can still be saved.
                """)

        @OptionGroup var place: DataFolder
        @Option(help: "Only this store.")
        var store: String?
        @Option(help: "Orders of the last so many hours.")
        var hours: Int = 24
        @Flag(help: "Print one JSON object.")
        var json = false

        func validate() throws {
            guard (1...100_000).contains(hours) else { throw ValidationError("--hours must be 1 to 100000") }
        }

        func run() async throws {
            let from = SystemClock().now().adding(milliseconds: -Int64(hours) * 3_600_000)
            let request = OperatorRequest(.orderService, OrderServiceRequest(store: store, from: from))
            let answer = try await place.ask([request])[0]
            let reply: OrderServiceReply = try answer.message()
            Console.result(json ? answer.text : Self.text(reply))
            if !reply.late.isEmpty { throw ExitCode.failure }
        }

        private static func text(_ reply: OrderServiceReply) -> String {
            var lines = [
                "\(reply.orders) orders; taken in time: \(reply.acceptedInTime) of \(reply.accepted.orders), "
                    + "ready in time: \(reply.readyInTime) of \(reply.ready.orders)"
            ]
            for (name, leg) in [
                ("at a till", reply.delivered), ("taken", reply.accepted), ("ready", reply.ready),
                ("collected", reply.handedOver),
            ] {
                guard let median = leg.medianMilliseconds, let ninetieth = leg.ninetiethMilliseconds,
                    let slowest = leg.slowestMilliseconds
                else { continue }
                lines.append(
                    "  \(name): \(leg.orders), half within \(seconds(median)) s, nine of ten within "
                        + "\(seconds(ninetieth)) s, all within \(seconds(slowest)) s")
            }
            lines += reply.late.map {
                "late: \($0.key.source)/\($0.key.order) of store \($0.store) is \($0.state.rawValue), "
                    + "due \($0.dueAt.rfc3339)"
            }
            return lines.joined(separator: "\n")
        }

        private static func seconds(_ milliseconds: Int64) -> String {
            let thousandths = String(milliseconds % 1_000)
            let zeros = String(repeating: "0", count: 3 - thousandths.count)
            return "\(milliseconds / 1_000).\(zeros)\(thousandths)"
        }
    }
}
