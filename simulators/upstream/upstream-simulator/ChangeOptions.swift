import ArgumentParser
import UpstreamSimulator

/// The options of what is sent down.
struct ChangeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Make up so many customers for the snapshot and for single questions.", valueName: "number"))
    var customers: Int?

    @Option(
        help: ArgumentHelp(
            "Changes to send down, one {\"id\",\"type\",\"at\",\"body\"} a line; lines may be added while it runs.",
            valueName: "file"))
    var changes: String?

    @Option(help: ArgumentHelp("Answer 410 to cursors that are further behind than this.", valueName: "changes"))
    var keepChanges: Int?

    func validate() throws {
        guard (0...10_000_000).contains(customers ?? 0) else {
            throw ValidationError("--customers must be between 0 and 10000000")
        }
        guard (keepChanges ?? 0) >= 0 else { throw ValidationError("--keep-changes must not be negative") }
    }

    /// The book of these options; nil when nothing is to be sent down.
    func book(seed: UInt64) throws -> ChangeBook? {
        guard customers != nil || changes != nil else { return nil }
        var settings = ChangeBook.Settings()
        settings.customers = customers ?? 0
        settings.seed = seed
        settings.path = changes
        settings.keptChanges = keepChanges
        return try ChangeBook(settings)
    }
}
