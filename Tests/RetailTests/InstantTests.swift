import TestSupport
import Testing

@testable import Retail

@Suite("Instants")
struct InstantTests {
    @Test(
        "an RFC 3339 text is converted to UTC",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-22T09:30:00Z", 1_795_339_800_000),
            ("2026-11-22T12:30:00+03:00", 1_795_339_800_000), ("2026-11-22t09:30:00z", 1_795_339_800_000),
            ("2026-11-21T23:30:00-10:00", 1_795_339_800_000), ("2026-11-22T09:30:00-00:00", 1_795_339_800_000),
            ("2024-02-29T23:59:59.999Z", 1_709_251_199_999), ("2000-02-29T00:00:00Z", 951_782_400_000),
            ("1969-12-31T23:59:59.001Z", -999), ("0000-01-01T00:00:00Z", -62_167_219_200_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("1970-01-01T00:00:00.5Z", 500),
            ("1970-01-01T00:00:00.123999999Z", 123), ("1970-01-01T05:45:00.1+05:45", 100),
        ] as [(String, Int64)])
    func parsed(text: String, milliseconds: Int64) {
        #expect(Instant(rfc3339: text) == Instant(millisecondsSinceEpoch: milliseconds))
        #expect(Instant(rfc3339: ("x" + text).dropFirst()) == Instant(millisecondsSinceEpoch: milliseconds))
    }

    @Test(
        "what is not an RFC 3339 text, or a moment that never was, is refused",
        arguments: [
            "", "2026-11-22", "2026-11-22T09:30Z", "2026-11-22T09:30:00", "2026-11-22 09:30:00Z",
            "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-00-10T00:00:00Z",
            "2026-13-10T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
            "2016-12-31T23:59:60Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z",
            "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60", "2026-01-01T00:00:00+0100",
            "2026-01-01T00:00:00ZZ", "+2026-01-01T00:00:00Z", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
            "2026-1-01T00:00:00Z", "２026-01-01T00:00:00Z", "2026-01-01T00:00:00,5Z",
        ])
    func refused(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("milliseconds are written only when they are not zero")
    func written() {
        #expect(Instant(millisecondsSinceEpoch: 1_795_339_800_000).rfc3339 == "2026-11-22T09:30:00Z")
        #expect(Instant(millisecondsSinceEpoch: 1_795_339_800_007).rfc3339 == "2026-11-22T09:30:00.007Z")
        #expect(Instant(millisecondsSinceEpoch: -1).rfc3339 == "1969-12-31T23:59:59.999Z")
    }

    @Test("a moment that the format cannot hold is written as the nearest it can")
    func outOfRange() {
        #expect(Instant(millisecondsSinceEpoch: .max).rfc3339 == "9999-12-31T23:59:59.999Z")
        #expect(Instant(millisecondsSinceEpoch: .min).rfc3339 == "0000-01-01T00:00:00Z")
        #expect(Instant(millisecondsSinceEpoch: .max).adding(milliseconds: 1).millisecondsSinceEpoch == .max)
        #expect(Instant(millisecondsSinceEpoch: .min).adding(milliseconds: -1).millisecondsSinceEpoch == .min)
    }

    @Test("what an instant writes, it reads back", arguments: UInt64(1)...20)
    func roundTrip(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let range = Instant.earliest.millisecondsSinceEpoch...Instant.latest.millisecondsSinceEpoch
        for _ in 0..<200 {
            let instant = Instant(millisecondsSinceEpoch: Int64.random(in: range, using: &generator))
            #expect(Instant(rfc3339: instant.rfc3339) == instant)
        }
    }

    @Test("a text cut anywhere is refused")
    func cutAnywhere() {
        let text = "2026-11-22T09:30:00.125+03:00"
        for length in 0..<text.utf8.count {
            #expect(Instant(rfc3339: text.prefix(length)) == nil)
        }
    }
}

@Suite("Calendar dates")
struct CalendarDateTests {
    @Test(
        "days follow each other as on the wall calendar",
        arguments: [0...4, 1_896...1_905, 1_968...2_104, 9_996...9_999])
    func daysFollowEachOther(years: ClosedRange<Int>) throws {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var expected = try #require(CalendarDate(year: years.lowerBound, month: 1, day: 1)).daysSinceEpoch
        for year in years {
            for month in 1...12 {
                let leapDay = month == 2 && (year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)) ? 1 : 0
                for day in 1...(lengths[month - 1] + leapDay) {
                    let date = try #require(CalendarDate(year: year, month: month, day: day))
                    guard date.daysSinceEpoch == expected, CalendarDate(daysSinceEpoch: expected) == date else {
                        Issue.record("\(date.iso) is not day \(expected)")
                        return
                    }
                    expected += 1
                }
                #expect(CalendarDate(year: year, month: month, day: lengths[month - 1] + leapDay + 1) == nil)
            }
        }
    }

    @Test("the epoch is day zero")
    func epoch() {
        #expect(CalendarDate(iso: "1970-01-01")?.daysSinceEpoch == 0)
        #expect(CalendarDate(iso: "2000-03-01")?.daysSinceEpoch == 11_017)
    }

    @Test("the store's own clock decides which day it is")
    func storeZone() throws {
        let evening = try #require(Instant(rfc3339: "2026-11-22T21:30:00Z"))
        #expect(CalendarDate(evening, secondsFromUTC: 0).iso == "2026-11-22")
        #expect(CalendarDate(evening, secondsFromUTC: 3 * 3_600).iso == "2026-11-23")
        #expect(CalendarDate(evening, secondsFromUTC: -22 * 3_600).iso == "2026-11-21")
        let before = try #require(Instant(rfc3339: "1969-12-31T23:59:59.999Z"))
        #expect(CalendarDate(before, secondsFromUTC: 0).iso == "1969-12-31")
    }

    @Test("a day starts at the store's midnight")
    func startOfDay() throws {
        let date = try #require(CalendarDate(iso: "2026-11-23"))
        #expect(date.start(secondsFromUTC: 3 * 3_600).rfc3339 == "2026-11-22T21:00:00Z")
        #expect(CalendarDate(date.start(secondsFromUTC: -9 * 3_600), secondsFromUTC: -9 * 3_600) == date)
    }

    @Test("days are ordered, and texts of another form are refused")
    func orderAndForm() throws {
        let first = try #require(CalendarDate(iso: "2025-12-31"))
        let second = try #require(CalendarDate(iso: "2026-01-01"))
        #expect(first < second)
        for text in ["2026-1-1", "2026-02-30", "20260101", "2026-01-01T", "26-01-01", "", "2026-01-011"] {
            #expect(CalendarDate(iso: text) == nil)
        }
    }
}
