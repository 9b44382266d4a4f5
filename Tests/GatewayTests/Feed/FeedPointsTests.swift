import Journal
import Retail
import Testing

@testable import Gateway

@Suite("Corrections of points that upstream sends down")
struct FeedPointsTests {
    private func world(_ more: String = "") throws -> FeedWorld {
        let world = try FeedWorld(programmes: [TestProgramme.text(with: more)])
        try world.send(world.customer("K-1", #","identifiers":[{"kind":"card","value":"7000001234"}]"#))
        return world
    }

    private func points(_ world: FeedWorld, _ points: Int64, _ more: String = "", at: Int64 = 1, id: String? = nil)
        -> String
    {
        world.change("points", #"{"customer":"K-1","points":\#(points),"reason":"miscounted"\#(more)}"#, at: at, id: id)
    }

    @Test("are entries of their own, once for each id, also after a restart and under another order")
    func once() throws {
        let world = try world()
        try world.shop.sell(1_000_000)
        try world.send(points(world, 50, id: "a"), points(world, -30, id: "b"))
        #expect(try world.shop.points() == Balance(320))
        try world.shop.restart()
        try world.send(points(world, -30, id: "b"), points(world, 50, id: "a"), points(world, 50, at: 9, id: "a"))
        #expect(try world.shop.points() == Balance(320))
        #expect(try world.refused().isEmpty)
        try world.shop.audit()
        // Another number under the same id is a mistake.
        try world.send(points(world, 51, id: "a"))
        #expect(try world.refused().map { $0[2] } == ["id"])
        #expect(try world.shop.points() == Balance(320))
        #expect(try world.events("change.refused").map { $0["change"]?.text } == ["a"])
    }

    @Test("leave held points alone, become a debt, and the debt is repaid")
    func debt() throws {
        let world = try world()
        try world.shop.sell(1_000_000)
        _ = try world.shop.hold(100, for: "9")
        try world.send(points(world, -250))
        #expect(try world.shop.points() == Balance(0, held: 100, debt: 50))
        #expect(try world.shop.sell(1_000_000, spending: 100, number: "9").marks == [])
        #expect(try world.shop.points() == Balance(247))
        try world.send(points(world, -300))
        #expect(try world.shop.points() == Balance(0, debt: 53))
        try world.send(points(world, 90))
        #expect(try world.shop.points() == Balance(37))
        try world.shop.audit()
    }

    @Test("burn as the programme says, or as they say themselves")
    func expiry() throws {
        let world = try world(#", "expiry_days": 10"#)
        let end = world.world.clock.now().adding(milliseconds: 3 * 86_400_000).rfc3339
        try world.send(points(world, 5), points(world, 7, #","expires_at":"\#(end)""#))
        let expiring = try world.shop.identify()?["points"]?["expiring"]
        #expect(expiring?["points"]?.integer == 7)
        world.shop.pass(days: 4)
        #expect(try world.shop.identify()?["points"]?["available"]?.integer == 5)
        world.shop.pass(days: 8)
        #expect(try world.shop.identify()?["points"]?["available"]?.integer == 0)
        try world.shop.bookTime()
        try world.shop.audit()
    }

    @Test("that the opening balance has in it are known and move nothing")
    func contained() throws {
        let world = try FeedWorld()
        let opening = #","opening":{"points":100,"as_of":"2026-11-22T09:35:00Z"}"#
        try world.send(world.customer("K-1", opening), points(world, 40, at: 4), points(world, 40, at: 6))
        #expect(try world.shop.points() == Balance(140))
        try world.shop.audit()
    }

    @Test("an opening brings points and turnover up to what upstream says, and is never added to what is here")
    func opening() throws {
        let welcome = #", "welcome": {"points": 50, "usable": "at_once"}"#
        for (points, turnover, expected, tier) in [
            (500, 9_500_000, 500, "silver"), (100, 0, 350, "base"), (0, 3_000_000, 350, "silver"),
        ] as [(Int, Int, Int64, String)] {
            let world = try FeedWorld(programmes: [TestProgramme.text(with: welcome)])
            let here = try world.shop.enrol("7000001234", #","phone":"+79161234567""#)
            try world.shop.sell(1_000_000, to: here)
            #expect(try world.shop.points() == Balance(350))
            let record =
                #","identifiers":[{"kind":"phone","value":"+79161234567"}],"opening":{"points":\#(points),"#
                + #""turnover":\#(turnover),"as_of":"2026-11-22T09:35:00Z"}"#
            try world.send(world.customer("K-1", record))
            #expect(try world.shop.points() == Balance(expected))
            #expect(try world.shop.identify()?["tier"]?["name"]?.text == tier, "\(turnover)")
            // Once, and what the balance has in it is known also when nothing was missing.
            try world.send(world.customer("K-1", record, at: 9), self.points(world, 40, at: 4))
            #expect(try world.shop.points() == Balance(expected))
            try world.shop.audit()
        }
    }

    @Test("an opening comes with upstream's first word, also when the id has been known here before")
    func openingOfKnownID() throws {
        let opening = #","opening":{"points":100,"turnover":3500000,"as_of":"2026-11-01T00:00:00Z"}"#
        func check(_ world: FeedWorld, _ what: String) throws {
            for minutes in [1, 2] as [Int64] {
                try world.send(world.customer("K-1", opening, at: minutes))
                let known = try world.identify(#""external":"K-1""#)
                #expect(known?["points"]?["available"]?.integer == 100, "\(what)")
                #expect(known?["tier"]?["name"]?.text == "silver", "\(what)")
            }
            try world.shop.audit()
        }
        let enrolled = try FeedWorld()
        try enrolled.shop.enrol("7000001234", #","external":"K-1""#)
        try check(enrolled, "ENROL")
        let imported = try FeedWorld()
        let rows = #"{"rows":[{"external":"K-1","name":"Anna"}]}"#
        #expect(imported.shop.operation.request("IMPORT_CUSTOMERS", rows).ok != nil)
        try check(imported, "IMPORT_CUSTOMERS")
        // A merge names both ids before any record does; the record of either may be the one with the balance.
        let merged = try FeedWorld()
        try merged.send(
            merged.change("customer.merged", #"{"from":"K-2","into":"K-1"}"#), merged.customer("K-2", at: 1))
        try check(merged, "customer.merged")
        let late = try FeedWorld()
        try late.send(late.customer("K-2"), late.change("customer.merged", #"{"from":"K-2","into":"K-1"}"#))
        try check(late, "customer.merged of a known one")
    }

    @Test("an imported balance is an opening: upstream's does not come again")
    func openingAfterImport() throws {
        let world = try FeedWorld()
        let rows = #"{"rows":[{"external":"K-1","card":"7000001234","points":60}]}"#
        #expect(world.shop.operation.request("IMPORT_CUSTOMERS", rows).ok != nil)
        try world.send(world.customer("K-1", #","opening":{"points":100,"as_of":"2026-11-22T09:00:00Z"}"#))
        #expect(try world.shop.points() == Balance(60))
    }

    @Test("move the turnover that counts for tiers, too")
    func turnover() throws {
        let world = try world()
        try world.send(world.change("points", #"{"customer":"K-1","turnover":3000000,"reason":"bought elsewhere"}"#))
        #expect(try world.shop.identify()?["tier"]?["name"]?.text == "silver")
        try world.send(
            world.change("points", #"{"customer":"K-1","points":5,"turnover":-1,"reason":"one kopeck less"}"#))
        #expect(try world.shop.identify()?["tier"]?["name"]?.text == "base")
        #expect(try world.shop.points() == Balance(5))
        try world.shop.audit()
    }

    @Test("stand in the explanation of the receipt that they are about, and a return takes back what it earned")
    func explained() throws {
        let world = try world()
        try world.shop.sell(1_000_000, number: "5")
        try world.send(points(world, -100, #","receipt":"S1/T01/1/5""#))
        let text = world.shop.operation.request("EXPLAIN", #"{"key":"S1/T01/1/5","language":"en"}"#).ok?["text"]?.text
        #expect(text?.contains("+300 earned") == true)
        #expect(text?.contains("-100 correction") == true)
        try world.shop.giveBack(of: "S1/T01/1/5", paid: 1_000_000)
        #expect(try world.shop.points() == Balance(0, debt: 100))
        try world.shop.audit()
    }

    @Test("are applied when a shop or an import makes their customer known")
    func knownOtherwise() throws {
        for verb in ["ENROL", "IMPORT_CUSTOMERS"] {
            let world = try FeedWorld()
            try world.send(points(world, 25, id: "early"))
            #expect(try world.refused().count == 1)
            if verb == "ENROL" {
                try world.shop.enrol("7000001234", #","external":"K-1""#)
            } else {
                let rows = #"{"rows":[{"external":"K-1","card":"7000001234"}]}"#
                #expect(world.shop.operation.request("IMPORT_CUSTOMERS", rows).ok != nil)
            }
            try world.world.settle()
            #expect(try world.refused().isEmpty, "\(verb)")
            #expect(try world.shop.points() == Balance(25), "\(verb)")
            #expect(try world.events("change.applied").map { $0["change"]?.text } == ["early"])
            try world.shop.audit()
        }
    }

    @Test("of somebody who is not known yet wait for them, and upstream is told of both")
    func waiting() throws {
        let world = try FeedWorld()
        try world.send(
            points(world, 25, id: "early"),
            world.change("rating", #"{"customer":"K-1","value":4,"at":"2026-11-20T10:00:00Z"}"#))
        #expect(
            try world.refused().first == [
                "early", "unknown_customer", "body.customer", "customer names nobody who is known here yet",
                "customer:K-1",
            ])
        #expect(try world.events("change.refused").count == 2)
        // Told once, however often it comes.
        try world.send(points(world, 25, id: "early"))
        #expect(try world.events("change.refused").count == 2)
        try world.send(world.customer("K-1"))
        #expect(try world.refused().isEmpty)
        #expect(try world.shop.points() == Balance(25))
        #expect(try world.events("change.applied").map { $0["change"]?.text }.contains("early"))
        try world.send(points(world, 25, id: "early"))
        #expect(try world.shop.points() == Balance(25))
        try world.shop.audit()
    }
}
