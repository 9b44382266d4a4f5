import Foundation
import Retail
import Testing

@testable import Loyalty

@Suite("Finding the promotions that could apply")
struct PromotionIndexTests {
    private static let now = "2026-11-22T09:30:00Z"

    private func programme(_ promotions: [String]) throws -> Programme {
        let text = """
            {"id": "a", "version": 1, "currency": "EUR", "promotions": [\(promotions.joined(separator: ","))],
             "tiers": [{"name": "One", "threshold": 0, "earn_rate": 100}, {"name": "Two", "threshold": 5, "earn_rate": 1}]}
            """
        let document = try JSONDecoder().decode(ProgrammeDocument.self, from: Data(text.utf8))
        return try Programme(validating: document, hash: "0")
    }

    private func candidates(_ programme: Programme, shopper: Shopper? = nil) throws -> [String] {
        let at = try #require(Instant(rfc3339: Self.now))
        let context = QuoteContext(store: "S1", at: at, secondsFromUTC: 10_800, shopper: shopper)
        let basket = [
            BasketLine(
                sku: "MILK", quantity: .one, price: Money(minorUnits: 100), category: "food/dairy/milk", brand: "Farm",
                tags: ["fresh"])
        ]
        let run = try QuoteRun(basket, in: context, programme: programme)
        let found = programme.book.index.candidates(for: run.marks, in: run.setting)
        return found.members.map { programme.promotions[$0].id }
    }

    private static let idle = [
        #""products": {"skus": ["BREAD"]}"#, #""products": {"brands": ["Other"]}"#, #""products": {"tags": ["old"]}"#,
        #""products": {"categories": ["food/dairy/milk/uht"]}"#, #""products": {"categories": ["food/dair"]}"#,
        #""when": {"stores": ["S2"]}"#, #""when": {"channels": ["app"]}"#, #""when": {"segments": ["vip"]}"#,
        #""when": {"tiers": ["Two"]}"#, #""when": {"weekdays": ["mon"]}"#,
        #""when": {"hours": {"from": "13:00", "until": "23:00"}}"#, #""when": {"until": "2026-11-20"}"#,
        #""when": {"from": "2026-11-24"}"#, #""when": {"coupon": "X"}"#, #""when": {"customers": ["K-1"]}"#,
        #""when": {"customer_required": true}"#,
    ]

    @Test("promotions that cannot apply are not even looked at, however many there are")
    func idleIsNotFound() throws {
        var promotions = [
            #"{"id": "any", "effect": {"percent_off": 1}}"#,
            #"{"id": "dairy", "products": {"categories": ["food/dairy"]}, "effect": {"percent_off": 1}}"#,
            #"{"id": "now", "when": {"hours": {"from": "12:00", "until": "13:00"}, "weekdays": ["sun"]}, "#
                + #""products": {"skus": ["MILK"]}, "effect": {"percent_off": 1}}"#,
        ]
        for number in 0..<1_000 {
            let condition = Self.idle[number % Self.idle.count]
            promotions.append(#"{"id": "idle\#(number)", \#(condition), "effect": {"percent_off": 1}}"#)
        }
        #expect(try candidates(programme(promotions)) == ["any", "dairy", "now"])
    }

    @Test("a customer's own offers are found")
    func personal() throws {
        let shopper = Shopper(
            standing: Standing(turnover: Money(minorUnits: 5), pointsAvailable: 0), external: "K-1", segment: "vip")
        let wanted = [7, 8, 14, 15]
        let promotions = Self.idle.enumerated().map { number, condition in
            #"{"id": "\#(number)", \#(condition), "effect": {"percent_off": 1}}"#
        }
        let found = try candidates(programme(promotions), shopper: shopper)
        #expect(found.compactMap { Int($0) }.sorted() == wanted)
    }

    @Test("the night of a weekday is found on the morning after it")
    func night() throws {
        let night = #""hours": {"from": "22:00", "until": "13:00"}"#
        let promotions = ["sat", "sun"].map { day in
            #"{"id": "\#(day)", "when": {"weekdays": ["\#(day)"], \#(night)}, "effect": {"percent_off": 1000}}"#
        }
        let programme = try programme(promotions)
        let at = try #require(Instant(rfc3339: Self.now))
        let basket = [Programmes.line("A", 1_000)]
        let quote = try quote(
            basket, in: QuoteContext(store: "S1", at: at, secondsFromUTC: 10_800), programme: programme)
        // 12:30 on a Sunday belongs to the night that began on Saturday.
        #expect(quote.promotions.map(\.id) == ["sat"])
    }
}
