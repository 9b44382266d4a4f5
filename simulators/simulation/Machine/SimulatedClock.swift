import Gateway
import Retail

/// The time of day: the world's time, and what has been done to the clock.
final class SimulatedClock: WallClock, @unchecked Sendable {
    /// When every world begins: a Sunday, half past twelve in Moscow.
    private static let beginning: Int64 = 1_795_339_800_000

    private let agenda: Agenda
    private var offset: Int64 = 0
    /// How often it was put forward or back.
    private(set) var jumps = 0

    init(_ agenda: Agenda) { self.agenda = agenda }

    func now() -> Instant { unmoved.adding(milliseconds: offset) }

    /// The time as everybody else has it.
    var unmoved: Instant { Instant(millisecondsSinceEpoch: Self.beginning + agenda.now) }

    func jump(milliseconds: Int64) {
        offset += milliseconds
        jumps += 1
    }

    /// Jumps so far that a day is another one, but not further from everybody else's clock than one day.
    func leap(milliseconds: Int64) {
        let leap = abs(offset + milliseconds) < Self.farthest ? milliseconds : -offset
        jump(milliseconds: leap)
    }

    private static let farthest: Int64 = 85_000_000
}
