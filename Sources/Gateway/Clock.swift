import Glibc
import Retail

/// Tells the time of day. Everything that judges by time is given an instant; this is where it comes from.
package protocol WallClock: Sendable {
    /// The present moment in UTC.
    func now() -> Instant
}

/// The machine's clock.
package struct SystemClock: WallClock {
    /// The clock of this machine.
    package init() {}

    package func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(millisecondsSinceEpoch: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
