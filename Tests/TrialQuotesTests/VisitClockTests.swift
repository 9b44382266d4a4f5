import Retail
import Testing

@testable import TrialQuotes

@Suite("The clock of the store that is visited")
struct VisitClockTests {
    @Test(
        "a time is what the store's clock shows, unless it says its own zone",
        arguments: [
            ("Europe/Moscow", "2026-11-22T20:30", "2026-11-22T17:30:00Z"),
            ("Europe/Moscow", "2026-11-22T20:30:15", "2026-11-22T17:30:15Z"),
            ("Europe/Moscow", "2026-11-22T20:30:00Z", "2026-11-22T20:30:00Z"),
            ("Europe/Moscow", "2026-11-22T20:30:00+01:00", "2026-11-22T19:30:00Z"),
            ("Europe/Berlin", "2026-07-01T00:30", "2026-06-30T22:30:00Z"),
            // The hours around the changes to and from summer time.
            ("Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59:00Z"),
            ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00:00Z"),
            ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00:00Z"),
            ("America/St_Johns", "2026-01-01T00:00", "2026-01-01T03:30:00Z"),
        ])
    func reading(zone: String, text: String, expected: String) throws {
        let clock = try #require(VisitClock(zone: zone))
        #expect(clock.instant(text)?.rfc3339 == Instant(rfc3339: expected)?.rfc3339)
    }

    @Test("what is no time or no zone is refused", arguments: ["", "2026-11-22", "20:30", "2026-02-30T10:00", "now"])
    func nonsense(text: String) throws {
        #expect(try #require(VisitClock(zone: "Europe/Moscow")).instant(text) == nil)
        #expect(VisitClock(zone: "Europe/Muscovy") == nil)
    }

    @Test("it shows the day and the time of its own zone")
    func showing() throws {
        let clock = try #require(VisitClock(zone: "Asia/Vladivostok"))
        let instant = try #require(Instant(rfc3339: "2026-11-22T20:05:00Z"))
        #expect(clock.zone.date(at: instant).iso == "2026-11-23")
        #expect(clock.timeOfDay(at: instant) == "06:05")
    }
}
