import Retail

/// The days around a birthday, from so many before to so many after it.
public struct BirthdayWindow: Hashable, Sendable {
    /// Days before the birthday.
    public let before: Int
    /// Days after it.
    public let after: Int

    /// The birthday, in whatever year, whose window the day lies in; `nil` outside of every window.
    ///
    /// 29 February counts as 28 February in years without one. A window may reach over the turn of a year.
    public func occurrence(of birthday: CalendarDate, around today: CalendarDate) -> CalendarDate? {
        for year in [today.year, today.year - 1, today.year + 1] {
            guard let day = BirthdayWindow.day(of: birthday, in: year) else { continue }
            let distance = today.daysSinceEpoch - day.daysSinceEpoch
            if distance >= -Int64(before), distance <= Int64(after) { return day }
        }
        return nil
    }

    private static func day(of birthday: CalendarDate, in year: Int) -> CalendarDate? {
        CalendarDate(year: year, month: birthday.month, day: birthday.day)
            ?? CalendarDate(year: year, month: birthday.month, day: birthday.day - 1)
    }
}

extension BirthdayWindow: Decodable {
    /// Reads `before` and `after`, which have no defaults.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        try self.init(fields)
        try fields.refuseOthers()
    }

    init(_ fields: DocumentFields) throws {
        before = Int(try fields.integer("before", in: 0...ProgrammeLimits.birthdayDaysMaximum))
        after = Int(try fields.integer("after", in: 0...ProgrammeLimits.birthdayDaysMaximum))
    }
}
