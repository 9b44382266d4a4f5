import ArgumentParser
import Locking
import SimulatorKit

/// What people at a till are like with pick-up orders: not all of them do at once what they should.
struct OrderTemper: ParsableArguments {
    @Option(help: "Milliseconds that people take before they accept an order.")
    var acceptAfter: Int = 0

    @Option(help: "How many of a hundred orders are rejected.")
    var rejectPercent: Int = 0

    @Option(help: "How many of a hundred orders lack something, for which something else is offered.")
    var substitutePercent: Int = 0

    @Option(help: "How many of a hundred claims the till's program does not survive; it starts again.")
    var crashPercent: Int = 0

    @Option(help: "The seed of what people do.")
    var orderSeed: UInt64 = 1

    func validate() throws {
        for (name, percent) in [
            ("reject", rejectPercent), ("substitute", substitutePercent), ("crash", crashPercent),
        ] where !(0...100).contains(percent) {
            throw ValidationError("--\(name)-percent must be from 0 to 100.")
        }
        guard (0...600_000).contains(acceptAfter) else {
            throw ValidationError("--accept-after must be from 0 to 600000 milliseconds.")
        }
    }
}

/// Decides what happens to one order after the other, the same for the same seed.
final class Mood: Sendable {
    enum Whim {
        case take, reject, substitute
    }

    private let temper: OrderTemper
    private let generator: Mutex<SeededGenerator>

    init(_ temper: OrderTemper) {
        self.temper = temper
        generator = Mutex(SeededGenerator(seed: temper.orderSeed))
    }

    /// How long people let an order wait.
    var hesitation: Duration { .milliseconds(temper.acceptAfter) }

    /// What people do with an order that they have not seen before.
    func whim() -> Whim {
        let dice = roll()
        if dice < temper.rejectPercent { return .reject }
        return dice < temper.rejectPercent + temper.substitutePercent ? .substitute : .take
    }

    /// Whether the program goes down in the middle of this claim.
    func crashes() -> Bool { temper.crashPercent > 0 && roll() < temper.crashPercent }

    private func roll() -> Int { generator.withLock { Int.random(in: 0..<100, using: &$0) } }
}
