import Foundation
import LineProtocol
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
    package var orderTimes = OrderTimes()
    /// Why visits end without a sale, as sellers choose from; empty where the store has no list: then any id will do.
    package var visitReasons: [VisitReason] = []
    /// What people call the store; its id when nil.
    package var name: String?
    /// Other stores, the nearest first.
    package var nearbyStores: [String] = []
    /// How the store's scales write their labels.
    package var scaleCodes: [ScaleCode] = []

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

/// How long a store lets its orders wait.
package struct OrderTimes: Sendable, Equatable {
    /// From the offer to a till until its software must have acknowledged it.
    package var acknowledgeMilliseconds: Int64 = 5_000
    /// From the push until a person must have taken the order; then everybody is asked.
    package var acceptMilliseconds: Int64 = 180_000
    /// From there until the operator is alarmed.
    package var alarmMilliseconds: Int64 = 120_000
    /// How long a till that has claimed an order may be away.
    package var claimMilliseconds: Int64 = 120_000
    /// The store's promise: from the push until the goods wait for the customer.
    package var readyMilliseconds: Int64 = 3_600_000
    /// How long before the promise is broken the store is reminded of it.
    package var warnMilliseconds: Int64 = 900_000
    /// How long the website may think about what is missing before it and the store are reminded.
    package var consentMilliseconds: Int64 = 600_000

    /// The times that the protocol's specification tells.
    package init() {}
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

/// The day and the clock of a store, kept until they change so that no request pays for a time zone.
final class StoreCalendar: Sendable {
    private struct Day {
        var date: CalendarDate
        var secondsFromUTC: Int
        var from: Instant
        var until: Instant

        func holds(_ instant: Instant) -> Bool { from <= instant && instant < until }
    }

    /// Two of them: what a till has written down an hour ago is judged between requests of now.
    private struct Days {
        var newer: Day?
        var older: Day?
    }

    private let rules: TimeZone
    private let days = Mutex(Days())

    init(timeZone: String) {
        let rules = TimeZone(identifier: timeZone) ?? .gmt
        self.rules = rules
        zone = StoreZone { rules.seconds(at: $0) }
    }

    /// The day on the store's calendar.
    func date(at instant: Instant) -> CalendarDate { day(at: instant).date }

    /// The store's time at any moment; it asks the zone's rules each time.
    let zone: StoreZone

    /// How far the store's clock is ahead of UTC.
    func secondsFromUTC(at instant: Instant) -> Int { day(at: instant).secondsFromUTC }

    /// Date and clock in one look.
    func clock(at instant: Instant) -> StoreClock {
        let day = day(at: instant)
        return StoreClock(now: instant, today: day.date, secondsFromUTC: day.secondsFromUTC, zone: zone)
    }

    private func day(at instant: Instant) -> Day {
        days.withLock { days in
            if let newer = days.newer, newer.holds(instant) { return newer }
            if let older = days.older, older.holds(instant) { return older }
            let seconds = rules.seconds(at: instant)
            let date = CalendarDate(instant, secondsFromUTC: seconds)
            // A change to or from summer time moves the offset within a day: look again every hour.
            let hour: Int64 = 3_600_000
            let from = Instant(millisecondsSinceEpoch: instant.millisecondsSinceEpoch / hour * hour)
            let until = min(
                from.adding(milliseconds: hour),
                date.start(secondsFromUTC: seconds).adding(milliseconds: 24 * hour))
            let day = Day(
                date: date, secondsFromUTC: seconds, from: max(from, date.start(secondsFromUTC: seconds)), until: until)
            days = Days(newer: day, older: days.newer)
            return day
        }
    }
}

/// A moment as a store sees it.
struct StoreClock: Sendable {
    var now: Instant
    /// The day on the store's calendar.
    var today: CalendarDate
    /// How far the store's clock is ahead of UTC.
    var secondsFromUTC: Int
    /// The same for other moments.
    var zone: StoreZone
}

extension TimeZone {
    fileprivate func seconds(at instant: Instant) -> Int {
        secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.millisecondsSinceEpoch / 1_000)))
    }
}
