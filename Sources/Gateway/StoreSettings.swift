import Foundation
import Locking
import Loyalty
import Retail

/// What the gateway must know of a store to serve it.
package struct StoreSettings: Sendable {
    /// ISO 4217 code.
    package var currency: String
    /// IANA name, for example `Europe/Moscow`.
    package var timeZone: String
    /// The language of the texts for cashier and customer.
    package var language: Language
    /// Tills that take pick-up orders; empty means all.
    package var orderTills: Set<String>

    /// Settings with every field given.
    package init(
        currency: String = "RUB", timeZone: String = "Europe/Moscow", language: Language = .russian,
        orderTills: Set<String> = []
    ) {
        self.currency = currency
        self.timeZone = timeZone
        self.language = language
        self.orderTills = orderTills
    }
}

/// The settings of all stores: some named, the rest alike.
package struct StoreDirectory: Sendable {
    private let named: [String: StoreSettings]
    private let others: StoreSettings

    /// Stores in `named` have their own settings, every other store has `others`.
    package init(named: [String: StoreSettings] = [:], others: StoreSettings = StoreSettings()) {
        self.named = named
        self.others = others
    }

    package subscript(store: String) -> StoreSettings { named[store] ?? others }
}

/// The day on a store's own calendar, kept until that day ends so that no request pays for a time zone.
final class StoreCalendar: Sendable {
    private struct Day {
        var date: CalendarDate
        var from: Instant
        var until: Instant
    }

    private let zone: TimeZone
    private let today = Mutex<Day?>(nil)

    init(timeZone: String) {
        zone = TimeZone(identifier: timeZone) ?? .gmt
    }

    func date(at instant: Instant) -> CalendarDate {
        today.withLock { today in
            if let today, instant >= today.from, instant < today.until { return today.date }
            let seconds = zone.secondsFromGMT(
                for: Date(timeIntervalSince1970: Double(instant.millisecondsSinceEpoch / 1_000)))
            let date = CalendarDate(instant, secondsFromUTC: seconds)
            // A change to or from summer time moves the offset within a day: look again every hour.
            let hour: Int64 = 3_600_000
            let from = Instant(millisecondsSinceEpoch: instant.millisecondsSinceEpoch / hour * hour)
            let until = min(
                from.adding(milliseconds: hour),
                date.start(secondsFromUTC: seconds).adding(milliseconds: 24 * hour))
            today = Day(date: date, from: max(from, date.start(secondsFromUTC: seconds)), until: until)
            return date
        }
    }
}
