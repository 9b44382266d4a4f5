import Foundation
import Testing

@testable import Retail

@Suite("The time of a store")
struct StoreZoneTests {
    private func zone(_ name: String) throws -> StoreZone {
        let rules = try #require(TimeZone(identifier: name))
        return StoreZone {
            rules.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0.millisecondsSinceEpoch) / 1_000))
        }
    }

    private func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

    private func day(_ text: String) throws -> CalendarDate { try #require(CalendarDate(iso: text)) }

    @Test(
        "a day begins where the day before it ends, around the globe and through every change of the clock",
        arguments: [
            "Europe/Berlin", "Europe/Moscow", "Asia/Kathmandu", "Pacific/Auckland", "Pacific/Kiritimati",
            "America/New_York", "Australia/Lord_Howe",
            // The clock goes forward at midnight, so that the day begins at one o'clock.
            "Africa/Cairo", "Asia/Beirut", "America/Havana", "America/Santiago", "Atlantic/Azores",
        ])
    func everyDay(_ name: String) throws {
        let zone = try zone(name)
        let first = try day("2025-12-31").daysSinceEpoch
        for number in first..<first + 1_100 {
            let day = CalendarDate(daysSinceEpoch: number)
            let start = zone.start(of: day)
            #expect(zone.date(at: start) == day, "\(name)")
            #expect(
                zone.date(at: start.adding(milliseconds: -1)) == CalendarDate(daysSinceEpoch: number - 1), "\(name)")
        }
    }

    @Test("the days around the changes of summer time are an hour shorter and longer")
    func changes() throws {
        let berlin = try zone("Europe/Berlin")
        #expect(try berlin.start(of: day("2027-03-28")) == instant("2027-03-27T23:00:00Z"))
        #expect(try berlin.start(of: day("2027-03-29")) == instant("2027-03-28T22:00:00Z"))
        #expect(try berlin.start(of: day("2027-10-31")) == instant("2027-10-30T22:00:00Z"))
        #expect(try berlin.start(of: day("2027-11-01")) == instant("2027-10-31T23:00:00Z"))
        let santiago = try zone("America/Santiago")
        #expect(try santiago.start(of: day("2026-09-06")) == instant("2026-09-06T04:00:00Z"))
        #expect(try santiago.start(of: day("2026-09-07")) == instant("2026-09-07T03:00:00Z"))
    }

    @Test("days are counted on the store's calendar, forwards and backwards")
    func counted() throws {
        let berlin = try zone("Europe/Berlin")
        // Half past midnight on 28 March in Berlin.
        let now = try instant("2027-03-27T23:30:00Z")
        #expect(try berlin.start(ofDay: 0, after: now) == instant("2027-03-27T23:00:00Z"))
        #expect(try berlin.start(ofDay: 1, after: now) == instant("2027-03-28T22:00:00Z"))
        #expect(try berlin.start(ofDay: 218, after: now) == instant("2027-10-31T23:00:00Z"))
        #expect(try berlin.start(ofDay: -1, after: now) == instant("2027-03-26T23:00:00Z"))
        #expect(try berlin.start(ofDay: -150, after: now) == instant("2026-10-28T23:00:00Z"))
        #expect(try berlin.start(ofDay: -154, after: now) == instant("2026-10-24T22:00:00Z"))
    }

    @Test("a zone without summer time is as far from UTC as it was told")
    func fixed() throws {
        let moscow = StoreZone.fixed(10_800)
        #expect(try moscow.date(at: instant("2026-11-22T21:00:00Z")) == day("2026-11-23"))
        #expect(try moscow.start(of: day("2026-11-23")) == instant("2026-11-22T21:00:00Z"))
        #expect(try moscow.start(ofDay: 1, after: instant("2026-11-22T20:59:59Z")) == instant("2026-11-22T21:00:00Z"))
    }
}
