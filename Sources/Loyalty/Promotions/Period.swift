import Retail

/// Where a period begins or ends.
public enum PeriodBound: Hashable, Sendable {
    /// A moment, the same in every store.
    case instant(Instant)
    /// A day on each store's own calendar, the whole of it.
    case day(CalendarDate)

    /// The first moment of a period that begins here.
    func beginning(secondsFromUTC: Int) -> Instant {
        switch self {
        case .instant(let instant): instant
        case .day(let day): day.start(secondsFromUTC: secondsFromUTC)
        }
    }

    /// The first moment after a period that ends here: a moment is outside of it, a day is inside.
    func end(secondsFromUTC: Int) -> Instant {
        switch self {
        case .instant(let instant): instant
        case .day(let day): day.start(secondsFromUTC: secondsFromUTC).adding(milliseconds: millisecondsPerDay)
        }
    }

    /// As it is written: an RFC 3339 instant or a plain date.
    public var text: String {
        switch self {
        case .instant(let instant): instant.rfc3339
        case .day(let day): day.iso
        }
    }
}

let millisecondsPerDay: Int64 = 86_400_000

extension PeriodBound: Decodable {
    /// Reads an RFC 3339 instant or a plain date.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        if let instant = Instant(rfc3339: text) {
            self = .instant(instant)
        } else if let day = CalendarDate(iso: text) {
            self = .day(day)
        } else {
            throw ProgrammeError(path: ProgrammeError.text(decoder.codingPath), reason: .notATime)
        }
    }
}

/// Hours of the store's day, from the first minute to before the last; over midnight when the end is the earlier.
public struct DayHours: Hashable, Sendable {
    /// The first minute of the day.
    public let fromMinute: Int
    /// The first minute after it.
    public let untilMinute: Int

    func contains(minute: Int) -> Bool {
        fromMinute < untilMinute
            ? (fromMinute..<untilMinute).contains(minute) : minute >= fromMinute || minute < untilMinute
    }

    var isOverMidnight: Bool { untilMinute < fromMinute }

    /// Whether the hours that this minute lies in began on the day before.
    func beganYesterday(minute: Int) -> Bool { isOverMidnight && minute < untilMinute }

    /// As it is written: `22:00-06:00`.
    public var text: String {
        DayHours.text(fromMinute) + "-" + DayHours.text(untilMinute)
    }

    private static func text(_ minute: Int) -> String {
        func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return twoDigits(minute / 60) + ":" + twoDigits(minute % 60)
    }
}

extension DayHours: Decodable {
    /// Reads `from` and `until` as `HH:MM`; `24:00` is the end of the day.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        fromMinute = try DayHours.minute("from", fields, maximum: StoreTime.minutesPerDay - 1)
        untilMinute = try DayHours.minute("until", fields, maximum: StoreTime.minutesPerDay)
        try fields.refuseOthers()
        guard fromMinute != untilMinute else { throw fields.refusal("until", .endsBeforeItBegins) }
    }

    private static func minute(_ name: String, _ fields: DocumentFields, maximum: Int) throws -> Int {
        let text = try fields.value(name, as: String.self)
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(isDigit) }),
            let hours = Int(parts[0]), let minutes = Int(parts[1]), minutes < 60, hours * 60 + minutes <= maximum
        else { throw fields.refusal(name, .notATime) }
        return hours * 60 + minutes
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
