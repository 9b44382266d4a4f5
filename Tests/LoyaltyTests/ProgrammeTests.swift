import Foundation
import Retail
import Testing

@testable import Loyalty

@Suite("Loading a programme")
struct ProgrammeTests {
    @Test("a sound document becomes a programme with all its values")
    func sound() throws {
        let programme = try Programmes.club()
        #expect(programme.rules == RuleSet(id: "club", version: 4, hash: "4f2a"))
        #expect(programme.currency == "RUB")
        #expect(programme.pointValue == Money(minorUnits: 100))
        #expect(programme.maxRedeem == BasisPoints(value: 5_000))
        #expect(programme.excludedSKUs == ["TOBACCO"])
        #expect(programme.tiers.map(\.name) == ["Base", "Silver", "Gold"])
        #expect(programme.tiers.map(\.earnRate.value) == [300, 500, 1_000])
        #expect(programme.quoteLifetimeMilliseconds == 900_000)
    }

    @Test("what is not given has a default")
    func defaults() throws {
        let text = #"{"id":"a","version":1,"currency":"EUR","tiers":[{"name":"One","threshold":0,"earn_rate":0}]}"#
        let document = try JSONDecoder().decode(ProgrammeDocument.self, from: Data(text.utf8))
        let programme = try Programme(validating: document, hash: "0")
        #expect(programme.pointValue == Money(minorUnits: 100))
        #expect(programme.maxRedeem == .zero)
        #expect(programme.excludedSKUs.isEmpty)
    }

    @Test(
        "a bad value is refused with its path and the reason",
        arguments: [
            (#""club""#, #""the club""#, "id", .notAnIdentifier),
            (#""version": 4"#, #""version": 0"#, "version", .outOfRange(minimum: 1, maximum: 2_147_483_647)),
            ("RUB", "rub", "currency", .notACurrency),
            (
                #"point_value": 100"#, #"point_value": 0"#, "point_value",
                .outOfRange(minimum: 1, maximum: 1_000_000_000)
            ),
            ("5000,", "10001,", "max_redeem", .outOfRange(minimum: 0, maximum: 10_000)),
            ("5000,", "-1,", "max_redeem", .outOfRange(minimum: 0, maximum: 10_000)),
            (#""threshold": 0"#, #""threshold": 1"#, "tiers[0].threshold", .firstTierNotAtZero),
            ("5000000", "1000000", "tiers[2].threshold", .notAscending),
            (
                "5000000", "9000000000000001", "tiers[2].threshold",
                .outOfRange(minimum: 0, maximum: 9_000_000_000_000_000)
            ),
            ("\"Gold\"", "\"Base\"", "tiers[2].name", .duplicate),
            ("\"Gold\"", "\"\"", "tiers[2].name", .badCount(minimum: 1, maximum: 64)),
            (
                #""earn_rate": 500"#, #""earn_rate": 10001"#, "tiers[1].earn_rate",
                .outOfRange(minimum: 0, maximum: 10_000)
            ),
            (#"["TOBACCO"]"#, #"["TOBACCO", ""]"#, "excluded_skus[1]", .notAnIdentifier),
            (
                #"["TOBACCO"]"#, #"[], "quote_lifetime_ms": 0"#, "quote_lifetime_ms",
                .outOfRange(minimum: 1, maximum: 86_400_000)
            ),
            ("max_redeem", "max_redem", "max_redem", .unknownField),
            (#""earn_rate": 500"#, #""earn_rate": 500, "bonus": 1"#, "tiers[1].bonus", .unknownField),
            (#""earn_rate": 500"#, #""rate": 500"#, "tiers[1].earn_rate", .missing),
            (#""version": 4, "#, "", "version", .missing),
            (#""version": 4"#, #""version": "4""#, "version", .wrongType(expected: "Int")),
        ] as [(String, String, String, ProgrammeError.Reason)])
    func refused(part: String, replacement: String, path: String, reason: ProgrammeError.Reason) throws {
        let text = Programmes.clubText.replacingOccurrences(of: part, with: replacement)
        try #require(text != Programmes.clubText)
        let expected = ProgrammeError(path: path, reason: reason)
        #expect(throws: expected) {
            do {
                let document = try JSONDecoder().decode(ProgrammeDocument.self, from: Data(text.utf8))
                _ = try Programme(validating: document, hash: "0")
            } catch let error as DecodingError {
                throw ProgrammeError(error)
            }
        }
        #expect(expected.description.hasPrefix(path + ": "))
    }

    @Test("a programme needs a tier, and not more than a till can show")
    func tierCount() throws {
        let expected = ProgrammeError(path: "tiers", reason: .badCount(minimum: 1, maximum: 32))
        #expect(throws: expected) { try Programmes.club { $0.tiers = [] } }
        #expect(throws: expected) {
            try Programmes.club { $0.tiers = Array(repeating: $0.tiers[0], count: 33) }
        }
    }
}

@Suite("Tiers")
struct TierTests {
    @Test(
        "a turnover leads to the highest tier that it reaches",
        arguments: [
            (-1, "Base", 1_000_001), (0, "Base", 1_000_000), (999_999, "Base", 1), (1_000_000, "Silver", 4_000_000),
            (4_999_999, "Silver", 1), (5_000_000, "Gold", nil), (Int64.max, "Gold", nil),
        ] as [(Int64, String, Int64?)])
    func reached(turnover: Int64, name: String, missing: Int64?) throws {
        let progress = TierProgress(turnover: Money(minorUnits: turnover), in: try Programmes.club())
        #expect(progress.tier.name == name)
        #expect(progress.missing == missing.map { Money(minorUnits: $0) })
        #expect((progress.next == nil) == (missing == nil))
    }

    @Test("a rolling window counts today and the days before it, on the store's calendar")
    func window() throws {
        let programme = try Programmes.club { $0.tierWindowDays = 90 }
        let now = try #require(Instant(rfc3339: "2026-03-31T22:00:00Z"))
        // In Moscow it is 1 April already.
        let from = programme.turnoverCounts(from: now, zone: .fixed(10_800))
        #expect(from?.rfc3339 == "2026-01-01T21:00:00Z")
        #expect(try Programmes.club().turnoverCounts(from: now, zone: .fixed(10_800)) == nil)
    }
}
