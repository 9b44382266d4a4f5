import Retail
import Testing

@testable import Gateway

@Suite("Personal offers that a visit could use are told, the others are not")
struct PersonalOfferTests {
    /// A shop with one offer for K-1 under a condition, and customers K-1 and K-2.
    private func shop(when condition: String, _ more: String = "") throws -> Shop {
        let shop = try Shop(
            with: #", "promotions": [{"id": "yours", "when": {"customers": ["K-1", "K-2"], \#(condition)},"#
                + #""effect": {"extra_points": 9}}]"#)
        try shop.enrol("7000001234", #","external":"K-1""# + more)
        try shop.enrol("7000005678", #","external":"K-2""#)
        return shop
    }

    private func isOffered(_ shop: Shop, _ customer: String = "c-1") throws -> Bool {
        let offers = try #require(try shop.identify(customer)?["offers"]?.elements)
        #expect(offers.count <= 1)
        // Whoever is told of an offer gets it.
        #expect(try shop.quote(to: customer)?["promotions"]?.elements?.count == offers.count)
        return offers.first?["id"]?.text == "yours"
    }

    @Test("not when the customer has used it up, also after a restart")
    func usedByCustomer() throws {
        let shop = try shop(when: #""limit_per_customer": 2"#)
        try shop.sell()
        #expect(try isOffered(shop))
        try shop.sell()
        #expect(try !isOffered(shop))
        #expect(try isOffered(shop, "c-2"))
        try shop.restart()
        #expect(try !isOffered(shop))
        #expect(shop.world.hasLoaded())
        #expect(try !isOffered(shop))
        #expect(try isOffered(shop, "c-2"))
    }

    @Test("not when all customers together have used it up, also after a restart")
    func usedByAll() throws {
        let shop = try shop(when: #""limit_total": 2"#)
        try shop.sell()
        #expect(try isOffered(shop) && isOffered(shop, "c-2"))
        try shop.sell(to: "c-2")
        #expect(try !isOffered(shop) && !isOffered(shop, "c-2"))
        try shop.restart()
        #expect(try !isOffered(shop) && !isOffered(shop, "c-2"))
    }

    @Test("not in another store")
    func otherStore() throws {
        let shop = try shop(when: #""stores": ["S2"]"#)
        #expect(try !isOffered(shop))
        let there = try shop.world.greeted(.register, "S2", "T01")
        let offers = there.request("IDENTIFY", #"{"customer_id":"c-1"}"#).ok?["offers"]
        #expect(offers?[0]?["id"]?.text == "yours")
    }

    @Test("not to another segment")
    func otherSegment() throws {
        let shop = try shop(when: #""segments": ["premium"]"#, #","segment":"premium""#)
        #expect(try isOffered(shop))
        #expect(try !isOffered(shop, "c-2"))
    }

    @Test("not to another tier, and to a customer who reaches it")
    func otherTier() throws {
        let shop = try shop(when: #""tiers": ["silver"]"#)
        #expect(try !isOffered(shop))
        try shop.sell(3_000_000, number: "1")
        #expect(try isOffered(shop))
        try shop.giveBack(of: "S1/T01/1/1")
        #expect(try !isOffered(shop))
    }

    @Test("not to a customer who has bought, when it is for the first purchase")
    func firstPurchase() throws {
        let shop = try shop(when: #""first_purchase": true"#)
        #expect(try isOffered(shop))
        try shop.sell()
        #expect(try !isOffered(shop))
        #expect(try isOffered(shop, "c-2"))
    }

    @Test("not before it begins or after it has ended, on the store's calendar")
    func dates() throws {
        let shop = try shop(when: #""from": "2026-11-24", "until": "2026-11-25""#)
        for (moment, isOpen) in [
            ("2026-11-23T20:59:59.999Z", false), ("2026-11-23T21:00:00Z", true), ("2026-11-25T20:59:59.999Z", true),
            ("2026-11-25T21:00:00Z", false),
        ] {
            try shop.pass(until: moment)
            #expect(try isOffered(shop) == isOpen, "\(moment)")
        }
    }

    @Test("also when weekday, hours, coupon or basket do not fit this moment: the customer may come back with them")
    func otherMoment() throws {
        let shop = try shop(
            when: #""weekdays": ["mon"], "hours": {"from": "20:00", "until": "21:00"}, "coupon": "TEN","#
                + #""minimum_amount": 900000000"#)
        #expect(try shop.identify()?["offers"]?.elements?.count == 1)
    }

    @Test("no more than 64 of them")
    func many() throws {
        let promotions = (1...70).map {
            #"{"id": "p\#(100 + $0)", "when": {"customers": ["K-1"]}, "effect": {"extra_points": 1}}"#
        }
        let shop = try Shop(with: #", "promotions": [\#(promotions.joined(separator: ","))]"#)
        try shop.enrol("7000001234", #","external":"K-1""#)
        #expect(try shop.identify()?["offers"]?.elements?.count == 64)
    }
}
