/// Programmes with promotions of every kind, and the goods that they are about, out of a seed.
package enum RandomProgramme {
    /// Something that is sold.
    package struct Product: Sendable {
        package let sku: String
        package let category: String
        package let brand: String
        package let tags: [String]
    }

    /// What random baskets are made of. Wine has a minimum price of nine tenths, cigarettes one of 700.
    package static let products = [
        Product(sku: "MILK", category: "food/dairy/milk", brand: "Farm", tags: ["fresh"]),
        Product(sku: "YOG", category: "food/dairy/yoghurt", brand: "Farm", tags: []),
        Product(sku: "LOAF", category: "food/bread", brand: "Oven", tags: ["fresh"]),
        Product(sku: "WINE", category: "alcohol/wine", brand: "Hill", tags: ["adult"]),
        Product(sku: "CIG", category: "tobacco", brand: "Smoke", tags: ["adult"]),
        Product(sku: "MUG", category: "home", brand: "Clay", tags: ["new"]),
    ]

    /// A programme's document in JSON.
    ///
    /// - Parameter more: further members, each with a comma before it.
    package static func text(using generator: inout SeededGenerator, more: String = "") -> String {
        let pointValue = [1, 10, 100].randomElement(using: &generator) ?? 100
        let redeem = [0, 3_333, 10_000].randomElement(using: &generator) ?? 0
        let promotions = (0..<Int.random(in: 0...9, using: &generator)).map { promotion($0, &generator) }
        return """
            {"id": "random", "version": 1, "currency": "RUB", "point_value": \(pointValue), "max_redeem": \(redeem),
             "tiers": [{"name": "One", "threshold": 0, "earn_rate": 333},
                       {"name": "Two", "threshold": 50000, "earn_rate": 1000}],
             "earn_exclude": {"categories": ["tobacco"]}, "redeem_exclude": {"tags": ["adult"]},
             "min_prices": {"CIG": 700}, "every_nth": {"n": 3, "points": 5, "multiplier": 15000},
             "birthday": {"before": 3, "after": 3, "multiplier": 20000, "discount": 700},
             "thresholds": [{"amount": 10000, "points": 3}, {"amount": 90000, "multiplier": 12500}],
             "promotions": [\(promotions.joined(separator: ", "))]\(more)}
            """
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
