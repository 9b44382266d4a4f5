import Gateway
import Locking
import Retail

/// A clock that moves only when it is told to.
final class VirtualClock: WallClock {
    /// When every world begins: a Sunday, half past twelve in Moscow.
    static let beginning = Instant(millisecondsSinceEpoch: 1_795_339_800_000)

    private let milliseconds = Mutex(VirtualClock.beginning.millisecondsSinceEpoch)

    func now() -> Instant { Instant(millisecondsSinceEpoch: milliseconds.withLock { $0 }) }

    func advance(milliseconds: Int) { self.milliseconds.withLock { $0 += Int64(milliseconds) } }
}
