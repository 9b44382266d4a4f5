import Foundation
import Retail
import Testing

@testable import Loyalty

@Suite("Explaining a quote")
struct QuoteTraceTests {
    private func explained() throws -> (quote: Quote, trace: QuoteTrace) {
        let at = try #require(Instant(rfc3339: "2026-11-22T06:00:00Z"))
        let shopper = Shopper(
            standing: Standing(turnover: Money(minorUnits: 600_000), pointsAvailable: 300), external: "K-1",
            birthday: CalendarDate(iso: "1990-05-01"), purchases: 3)
        let context = QuoteContext(
            store: "S1", at: at, secondsFromUTC: 10_800, shopper: shopper, spend: 100, coupons: ["FLYER100"])
        let basket = [
            BasketLine(
                sku: "APPLE", quantity: Quantity(thousandths: 2_474), price: Money(minorUnits: 9_990),
                category: "food/fruit"),
            BasketLine(
                sku: "CIG", quantity: .one, price: Money(minorUnits: 20_000), tillDiscount: Money(minorUnits: 500),
                category: "tobacco"),
            BasketLine(sku: "LOAF", quantity: .one, price: Money(minorUnits: 5_000), category: "food/bread"),
        ]
        return try explainedQuote(basket, in: context, programme: ExampleProgrammes.named("grocer"))
    }

    @Test("every promotion is in the trace: what it took, or why it did not apply")
    func outcomes() throws {
        let (_, trace) = try explained()
        let outcomes = Dictionary(uniqueKeysWithValues: trace.promotions.map { ($0.id, $0.outcome) })
        #expect(outcomes["apples"] == .applied(taken: [TracedAmount(line: 0, amount: 4_948)], points: nil))
        #expect(outcomes["dairy-3-for-2"] == .notApplied(because: .noProductInBasket))
        #expect(outcomes["happy-hour"] == .notApplied(because: .otherHours(wanted: "20:00-22:00")))
        #expect(outcomes["flyer"] == .notApplied(because: .amountTooSmall(wanted: 100_000, present: 24_767)))
        #expect(outcomes["vegetables"] == .notApplied(because: .noProductInBasket))
        #expect(trace.promotions.first { $0.id == "apples" }?.saw == [TracedAmount(line: 0, amount: 24_715)])
        #expect(trace.spending?.lines.map(\.isEligible) == [true, false, true])
        #expect(trace.earning?.linesWithoutPoints == [1])
    }

    @Test("a shop manager can read it")
    func english() throws {
        let (_, trace) = try explained()
        #expect(
            trace.text(.english) == """
                Programme grocer, version 12
                Customer's level: Friend

                Basket:
                  1. APPLE: 2.474 × 99.90 = 247.15
                  2. CIG: 1 × 200.00 = 200.00, till took off 5.00
                  3. LOAF: 1 × 50.00 = 50.00

                Promotions, in the order they are tried:
                  - Three yoghurts for the price of two (dairy-3-for-2): no, the basket has none of its products
                  - Bread, butter and milk together (breakfast): no, the basket has too few of its products
                  - Bakery in the evening (happy-hour): no, only at 20:00-22:00
                  - Bakery for pensioners, weekday mornings (pensioners): no, only on Monday to Friday
                  + Apples at a price of their own (apples)
                      line 1: 247.15 - 49.48 = 197.67
                  - Ten roubles off every pack of coffee (coffee): no, the basket has none of its products
                  - Hundred roubles with the flyer (flyer): no, needs 1000.00 of its products, there is 247.67
                  - Points for vegetables (vegetables): no, the basket has none of its products
                  - Night shift (night): no, only at 23:00-05:00

                Points to spend: has 300, this basket takes up to 300, asked for 100, spends 100
                  line 1: points pay 7.98 of at most 98.83
                  line 2: points cannot pay this product
                  line 3: points pay 2.02 of at most 25.00

                Points to earn: 1 % of 237.67, a point is worth 0.10: 23
                  line 2: earns no points

                """)
    }

    @Test("products are called by their names, and moments by the clock of the store")
    func names() throws {
        let programme = try Programmes.promoting(
            #"{"id": "late", "effect": {"percent_off": 1}, "when": {"from": "2030-12-31T21:00:00Z"}}"#,
            #"{"id": "past", "effect": {"percent_off": 1}, "when": {"until": "2020-01-02"}}"#,
            #"{"id": "weekend", "effect": {"percent_off": 1}, "when": {"weekdays": ["tue", "sat", "mon"]}}"#,
            #"{"id": "small", "name": "Small", "group": "g", "effect": {"percent_off": 1000}}"#,
            #"{"id": "large", "name": "Large", "group": "g", "effect": {"amount_off_basket": 300}}"#)
        let context = QuoteContext(store: "S1", at: Programmes.now)
        let (_, trace) = try explainedQuote([Programmes.line("A", 1_000)], in: context, programme: programme)
        let style = TraceStyle(.english, products: ["Apple"]) { "<\($0.rfc3339)>" }
        let text = trace.text(style)
        #expect(text.contains("  1. Apple (A): 1 × 10.00 = 10.00\n"))
        #expect(text.contains("- late: no, it begins <2030-12-31T21:00:00Z>\n"))
        #expect(text.contains("- past: no, its last day was 2020-01-02\n"))
        #expect(text.contains("- weekend: no, only on Monday, Tuesday, Saturday\n"))
        #expect(
            text.contains("- Small (small): no, Large (large) of the same group gives more (3.00, this one 1.00)\n"))
        #expect(text.contains("line 1 (Apple): 10.00 - 3.00 = 7.00\n"))
        #expect(trace.steps(style).first == "Promotions, in the order they are tried:")
        #expect(trace.text(.russian).contains("past: нет, последний день был 02.01.2020"))
    }

    @Test("in Russian too")
    func russian() throws {
        let text = try explained().trace.text(.russian)
        #expect(text.contains("Уровень покупателя: Friend"))
        #expect(text.contains("  - Bakery in the evening (happy-hour): нет, только в часы 20:00-22:00"))
        #expect(text.contains("строка 1: 247,15 - 49,48 = 197,67"))
        #expect(text.contains("Начисление: 1 % от 237,67, балл стоит 0,10: 23"))
    }

    @Test("the trace survives being kept with a receipt")
    func storage() throws {
        let (_, trace) = try explained()
        let encoded = try JSONEncoder().encode(trace)
        #expect(try JSONDecoder().decode(QuoteTrace.self, from: encoded) == trace)
        #expect(String(decoding: encoded, as: UTF8.self).contains(#""amount_too_small""#))
    }

    @Test("of a group the trace names the promotion that gives more, and what both give")
    func groups() throws {
        let programme = try Programmes.promoting(
            #"{"id": "small", "group": "g", "effect": {"percent_off": 1000}}"#,
            #"{"id": "large", "group": "g", "effect": {"amount_off_basket": 300}}"#)
        let context = QuoteContext(store: "S1", at: Programmes.now)
        let (quote, trace) = try explainedQuote([Programmes.line("A", 1_000)], in: context, programme: programme)
        #expect(quote.promotions.map(\.id) == ["large"])
        #expect(
            trace.promotions.first { $0.id == "small" }?.outcome
                == .outdone(by: "large", benefit: 100, itsBenefit: 300))
        #expect(
            trace.text(.english).contains("  - small: no, large of the same group gives more (3.00, this one 1.00)"))
    }
}
