/// A moment in time, in milliseconds since 1970-01-01T00:00:00Z (leap seconds are not counted).
///
/// Rules never read a clock: the instant at which something is judged is always an argument.
public struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since the epoch; negative before 1970.
    public let millisecondsSinceEpoch: Int64

    /// The moment this many milliseconds after the epoch.
    public init(millisecondsSinceEpoch: Int64) {
        self.millisecondsSinceEpoch = millisecondsSinceEpoch
    }

    /// The first moment that RFC 3339 can write: the start of the year 0000.
    public static let earliest = Instant(millisecondsSinceEpoch: -62_167_219_200_000)
    /// The last moment that RFC 3339 can write: the end of the year 9999.
    public static let latest = Instant(millisecondsSinceEpoch: 253_402_300_799_999)

    /// Before every moment.
    public static let distantPast = Instant(millisecondsSinceEpoch: .min)
    /// After every moment.
    public static let distantFuture = Instant(millisecondsSinceEpoch: .max)

    /// Orders moments, the earlier first.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.millisecondsSinceEpoch < right.millisecondsSinceEpoch
    }

    /// The moment so many milliseconds later (earlier if negative); stops at the ends of the 64-bit range.
    public func adding(milliseconds: Int64) -> Instant {
        let (sum, overflow) = millisecondsSinceEpoch.addingReportingOverflow(milliseconds)
        guard !overflow else { return Instant(millisecondsSinceEpoch: milliseconds < 0 ? .min : .max) }
        return Instant(millisecondsSinceEpoch: sum)
    }

    static let millisecondsPerSecond: Int64 = 1_000
    static let secondsPerDay: Int64 = 86_400
    static let millisecondsPerDay = secondsPerDay * millisecondsPerSecond
}
