import ArgumentParser
import LineProtocol
import Retail

/// `tillgate customer merge`
struct CustomerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "customer", abstract: "Put customers right.", subcommands: [Merge.self])

    /// Makes two customers one.
    struct Merge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make two customers one.",
            discussion: """
                Identifiers, points, debt, holds and turnover of the first go to the second. The first one's id goes on \
                working and leads to the second. This cannot be undone; doing it again does no harm.
                """)

        @OptionGroup var place: DataFolder
        @Argument(help: "The customer that becomes a part of the other, such as c-12.")
        var old: CustomerID
        @Argument(help: "The customer that goes on.")
        var into: CustomerID
        @Flag(help: "Print one JSON object.")
        var json = false

        func validate() throws {
            if old == into { throw ValidationError("\(old.text) and \(into.text) are the same customer") }
        }

        func run() async throws {
            let request = OperatorRequest(.customerMerge, CustomerMerge(old, into: into))
            let answer = try await place.ask([request])[0]
            if json { return Console.result(answer.text) }
            let reply: CustomerMergeReply = try answer.message()
            let points = reply.points
            Console.result(
                "\(reply.merged.text) is \(reply.customer.text) now: \(reply.identifiers) identifiers moved; points: "
                    + "\(points.available) available, \(points.held) held, \(points.pending) pending, "
                    + "\(points.debt) owed")
        }
    }
}

extension CustomerID: ExpressibleByArgument {
    /// The id as it stands on the wire.
    public init?(argument: String) {
        self.init(text: argument)
    }
}
