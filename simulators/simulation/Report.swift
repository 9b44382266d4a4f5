import ArgumentParser
import Foundation
import Glibc

/// How many seeds were played, what they have seen, and how long it took.
struct Tally {
    var seeds = 0
    var counts = Counts()
    let begun = Date()

    var seconds: Double { Date().timeIntervalSince(begun) }

    mutating func add(_ counts: Counts) {
        seeds += 1
        self.counts += counts
    }
}

/// What people read.
enum Report {
    static func progress(_ tally: Tally) {
        print("\(tally.seeds) seeds, \(tally.counts.crashes) crashes, \(whole(tally.seconds)) s")
        show()
    }

    /// Whoever reads along, through a pipe or in a file, sees it at once.
    static func show() { fflush(nil) }

    static func summary(_ tally: Tally) {
        let counts = tally.counts
        let days = Double(counts.milliseconds) / 86_400_000
        print(
            """
            \(tally.seeds) seeds, nothing wrong
              steps             \(counts.steps)
              crashes           \(counts.crashes), \(counts.tornWrites) of them with torn writes
              failures of disks \(counts.diskFaults)
              connections cut   \(counts.cuts)
              receipts          \(counts.receipts)
              orders            \(counts.orders)
              steps posted      \(counts.webhookSteps)
              baskets           \(counts.baskets)
              changes sent down \(counts.changes)
              merges            \(counts.merges)
              devices revoked   \(counts.revocations)
              virtual days      \(tenths(days))
              seconds           \(tenths(tally.seconds))
            """)
    }

    /// Tells of a seed that has failed; the error ends the program.
    static func failed(_ seed: UInt64, _ outcome: Outcome) -> ExitCode {
        print("seed \(seed): \(outcome.violation ?? "")\n\nThe last steps:")
        for line in outcome.trace { print("  " + line) }
        print("\nThe same again: \(command) --from \(seed) --seeds 1 --trace")
        return .failure
    }

    /// Tells of a seed that does not replay.
    static func wavering(_ seed: UInt64) -> ExitCode {
        print("seed \(seed) went otherwise the second time: what it did does not follow from the seed alone")
        return .failure
    }

    private static var command: String { CommandLine.arguments.first ?? "tillgate-simulation" }

    static func whole(_ number: Double) -> String { "\(Int(number.rounded()))" }

    static func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
