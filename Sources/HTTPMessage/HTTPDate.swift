/// Writes moments as HTTP does.
public enum HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The value of a `Date` field: `Sun, 22 Nov 2026 09:30:00 GMT` (RFC 9110, 5.6.7).
    ///
    /// - Parameter seconds: since the beginning of 1970 in UTC.
    public static func text(secondsSinceEpoch seconds: Int64) -> String {
        let (days, time) = floorDivided(seconds, by: 86_400)
        let (year, month, day) = civil(daysSinceEpoch: days)
        let weekday = weekdays[Int(floorDivided(days, by: 7).remainder)]
        return "\(weekday), \(two(day)) \(months[month - 1]) \(year) "
            + "\(two(Int(time / 3_600))):\(two(Int(time / 60 % 60))):\(two(Int(time % 60))) GMT"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func floorDivided(_ number: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let remainder = (number % divisor + divisor) % divisor
        return ((number - remainder) / divisor, remainder)
    }

    /// Years begin in March here, so that the leap day is a year's last.
    private static func civil(daysSinceEpoch days: Int64) -> (year: Int64, month: Int, day: Int) {
        let (era, dayOfEra) = floorDivided(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5) + 1
        let month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
