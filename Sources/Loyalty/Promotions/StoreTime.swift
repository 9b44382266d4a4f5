import Retail

/// A day of the week.
public enum Weekday: String, CaseIterable, Hashable, Sendable {
    /// Monday.
    case monday = "mon"
    /// Tuesday.
    case tuesday = "tue"
    /// Wednesday.
    case wednesday = "wed"
    /// Thursday.
    case thursday = "thu"
    /// Friday.
    case friday = "fri"
    /// Saturday.
    case saturday = "sat"
    /// Sunday.
    case sunday = "sun"

    private static let inOrder = allCases

    /// The weekday of a date.
    public init(_ date: CalendarDate) {
        // 1970-01-01 was a Thursday, which is three days after the Monday that the week begins with.
        let number = Int((date.daysSinceEpoch % 7 + 10) % 7)
        self = Weekday.inOrder[number]
    }

    /// Its place in the week, from 0.
    var number: Int {
        switch self {
        case .monday: 0
        case .tuesday: 1
        case .wednesday: 2
        case .thursday: 3
        case .friday: 4
        case .saturday: 5
        case .sunday: 6
        }
    }

    /// The day before.
    var previous: Weekday { neighbour(6) }

    /// The day after.
    var next: Weekday { neighbour(1) }

    private func neighbour(_ days: Int) -> Weekday {
        Weekday.inOrder[(number + days) % Weekday.inOrder.count]
    }
}

/// A moment as the clock on the store's wall shows it.
struct StoreTime {
    let instant: Instant
    let secondsFromUTC: Int
    let date: CalendarDate
    let weekday: Weekday
    /// Minutes since the day began, from 0 to 1439.
    let minute: Int

    init(_ instant: Instant, secondsFromUTC: Int) {
        self.instant = instant
        self.secondsFromUTC = secondsFromUTC
        // Beyond the years that a calendar holds, every moment is the first or the last of them.
        let bounded = min(max(instant, .earliest), .latest)
        date = CalendarDate(bounded, secondsFromUTC: secondsFromUTC)
        weekday = Weekday(date)
        let sinceMidnight =
            bounded.millisecondsSinceEpoch - date.start(secondsFromUTC: secondsFromUTC).millisecondsSinceEpoch
        minute = min(max(0, Int(sinceMidnight / 60_000)), StoreTime.minutesPerDay - 1)
    }

    static let minutesPerDay = 1_440
}
