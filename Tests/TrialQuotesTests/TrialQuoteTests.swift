import Foundation
import Loyalty
import ProgrammeFiles
import Retail
import TestSupport
import Testing

@testable import TrialQuotes

@Suite("A quote without a gateway")
struct TrialQuoteTests {
    private static let examples = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../programmes/examples").standardized.path

    private static let shop = """
        id: shop
        version: 3
        currency: RUB
        max_redeem: 5000
        tiers: [{name: Guest, threshold: 0, earn_rate: 500}, {name: Friend, threshold: 100000, earn_rate: 1000}]
        every_nth: {n: 2, points: 5}
        promotions:
          - {id: apples, name: Apples cheap, products: {skus: [APPLE]}, effect: {percent_off: 1000}}
          - {id: winter, effect: {percent_off: 500}, when: {from: "2026-12-31T21:00:00Z"}}
          - {id: present, effect: {gift: {sku: CUP}}}
        """

    private static let basket = """
        {"spend": 20, "lines": [
          {"sku": "APPLE", "name": "Apples", "quantity": "2.5", "price": 10000, "discount": 1000},
          {"sku": "LAMP", "quantity": 1, "price": 100000}]}
        """

    private func trial(
        customer: String? = #"{"external": "K-1", "available": 30, "purchases": 1}"#, language: Language = .english
    ) throws -> TrialQuote {
        let clock = try #require(VisitClock(zone: "Europe/Moscow"))
        let visit = Visit(
            store: "S1", at: try #require(clock.instant("2026-11-22T20:30")), clock: clock,
            shopper: try customer.map { try DocumentFile.decode(VisitCustomer.self, from: $0).shopper },
            basket: try DocumentFile.decode(VisitBasket.self, from: Self.basket), language: language)
        let programme = try ProgrammeFolder.parse(Self.shop, name: "shop") { _ in "5d0c" }.programme
        return try TrialQuote(visit, programme: programme)
    }

    @Test("the sheet shows the receipt, the points, every step and both displays")
    func sheet() throws {
        #expect(
            QuoteSheet(try trial()).text == """
                Visit on 2026-11-22 at 20:30 (Europe/Moscow), store S1, at the till
                Customer K-1, level Guest, turnover 0.00, purchases so far 1
                Programme shop, version 3

                1. Apples (APPLE)  2.5 × 100.00            250.00
                     the till                              -10.00
                     Apples cheap (apples)                 -24.00
                     points                                 -3.55
                     left to pay                           212.45

                2. LAMP  1 × 1000.00                      1000.00
                     points                                -16.45
                     left to pay                           983.55
                -------------------------------------------------
                Subtotal                                  1250.00
                     the till                              -10.00
                     promotions                            -24.00
                     points                                -20.00
                Discount                                   -54.00
                To pay, RUB                               1196.00

                Points the customer has                      30
                This basket takes up to                      30
                Asked for                                    20
                Spent (they pay 20.00)                       20
                Points earned                                64
                     5 % of 1196.00, as for the level Guest  59
                     purchase number 2                       +5

                Level: Guest
                From the next purchase: Friend
                This is the highest level.

                Promotions, in the order they are tried:
                  + Apples cheap (apples)
                      line 1 (Apples): 240.00 - 24.00 = 216.00
                  - present: the gift CUP is not in the basket yet
                  - winter: no, it begins 2027-01-01 00:00

                Points to spend: has 30, this basket takes up to 30, asked for 20, spends 20
                  line 1 (Apples): points pay 3.55 of at most 108.00
                  line 2: points pay 16.45 of at most 500.00

                Points to earn: 5 % of 1196.00, a point is worth 1.00: 59
                  + 5: for the number of this purchase

                The cashier's display:
                  Gift available: CUP
                  New level from the next purchase: Friend

                The customer's display:
                  You spend 20 points
                  You earn 64 points
                  New level from the next purchase: Friend
                """)
    }

    @Test("a walk-in has a receipt and no points")
    func walkIn() throws {
        let text = QuoteSheet(try trial(customer: nil)).text
        #expect(text.contains("No customer: a walk-in has no points and no level\n"))
        #expect(text.contains("To pay, RUB                               1216.00"))
        #expect(!text.contains("Points"))
        #expect(!text.contains("Level"))
    }

    @Test("a manager in Russia reads Russian, with commas and Russian days")
    func russian() throws {
        let text = QuoteSheet(try trial(language: .russian)).text
        #expect(text.contains("Визит 22.11.2026 в 20:30 (Europe/Moscow), магазин S1, на кассе\n"))
        #expect(text.contains("1. Apples (APPLE)  2,5 × 100,00"))
        #expect(text.contains("К оплате, RUB                             1196,00"))
        #expect(text.contains("- winter: нет, начнётся 01.01.2027 00:00\n"))
        #expect(text.contains("  Начислим 64 балла\n"))
    }

    @Test("as JSON it has the names of the wire, and the trace")
    func json() throws {
        let text = try trial().json()
        #expect(!text.contains("\n"))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(
            object.keys.sorted() == [
                "discount", "gifts", "lines", "messages", "points", "promotions", "rules", "subtotal", "tier",
                "tier_after", "total", "trace", "valid_until",
            ])
        let points = try #require(object["points"] as? [String: Any])
        #expect(points["base"] as? Int == 59)
        #expect((points["extra"] as? [[String: Any]])?.first?["origin"] as? String == "every_nth")
        #expect(object["gifts"] as? [String] == ["CUP"])
        #expect(object["tier_after"] as? String == "Friend")
        #expect(
            text.contains(
                #""lines":[{"amount":21245,"earned":11,"line":1,"spent":4,"taken":[{"amount":1000,"origin":"till"},{"amount":2400,"id":"apples","origin":"promotion"}"#
            ))
        #expect(text.contains(#""outcome":{"not_applied":{"because":{"not_begun":{"from":"2026-12-31T21:00:00Z"}}}}"#))
        #expect(text.contains(#""lines_without_points":[]"#))
        let walkIn = try trial(customer: nil).json()
        #expect(walkIn.contains(#""tier":null,"tier_after":null"#))
    }

    @Test("the visit that the project ships can be quoted")
    func example() throws {
        let folder = Self.examples
        let clock = try #require(VisitClock(zone: "Europe/Moscow"))
        let basket = try VisitBasket.read(folder + "/visits/basket.json")
        let visit = Visit(
            store: "S1", at: try #require(clock.instant("2026-11-22T20:30")), clock: clock,
            shopper: try VisitCustomer.read(folder + "/visits/anna.json").shopper, basket: basket)
        let programme = try ProgrammeFolder.programme(folder + "/grocer.yaml", segment: nil) { _ in "h" }
        let trial = try TrialQuote(visit, programme: programme)
        #expect(
            trial.quote.promotions.map(\.id) == [
                "dairy-3-for-2", "breakfast", "happy-hour", "apples", "coffee", "flyer", "vegetables",
            ])
        #expect(trial.quote.extra.map(\.origin) == [.everyNth, .birthday, .promotion])
        #expect(trial.quote.total.minorUnits == 166_412)
    }
}
