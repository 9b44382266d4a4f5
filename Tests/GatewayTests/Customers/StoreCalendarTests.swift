import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("A store's calendar")
struct StoreCalendarTests {
    @Test("whatever was asked before, each moment has the day and the clock that it has by itself")
    func anyOrder() throws {
        // The night in which Berlin's clocks go back.
        let night = try #require(Instant(rfc3339: "2026-10-24T20:30:00Z"))
        let calendar = StoreCalendar(timeZone: "Europe/Berlin")
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let instant = night.adding(milliseconds: Int64.random(in: 0..<14, using: &generator) * 1_800_000)
            let fresh = StoreCalendar(timeZone: "Europe/Berlin")
            #expect(calendar.date(at: instant) == fresh.date(at: instant), "\(instant.rfc3339)")
            #expect(calendar.secondsFromUTC(at: instant) == fresh.secondsFromUTC(at: instant), "\(instant.rfc3339)")
        }
        #expect(calendar.secondsFromUTC(at: night) == 7_200)
        #expect(calendar.secondsFromUTC(at: night.adding(milliseconds: 6 * 3_600_000)) == 3_600)
    }
}
