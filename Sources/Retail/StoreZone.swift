/// A store's own time: how far its clock is ahead of UTC, which changes with summer time.
public struct StoreZone: Sendable {
    /// Seconds ahead of UTC at a moment.
    public let secondsFromUTC: @Sendable (Instant) -> Int

    /// A zone whose clock is told for every moment.
    public init(secondsFromUTC: @escaping @Sendable (Instant) -> Int) {
        self.secondsFromUTC = secondsFromUTC
    }

    /// A zone without summer time.
    public static func fixed(_ seconds: Int) -> StoreZone {
        StoreZone { _ in seconds }
    }

    /// The day that the store's calendar shows.
    public func date(at instant: Instant) -> CalendarDate {
        CalendarDate(instant, secondsFromUTC: secondsFromUTC(instant))
    }

    /// The moment at which a day begins in the store.
    public func start(of day: CalendarDate) -> Instant {
        let guess = day.start(secondsFromUTC: secondsFromUTC(day.start(secondsFromUTC: 0)))
        // The clock may have changed between midnight in UTC and midnight in the store.
        let start = day.start(secondsFromUTC: secondsFromUTC(guess))
        // Where summer time begins at midnight, the day begins with it: its first hour never was.
        return date(at: start) < day ? guess : start
    }

    /// The first moment of the day so many days after the one that this moment lies in; days may be negative.
    public func start(ofDay days: Int, after instant: Instant) -> Instant {
        let moved = date(at: instant).start(secondsFromUTC: 0)
            .adding(milliseconds: Int64(days) * Instant.millisecondsPerDay)
        return start(of: CalendarDate(moved, secondsFromUTC: 0))
    }
}
