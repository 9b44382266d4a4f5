import Foundation
import Retail
import TestSupport

@testable import Loyalty

/// A programme with promotions of every kind and a visit to a shop, out of a seed.
struct RandomVisit {
    let programme: Programme
    let basket: [BasketLine]
    let context: QuoteContext

    private static let products: [(sku: String, category: String, brand: String, tags: [String])] = [
        ("MILK", "food/dairy/milk", "Farm", ["fresh"]), ("YOG", "food/dairy/yoghurt", "Farm", []),
        ("LOAF", "food/bread", "Oven", ["fresh"]), ("WINE", "alcohol/wine", "Hill", ["adult"]),
        ("CIG", "tobacco", "Smoke", ["adult"]), ("MUG", "home", "Clay", ["new"]),
    ]

    init(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        programme = try RandomVisit.programme(&generator)
        basket = (0..<Int.random(in: 0...8, using: &generator)).map { _ in RandomVisit.line(&generator) }
        context = RandomVisit.context(&generator)
    }

    private static func line(_ generator: inout SeededGenerator) -> BasketLine {
        let product = products.randomElement(using: &generator) ?? products[0]
        let price = Int64.random(in: 0...(Bool.random(using: &generator) ? 50 : 90_000), using: &generator)
        let quantity =
            Bool.random(using: &generator)
            ? Int64.random(in: 1...4, using: &generator) * 1_000 : Int64.random(in: 1...4_999, using: &generator)
        return BasketLine(
            sku: product.sku, quantity: Quantity(thousandths: quantity), price: Money(minorUnits: price),
            tillDiscount: Money(minorUnits: Int.random(in: 0...3, using: &generator) == 0 ? price / 3 : 0),
            category: product.category, brand: product.brand, tags: product.tags,
            minimumPrice: product.sku == "WINE" ? Money(minorUnits: price * 9 / 10) : nil)
    }

    private static func context(_ generator: inout SeededGenerator) -> QuoteContext {
        let hour = Int64.random(in: 0..<24 * 14, using: &generator)
        var shopper: Shopper?
        if Int.random(in: 0...4, using: &generator) > 0 {
            shopper = Shopper(
                standing: Standing(
                    turnover: Money(minorUnits: Int64.random(in: -5...200_000, using: &generator)),
                    pointsAvailable: Int64.random(in: 0...5_000, using: &generator)),
                external: ["K-1", "K-2"].randomElement(using: &generator),
                segment: ["economy", "premium"].randomElement(using: &generator),
                birthday: CalendarDate(iso: "1988-02-29"), purchases: Int64.random(in: 0...4, using: &generator),
                promotionUses: ["p1": 1, "p2": 3])
        }
        return QuoteContext(
            store: ["S1", "S2"].randomElement(using: &generator) ?? "S1",
            channel: Channel.allCases.randomElement(using: &generator) ?? .till,
            at: Instant(millisecondsSinceEpoch: 1_771_900_000_000 + hour * 3_600_000), secondsFromUTC: 10_800,
            shopper: shopper, spend: Int64.random(in: 0...3_000, using: &generator),
            coupons: Bool.random(using: &generator) ? ["TEN"] : [], promotionTotals: ["p0": 9, "p3": 1])
    }

    private static func programme(_ generator: inout SeededGenerator) throws -> Programme {
        let pointValue = [1, 10, 100].randomElement(using: &generator) ?? 100
        let redeem = [0, 3_333, 10_000].randomElement(using: &generator) ?? 0
        let promotions = (0..<Int.random(in: 0...9, using: &generator)).map { promotion($0, &generator) }
        let text = """
            {"id": "random", "version": 1, "currency": "RUB", "point_value": \(pointValue), "max_redeem": \(redeem),
             "tiers": [{"name": "One", "threshold": 0, "earn_rate": 333},
                       {"name": "Two", "threshold": 50000, "earn_rate": 1000}],
             "earn_exclude": {"categories": ["tobacco"]}, "redeem_exclude": {"tags": ["adult"]},
             "min_prices": {"CIG": 700}, "every_nth": {"n": 3, "points": 5, "multiplier": 15000},
             "birthday": {"before": 3, "after": 3, "multiplier": 20000, "discount": 700},
             "thresholds": [{"amount": 10000, "points": 3}, {"amount": 90000, "multiplier": 12500}],
             "promotions": [\(promotions.joined(separator: ", "))]}
            """
        let document = try JSONDecoder().decode(ProgrammeDocument.self, from: Data(text.utf8))
        return try Programme(validating: document, hash: "random")
    }

    private static func promotion(_ number: Int, _ generator: inout SeededGenerator) -> String {
        var members = [#""id": "p\#(number)""#, #""priority": \#(Int.random(in: 1...5, using: &generator))"#]
        if Int.random(in: 0...3, using: &generator) == 0 { members.append(#""group": "g""#) }
        if Int.random(in: 0...4, using: &generator) == 0 { members.append(#""exclusive": true"#) }
        if Bool.random(using: &generator) {
            members.append(#""when": {\#(conditions.randomElement(using: &generator) ?? "")}"#)
        }
        if Bool.random(using: &generator) {
            members.append(#""products": {\#(filters.randomElement(using: &generator) ?? "")}"#)
        }
        members.append(#""effect": {\#(effects.randomElement(using: &generator) ?? "")}"#)
        return "{\(members.joined(separator: ", "))}"
    }

    private static let conditions = [
        #""weekdays": ["mon", "sat"]"#, #""hours": {"from": "21:00", "until": "06:00"}, "weekdays": ["fri"]"#,
        #""stores": ["S1"]"#, #""channels": ["till", "app"]"#, #""segments": ["premium"]"#, #""tiers": ["Two"]"#,
        #""first_purchase": true"#, #""birthday": {"before": 1, "after": 2}"#, #""minimum_amount": 5000"#,
        #""minimum_quantity": "2.5""#, #""coupon": "TEN""#, #""limit_per_customer": 2"#, #""limit_total": 5"#,
        #""customers": ["K-1"]"#, #""from": "2026-02-25", "until": "2026-03-05""#, #""until": "2026-02-28T00:00:00Z""#,
        #""customer_required": true"#,
    ]

    private static let filters = [
        #""skus": ["MILK", "CIG"]"#, #""categories": ["food"]"#, #""brands": ["Farm", "Hill"]"#, #""tags": ["fresh"]"#,
        #""categories": ["food"], "tags": ["fresh"]"#, #""exclude": {"categories": ["food/dairy"]}"#,
    ]

    private static let effects = [
        #""percent_off": 1500"#, #""amount_off_unit": 77"#, #""amount_off_basket": 5000"#, #""fixed_price": 999"#,
        #""n_for_m": {"n": 3, "m": 2}"#, #""gift": {"sku": "MUG"}"#, #""extra_points": 7"#,
        #""extra_points_percent": 500"#, #""points_multiplier": 25000"#,
        #""bundle": {"items": [{"products": {"categories": ["food"]}, "quantity": 2}, {"products": {"#
            + #""tags": ["adult"]}}], "price": 1500}"#,
    ]
}
