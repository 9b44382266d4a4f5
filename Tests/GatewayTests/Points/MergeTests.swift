import Retail
import Testing

@testable import Gateway

@Suite("Two customers become one")
struct MergeTests {
    private func merge(_ shop: Shop, _ gone: String, into survivor: String) -> WireLine {
        shop.operation.request("CUSTOMER_MERGE", #"{"customer_id":"\#(gone)","into":"\#(survivor)"}"#)
    }

    private func shop(_ more: String = "") throws -> Shop {
        let shop = try Shop(with: more)
        try shop.enrol("7000001234", #","name":"Anna","phone":"+79161234567""#)
        try shop.enrol("7000005678", #","email":"anna@example.com","external":"K-7","birthday":"1990-05-05""#)
        return shop
    }

    @Test("points, turnover, holds, identifiers and profile go to the one that goes on, and both ids lead there")
    func everything() throws {
        let shop = try shop()
        try shop.sell(1_000_000)
        try shop.sell(2_000_000, to: "c-2")
        _ = try shop.hold(100, for: "9", of: "c-2")
        let merged = merge(shop, "c-2", into: "c-1").ok
        #expect(merged?["customer_id"]?.text == "c-1")
        #expect(merged?["merged"]?.text == "c-2")
        #expect(merged?["identifiers"]?.integer == 3)
        #expect(
            merged?["points"]
                == JSONTree.object([
                    "available": .number("800"), "held": .number("100"), "pending": .number("0"), "debt": .number("0"),
                ]))
        func check() throws {
            let known = try shop.identify("c-1")
            #expect(known?["customer_id"]?.text == "c-1")
            #expect(known?["tier"]?["name"]?.text == "silver")
            #expect(known?["external"]?.text == "K-7")
            #expect(known?["name"]?.text == "Anna")
            #expect(Balance(known?["points"]) == Balance(800, held: 100))
            let till = try shop.till()
            for identifier in [
                #""customer_id":"c-2""#, #""card":"7000005678""#, #""card":"7000001234""#, #""phone":"89161234567""#,
                #""email":"ANNA@example.com""#, #""external":"K-7""#,
            ] {
                #expect(till.request("IDENTIFY", "{\(identifier)}").ok == known, "\(identifier)")
            }
            #expect(try shop.quote(1_000_000, spending: 900, to: "c-2")?["points"]?["spent"]?.integer == 800)
        }
        try check()
        try shop.restart()
        try check()
        // Also once everyone is in memory.
        #expect(shop.world.hasLoaded())
        try check()
        // The hold is committed by the receipt it was placed for, whichever id the till knows.
        let sale = try shop.sell(1_000_000, spending: 100, to: "c-2", number: "9")
        #expect(sale.marks == [])
        #expect(sale.ok?["customer_id"]?.text == "c-1")
        #expect(sale.points("balance") == 1_295)
        #expect(try shop.till().request("ENROL", #"{"card":"7000005678"}"#).ok?["customer_id"]?.text == "c-1")
        try shop.audit()
    }

    @Test("merging again answers the same way; with itself or with nobody it is refused")
    func repeated() throws {
        let shop = try shop()
        try shop.sell(to: "c-2")
        #expect(merge(shop, "c-2", into: "c-1").ok?["points"]?["available"]?.integer == 30)
        for _ in 0..<2 {
            let again = merge(shop, "c-2", into: "c-1").ok
            #expect(again?["customer_id"]?.text == "c-1")
            #expect(again?["merged"]?.text == "c-2")
            #expect(again?["points"]?["available"]?.integer == 30)
        }
        let itself = merge(shop, "c-1", into: "c-1")
        #expect(itself.error?["field"]?.text == "into")
        #expect(itself.error?["reason"]?.text == "is the same customer")
        #expect(merge(shop, "c-9", into: "c-1").error?["field"]?.text == "customer_id")
        #expect(merge(shop, "c-1", into: "c-9").error?["field"]?.text == "into")
        // The one that goes on cannot become a part of what is part of it.
        #expect(merge(shop, "c-1", into: "c-2").code == "bad_field")
        #expect(try shop.points() == Balance(30))
        try shop.audit()
    }

    @Test("an id that was merged into somebody already is not merged again into somebody else")
    func mergedElsewhere() throws {
        let shop = try shop()
        try shop.enrol("7000009999")
        try shop.sell(to: "c-1")
        try shop.sell(to: "c-2")
        _ = merge(shop, "c-1", into: "c-2")
        let refused = merge(shop, "c-1", into: "c-3")
        #expect(refused.code == "bad_field")
        #expect(refused.error?["field"]?.text == "customer_id")
        #expect(refused.error?["reason"]?.text == "was merged into c-2 already")
        #expect(try shop.points("c-2") == Balance(60))
        #expect(try shop.points("c-3") == Balance())
        // The one who goes on may be merged, and the old id may be where others go.
        #expect(merge(shop, "c-3", into: "c-1").ok?["customer_id"]?.text == "c-2")
        try shop.enrol("7000008888")
        #expect(merge(shop, "c-2", into: "c-4").ok?["points"]?["available"]?.integer == 60)
        #expect(merge(shop, "c-1", into: "c-4").ok?["customer_id"]?.text == "c-4")
        // Two ids of one customer: what was asked for has been done.
        #expect(merge(shop, "c-1", into: "c-2").ok?["customer_id"]?.text == "c-4")
        try shop.audit()
    }

    @Test("a chain of merges leads to the last, and every receipt on the way can come back")
    func chain() throws {
        let shop = try shop()
        try shop.enrol("7000009999")
        for customer in 1...3 { try shop.sell(to: "c-\(customer)", number: "\(customer)") }
        #expect(try shop.sell(200_000, spending: 30, to: "c-1", number: "4").points("balance") == 59)
        _ = merge(shop, "c-1", into: "c-2")
        try shop.restart()
        _ = merge(shop, "c-2", into: "c-3")
        #expect(try shop.points("c-1") == Balance(119))
        for number in ["1", "2", "3"] {
            let back = try shop.giveBack(of: "S1/T01/1/\(number)")
            #expect(back.ok?["customer_id"]?.text == "c-3")
            #expect(back.points("earned") == -30)
        }
        let back = try shop.giveBack(of: "S1/T01/1/4", till: "T02")
        #expect(back.points("earned") == -59)
        #expect(back.points("spent") == -30)
        #expect(try shop.points("c-2") == Balance())
        #expect(try shop.identify("c-1")?["tier"]?["name"]?.text == "base")
        try shop.audit()
    }

    @Test("spent points of a merged customer go back to their lot, with its own last day, or into a new one")
    func lots() throws {
        let shop = try shop(#", "expiry_days": 20"#)
        try shop.sell(number: "1")
        try shop.sell(number: "2")
        #expect(try shop.sell(400_000, spending: 60, number: "3").points("balance") == 118)
        _ = merge(shop, "c-1", into: "c-2")
        let half = try shop.giveBack("0.5", of: "S1/T01/1/3")
        #expect(half.points("spent") == -30)
        #expect(half.points("balance") == 118 - 59 + 30 as Int64)
        shop.pass(days: 22)
        #expect(try shop.points("c-2") == Balance())
        let rest = try shop.giveBack("0.5", of: "S1/T01/1/3")
        // 14 December; the 59 points that were earned have burnt and come out of what is given back.
        #expect(rest.points("spent") == -30)
        #expect(rest.points("earned") == -59)
        #expect(try shop.points("c-2") == Balance(debt: 29))
        try shop.audit()
    }

    @Test("a debt is merged as well, and repaid at once by the other's points")
    func debt() throws {
        let shop = try shop()
        _ = try shop.sell(10_000, spending: 50)
        #expect(try shop.points().debt == 49 as Int64)
        try shop.sell(to: "c-2")
        #expect(merge(shop, "c-1", into: "c-2").ok?["points"]?["debt"]?.integer == 19)
        #expect(try shop.points("c-1") == Balance(debt: 19))
        try shop.sell(to: "c-1")
        #expect(try shop.points("c-2") == Balance(11))
        try shop.audit()
    }

    @Test("turnover keeps the store's day on which it was made, so that it leaves the window on time")
    func window() throws {
        let shop = try shop(#", "tier_window_days": 10"#)
        try shop.sell(1_000_000, to: "c-2")
        // The same day in Greenwich and two days in Moscow.
        try shop.pass(until: "2026-11-25T20:30:00Z")
        try shop.sell(1_000_000)
        try shop.pass(until: "2026-11-25T21:30:00Z")
        try shop.sell(1_000_000)
        shop.pass(days: 1)
        #expect(merge(shop, "c-1", into: "c-2").ok != nil)
        func missing() throws -> Int64? { try shop.identify("c-1")?["tier"]?["next"]?["missing"]?.integer }
        #expect(try shop.identify()?["tier"]?["name"]?.text == "silver")
        try shop.pass(until: "2026-12-01T21:00:00Z")
        #expect(try missing() == 1_000_000)
        try shop.pass(until: "2026-12-04T20:59:00Z")
        #expect(try missing() == 1_000_000)
        try shop.pass(until: "2026-12-04T21:00:00Z")
        #expect(try missing() == 2_000_000)
        try shop.pass(until: "2026-12-05T21:00:00Z")
        #expect(try missing() == 3_000_000)
        try shop.audit()
    }

    @Test("uses of promotions and purchases count together, and a birthday's gift is not given again")
    func counts() throws {
        let shop = try Shop(
            with: #", "every_nth": {"n": 3, "points": 7}, "birthday": {"before": 3, "after": 3, "gift_points": 40},"#
                + #""promotions": [{"id": "twice", "when": {"limit_per_customer": 2}, "effect": {"extra_points": 9}}]"#)
        for card in ["7000001234", "7000005678"] { try shop.enrol(card, #","birthday":"1990-11-23""#) }
        #expect(try shop.points("c-1").available == 40)
        #expect(try shop.sell(to: "c-1").points("earned") == 39)
        #expect(try shop.sell(to: "c-2").points("earned") == 39)
        _ = merge(shop, "c-1", into: "c-2")
        #expect(try shop.points("c-2") == Balance(158))
        #expect(try shop.quote(to: "c-1")?["points"]?["earned"]?.integer == 37)
        #expect(try shop.sell(to: "c-1").points("earned") == 37)
        try shop.restart()
        #expect(try shop.points("c-1") == Balance(195))
        try shop.audit()
    }
}
