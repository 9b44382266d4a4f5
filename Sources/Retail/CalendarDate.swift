/// A day of the Gregorian calendar, without a time or a zone: a birthday, a last day of validity.
public struct CalendarDate: Hashable, Comparable, Sendable {
    /// The year, 0 to 9999.
    public let year: Int
    /// The month, 1 to 12.
    public let month: Int
    /// The day of the month, from 1.
    public let day: Int

    /// The day, if the calendar has it: 29 February only in leap years.
    public init?(year: Int, month: Int, day: Int) {
        guard (0...9_999).contains(year), (1...12).contains(month),
            day >= 1, day <= CalendarDate.days(inMonth: month, of: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `YYYY-MM-DD`; a day that does not exist is `nil`.
    public init?(iso text: some StringProtocol) {
        let bytes = Array(text.utf8.prefix(CalendarDate.isoBytes + 1))
        let parsed = bytes.withUnsafeBytes { raw -> CalendarDate? in
            var cursor = DigitCursor(raw)
            guard let year = cursor.number(digits: 4), cursor.take("-"),
                let month = cursor.number(digits: 2), cursor.take("-"),
                let day = cursor.number(digits: 2), cursor.isAtEnd
            else { return nil }
            return CalendarDate(year: year, month: month, day: day)
        }
        guard let parsed else { return nil }
        self = parsed
    }

    /// The day that a clock this many seconds east of UTC shows at the moment.
    ///
    /// Stays within the years 0000 to 9999.
    public init(_ instant: Instant, secondsFromUTC: Int) {
        let local = instant.adding(milliseconds: Int64(secondsFromUTC) * Instant.millisecondsPerSecond)
        let bounded = min(max(local, .earliest), .latest)
        let days = floorDivision(bounded.millisecondsSinceEpoch, by: Instant.millisecondsPerDay).quotient
        self.init(daysSinceEpoch: days)
    }

    /// The moment this day begins on a clock this many seconds east of UTC.
    public func start(secondsFromUTC: Int) -> Instant {
        Instant(
            millisecondsSinceEpoch: daysSinceEpoch * Instant.millisecondsPerDay
                - Int64(secondsFromUTC) * Instant.millisecondsPerSecond)
    }

    /// The day as `YYYY-MM-DD`.
    public var iso: String {
        String(unsafeUninitializedCapacity: CalendarDate.isoBytes) { buffer in
            var writer = DigitWriter(UnsafeMutableRawBufferPointer(buffer))
            write(to: &writer)
            return writer.count
        }
    }

    /// Orders days, the earlier first.
    public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// Whether the year has a 29 February.
    public static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static let isoBytes = 10

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    func write(to writer: inout DigitWriter) {
        writer.number(year, digits: 4)
        writer.byte("-")
        writer.number(month, digits: 2)
        writer.byte("-")
        writer.number(day, digits: 2)
    }
}

extension CalendarDate {
    // Both conversions count years from March, so that the leap day is the last day of a year, in eras of 400 years
    // (146,097 days), after which the calendar repeats itself.
    private static let daysPerEra: Int64 = 146_097
    private static let daysFromEraStartToEpoch: Int64 = 719_468

    /// Days since 1970-01-01; negative before.
    public var daysSinceEpoch: Int64 {
        let shiftedYear = Int64(month <= 2 ? year - 1 : year)
        let (era, yearOfEra) = floorDivision(shiftedYear, by: 400)
        let monthFromMarch = Int64((month + 9) % 12)
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * CalendarDate.daysPerEra + dayOfEra - CalendarDate.daysFromEraStartToEpoch
    }

    /// The day so many days after 1970-01-01, which must be within the years 0000 to 9999.
    public init(daysSinceEpoch: Int64) {
        let (era, dayOfEra) = floorDivision(
            daysSinceEpoch + CalendarDate.daysFromEraStartToEpoch, by: CalendarDate.daysPerEra)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
        self.year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        self.month = month
        self.day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
        precondition((0...9_999).contains(year), "a day lies within the years 0000 to 9999")
    }
}
