import Foundation
import Retail
import Testing

@testable import Loyalty

@Suite("Loading promotions and mechanics")
struct PromotionDocumentTests {
    private func load(_ members: String) throws -> Programme {
        let text = """
            {"id": "a", "version": 1, "currency": "EUR",
             "tiers": [{"name": "One", "threshold": 0, "earn_rate": 100}], \(members)}
            """
        do {
            let document = try JSONDecoder().decode(ProgrammeDocument.self, from: Data(text.utf8))
            return try Programme(validating: document, hash: "0")
        } catch let error as DecodingError {
            throw ProgrammeError(error)
        }
    }

    private func promotion(_ members: String) -> String {
        #""promotions": [{"id": "p", \#(members)}]"#
    }

    @Test("promotions are ordered by priority, ties by id, with the birthday's discount among them")
    func order() throws {
        let effect = #""effect": {"percent_off": 100}"#
        let programme = try load(
            """
            "birthday": {"before": 0, "after": 0, "discount": 500},
            "promotions": [{"id": "c", \(effect)}, {"id": "a", \(effect)}, {"id": "z", "priority": 1, \(effect)}]
            """)
        #expect(programme.promotions.map(\.id) == ["z", "a", "birthday", "c"])
    }

    @Test(
        "a bad promotion is refused with its path and the reason",
        arguments: [
            (#""effect": {}"#, "promotions[0].effect", .notOneEffect),
            (#""effect": {"percent_off": 1, "gift": {"sku": "A"}}"#, "promotions[0].effect", .notOneEffect),
            (
                #""effect": {"percent_off": 10001}"#, "promotions[0].effect.percent_off",
                .outOfRange(minimum: 1, maximum: 10_000)
            ),
            (#""effect": {"percent_of": 1}"#, "promotions[0].effect.percent_of", .unknownField),
            (
                #""effect": {"n_for_m": {"n": 3, "m": 3}}"#, "promotions[0].effect.n_for_m.m",
                .contradicts("is not less than n")
            ),
            (#""effect": {"gift": {"sku": "A B"}}"#, "promotions[0].effect.gift.sku", .notAnIdentifier),
            (
                #""effect": {"bundle": {"items": [], "price": 1}}"#, "promotions[0].effect.bundle.items",
                .badCount(minimum: 1, maximum: 16)
            ),
            (
                #""effect": {"points_multiplier": 5000}"#, "promotions[0].effect.points_multiplier",
                .outOfRange(minimum: 10_000, maximum: 1_000_000)
            ),
            (
                #""effect": {"percent_off": 1}, "when": {"weekdays": ["monday"]}"#, "promotions[0].when.weekdays[0]",
                .notOneOf(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
            ),
            (
                #""effect": {"percent_off": 1}, "when": {"channels": ["shop"]}"#, "promotions[0].when.channels[0]",
                .notOneOf(["till", "app", "web"])
            ),
            (
                #""effect": {"percent_off": 1}, "when": {"hours": {"from": "8:00", "until": "10:00"}}"#,
                "promotions[0].when.hours.from", .notATime
            ),
            (
                #""effect": {"percent_off": 1}, "when": {"hours": {"from": "08:00", "until": "08:00"}}"#,
                "promotions[0].when.hours.until", .endsBeforeItBegins
            ),
            (
                #""effect": {"percent_off": 1}, "when": {"from": "2026-02-30"}"#, "promotions[0].when.from",
                .notATime
            ),
            (
                #""effect": {"percent_off": 1}, "when": {"from": "2026-03-02", "until": "2026-03-01"}"#,
                "promotions[0].when.until", .endsBeforeItBegins
            ),
            (
                #""effect": {"percent_off": 1}, "when": {"tiers": ["One", "Two"]}"#, "promotions[0].when.tiers[1]",
                .notDefined("Two")
            ),
            (
                #""effect": {"percent_off": 1}, "when": {"stores": []}"#, "promotions[0].when.stores",
                .badCount(minimum: 1, maximum: 100_000)
            ),
            (
                #""effect": {"percent_off": 1}, "when": {"minimum_quantity": "0"}"#,
                "promotions[0].when.minimum_quantity", .notAQuantity
            ),
            (
                #""effect": {"percent_off": 1}, "products": {"skus": ["A", "A"]}"#, "promotions[0].products.skus[1]",
                .duplicate
            ),
            (
                #""effect": {"percent_off": 1}, "products": {"exclude": {}}"#, "promotions[0].products.exclude",
                .excludesEverything
            ),
            (
                #""effect": {"percent_off": 1}, "products": {"categories": ["a", "/"]}"#,
                "promotions[0].products.categories", .emptyCategory(index: 1)
            ),
        ] as [(String, String, ProgrammeError.Reason)])
    func refused(members: String, path: String, reason: ProgrammeError.Reason) {
        #expect(throws: ProgrammeError(path: path, reason: reason)) { try load(promotion(members)) }
    }

    @Test(
        "a bad mechanic is refused with its path and the reason",
        arguments: [
            (#""every_nth": {"n": 3}"#, "every_nth.points", .givesNothing),
            (#""welcome": {"points": 5}"#, "welcome.usable", .missing),
            (
                #""welcome": {"points": 5, "usable": "later"}"#, "welcome.usable",
                .notOneOf(["at_once", "after_first_purchase"])
            ),
            (
                #""birthday": {"before": 181, "after": 0}"#, "birthday.before",
                .outOfRange(minimum: 0, maximum: 180)
            ),
            (
                #""thresholds": [{"amount": 5, "points": 1}, {"amount": 5, "points": 2}]"#, "thresholds[1].amount",
                .notAscending
            ),
            (#""min_prices": {"A B": 5}"#, "min_prices.A B", .notAnIdentifier),
            (#""tier_window_days": 0"#, "tier_window_days", .outOfRange(minimum: 1, maximum: 36_500)),
            (#""segments": []"#, "segments", .badCount(minimum: 1, maximum: 100_000)),
            (
                #""birthday": {"before": 0, "after": 0, "discount": 5}, "promotions": "#
                    + #"[{"id": "birthday", "effect": {"percent_off": 1}}]"#, "promotions[0].id", .duplicate
            ),
            (
                #""segments": ["gold"], "promotions": "#
                    + #"[{"id": "p", "when": {"segments": ["tin"]}, "effect": {"percent_off": 1}}]"#,
                "promotions[0].when.segments",
                .contradicts("names tin, whose customers do not have this programme")
            ),
        ] as [(String, String, ProgrammeError.Reason)])
    func mechanics(members: String, path: String, reason: ProgrammeError.Reason) {
        let expected = ProgrammeError(path: path, reason: reason)
        #expect(throws: expected) { try load(members) }
        #expect(expected.description.hasPrefix(path + ": "))
    }
}

@Suite("Several programmes")
struct ProgrammeSetTests {
    private func programme(_ id: String, segments: [String]?, currency: String = "RUB") throws -> Programme {
        try Programmes.club {
            $0.id = id
            $0.segments = segments
            $0.currency = currency
        }
    }

    @Test("a customer has the programme of the segment, everyone else the one without segments")
    func choice() throws {
        let set = try ProgrammeSet(validating: [
            programme("premium", segments: ["gold", "vip"]), programme("all", segments: nil),
        ])
        #expect(set.programme(for: "vip").id == "premium")
        #expect(set.programme(for: "economy").id == "all")
        #expect(set.programme(for: nil).id == "all")
        #expect(set.others.map(\.id) == ["premium"])
        #expect(ProgrammeSet(set.everyoneElse).programme(for: "vip").id == "all")
    }

    @Test("programmes that contradict each other are refused")
    func refused() throws {
        func check(_ programmes: [Programme], _ path: String, _ reason: ProgrammeError.Reason) {
            #expect(throws: ProgrammeError(path: path, reason: reason)) { try ProgrammeSet(validating: programmes) }
        }
        let all = try programme("all", segments: nil)
        check([], "", .notOneForEveryoneElse(found: 0))
        check([all, try programme("b", segments: nil)], "", .notOneForEveryoneElse(found: 2))
        check([all, try programme("all", segments: ["x"])], "all.id", .duplicate)
        check(
            [all, try programme("b", segments: ["x"]), try programme("c", segments: ["y", "x"])], "c.segments[1]",
            .duplicate)
        check(
            [all, try programme("b", segments: ["x"], currency: "EUR")], "b.currency",
            .contradicts("is not RUB as in all"))
    }
}

@Suite("The example programmes")
struct ExampleProgrammeTests {
    @Test("every example loads", arguments: ExampleProgrammes.names)
    func loads(name: String) throws {
        #expect(try ExampleProgrammes.named(name).id == name)
    }

    /// Replays of the same days are compared with each other, whenever and in whatever order they were rung up.
    @Test("what takes money off at the giftware wholesaler's asks for the basket, a coupon and a customer alone")
    func repeatablePrices() throws {
        for promotion in try ExampleProgrammes.named("gifts").promotions where promotion.effect.discount != nil {
            var conditions = promotion.conditions
            conditions.minimumAmount = nil
            conditions.minimumQuantity = nil
            conditions.coupon = nil
            conditions.needsCustomer = false
            conditions.channels = nil
            #expect(conditions == Conditions(), "\(promotion.id)")
        }
    }

    @Test("together they use every mechanic, every effect and every condition")
    func complete() throws {
        let documents = try ExampleProgrammes.names.map { try ExampleProgrammes.document($0) }
        let programmes = try ExampleProgrammes.names.map { try ExampleProgrammes.named($0) }
        let kinds = Set(programmes.flatMap { $0.promotions.map(\.effect.kind) })
        #expect(kinds == Set(EffectKind.allCases))
        let text = try ExampleProgrammes.names.map { try ExampleProgrammes.text($0) }.joined()
        for field in [
            "welcome", "site_registration", "every_nth", "birthday", "thresholds", "activation_days", "expiry_days",
            "max_redeem", "excluded_skus", "earn_exclude", "redeem_exclude", "min_prices", "tier_window_days",
            "segments", "hold_minutes", "quote_lifetime_ms", "from", "until", "weekdays", "hours", "stores", "channels",
            "tiers", "customer_required", "first_purchase", "minimum_amount", "minimum_quantity", "coupon",
            "limit_per_customer", "limit_total", "customers", "skus", "categories", "brands", "tags", "exclude",
            "group", "exclusive",
        ] {
            #expect(text.contains("\(field):"), "no example uses \(field)")
        }
        #expect(documents.contains { $0.everyNth?.multiplier != nil })
        #expect(documents.contains { $0.birthday?.giftPoints ?? 0 > 0 })
    }
}
