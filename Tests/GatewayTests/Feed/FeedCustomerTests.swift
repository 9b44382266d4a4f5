import Journal
import Retail
import Testing

@testable import Gateway

@Suite("Customers that upstream sends down")
struct FeedCustomerTests {
    @Test("are found by each identifier, with the balance that they come with, at once and after a restart")
    func arrive() throws {
        let world = try FeedWorld()
        world.upstream.setSnapshot([
            world.customer(
                "K-1",
                #","name":"Anna","segment":"premium","consents":["sms"],"identifiers":["#
                    + #"{"kind":"card","value":"7000 0012"},{"kind":"phone","value":"8 916 123-45-67"}],"#
                    + #""opening":{"points":500,"turnover":3500000,"as_of":"2026-11-01T00:00:00Z"}"#)
        ])
        try world.feed()
        func check() throws {
            let known = try world.identify(#""phone":"+79161234567""#)
            #expect(known?["name"]?.text == "Anna")
            #expect(known?["external"]?.text == "K-1")
            #expect(known?["segment"]?.text == "premium")
            #expect(known?["points"]?["available"]?.integer == 500)
            #expect(known?["tier"]?["name"]?.text == "silver")
            #expect(try world.identify(#""card":"70000012""#) == known)
            #expect(try world.identify(#""external":"K-1""#) == known)
        }
        try check()
        try world.shop.restart()
        try check()
        #expect(try world.events("customer.enrolled").isEmpty)
        try world.shop.audit()
    }

    @Test("change partly or whole; what is older than what is known only fills in what is missing")
    func change() throws {
        let world = try FeedWorld()
        try world.send(
            world.customer("K-1", #","name":"Anna","segment":"a","birthday":"1990-05-05","consents":["sms"]"#, at: 5))
        try world.send(world.customer("K-1", #","segment":"b","consents":[]"#, at: 6))
        var known = try world.identify(#""external":"K-1""#)
        #expect(known?["name"]?.text == "Anna")
        #expect(known?["segment"]?.text == "b")
        #expect(known?["consents"] == .array([]))
        // Older: a name is there, a phone is not.
        try world.send(
            world.customer(
                "K-1", #","name":"Hanna","segment":"c","identifiers":[{"kind":"phone","value":"+79160000001"}]"#, at: 4)
        )
        known = try world.identify(#""phone":"+79160000001""#)
        #expect(known?["name"]?.text == "Anna")
        #expect(known?["segment"]?.text == "b")
        try world.send(world.customer("K-1", #","full":true,"name":"Anna B.","segment":null"#, at: 7))
        known = try world.identify(#""external":"K-1""#)
        #expect(known?["name"]?.text == "Anna B.")
        #expect(known?["segment"] == .null)
        #expect(known?["birthday"]?.bool == false)
        #expect(try world.world.journal.read { try $0.person(CustomerID(number: 1))?.birthday } == nil)
        #expect(try world.identify(#""phone":"+79160000001""#) == known)
    }

    @Test("are the ones who were enrolled in the shop when an identifier says so; what the shop was told last stays")
    func enrolledHere() throws {
        let world = try FeedWorld()
        let here = try world.shop.enrol("7000001234", #","phone":"+79161234567","name":"Anna","consents":["sms"]"#)
        let record =
            #","name":"Mrs. A","birthday":"1990-05-05","identifiers":[{"kind":"phone","value":"+79161234567"}],"#
            + #""opening":{"points":70,"as_of":"2026-11-01T00:00:00Z"}"#
        try world.send(world.customer("K-1", record, at: -60))
        let known = try world.identify(#""external":"K-1""#)
        #expect(known?["customer_id"]?.text == here)
        #expect(known?["name"]?.text == "Anna")
        #expect(known?["consents"] == .array([.string("sms")]))
        #expect(known?["points"]?["available"]?.integer == 70)
        // The balance comes once, also when the record comes again.
        try world.send(world.customer("K-1", record, at: 60))
        #expect(try world.identify(#""external":"K-1""#)?["points"]?["available"]?.integer == 70)
        #expect(try world.identify(#""external":"K-1""#)?["name"]?.text == "Mrs. A")
        try world.shop.audit()
    }

    @Test("get their opening balance once, also when an operator makes one customer of them and one of the shop's own")
    func openingOutlivesMerge() throws {
        let world = try FeedWorld()
        let record = #","opening":{"points":70,"as_of":"2026-11-01T00:00:00Z"}"#
        try world.send(world.customer("K-1", record))
        let known = try #require(try world.id(#""external":"K-1""#))
        let here = try world.shop.enrol("7000001234")
        let merge = #"{"customer_id":"\#(known)","into":"\#(here)"}"#
        #expect(world.shop.operation.request("CUSTOMER_MERGE", merge).code == nil)
        try world.send(world.change("points", #"{"customer":"K-1","points":-30,"reason":"spent elsewhere"}"#, at: 5))
        // What the opening has in it already does not count again, either.
        let old = #"{"customer":"K-1","points":-9,"reason":"long ago"}"#
        try world.send(world.change("points", old, at: -60 * 24 * 25))
        try world.send(world.customer("K-1", record, at: 9))
        let after = try world.identify(#""external":"K-1""#)
        #expect(after?["customer_id"]?.text == here)
        #expect(after?["points"]?["available"]?.integer == 40)
        try world.shop.audit()
    }

    @Test("take in who was enrolled here with an identifier of theirs, points and all")
    func enrolledTwice() throws {
        let world = try FeedWorld()
        try world.send(world.customer("K-1", #","name":"Anna""#))
        let here = try world.shop.enrol("7000001234", #","phone":"+79161234567""#)
        try world.shop.sell(1_000_000, to: here)
        try world.send(world.customer("K-1", #","identifiers":[{"kind":"phone","value":"+79161234567"}]"#, at: -9))
        let known = try world.identify(#""external":"K-1""#)
        #expect(known?["points"]?["available"]?.integer == 300)
        for identifier in [#""phone":"+79161234567""#, #""card":"7000001234""#, #""customer_id":"\#(here)""#] {
            #expect(try world.identify(identifier) == known, "\(identifier)")
        }
        try world.shop.restart()
        #expect(try world.id(#""customer_id":"\#(here)""#) == known?["customer_id"]?.text)
        try world.shop.audit()
    }

    @Test("an identifier that upstream gives to somebody else moves, unless its owner's record is newer")
    func moved() throws {
        let world = try FeedWorld()
        let phone = #","identifiers":[{"kind":"phone","value":"+79161234567"}]"#
        try world.send(world.customer("K-1", phone, at: 1), world.customer("K-2", at: 1))
        try world.send(world.customer("K-2", phone, at: 2))
        #expect(try world.identify(#""phone":"+79161234567""#)?["external"]?.text == "K-2")
        #expect(try world.identify(#""external":"K-1""#)?["phone"] == .null)
        try world.send(world.customer("K-1", phone, at: 1), world.customer("K-3", phone, at: 1))
        #expect(try world.identify(#""phone":"+79161234567""#)?["external"]?.text == "K-2")
        try world.shop.restart()
        #expect(try world.identify(#""phone":"+79161234567""#)?["external"]?.text == "K-2")
    }

    @Test("are merged, whichever of the changes comes first, and both ids go on working")
    func merged() throws {
        for isFirst in [true, false] {
            let world = try FeedWorld()
            let people = [
                world.customer("K-1", #","name":"Hanna","identifiers":[{"kind":"card","value":"70000001"}]"#, at: 1),
                world.customer("K-2", #","name":"Anna","identifiers":[{"kind":"card","value":"70000002"}]"#, at: 1),
            ]
            let merge = world.change("customer.merged", #"{"from":"K-1","into":"K-2"}"#, at: 2)
            world.upstream.add(all: isFirst ? [merge] + people : people + [merge])
            try world.feed()
            let known = try world.identify(#""external":"K-2""#)
            #expect(known?["name"]?.text == "Anna", "\(isFirst)")
            for identifier in [#""external":"K-1""#, #""card":"70000001""#, #""card":"70000002""#] {
                #expect(try world.identify(identifier) == known, "\(isFirst) \(identifier)")
            }
            world.upstream.add(merge)
            try world.feed()
            #expect(try world.identify(#""external":"K-1""#) == known)
            try world.shop.restart()
            #expect(try world.identify(#""external":"K-1""#) == known)
            try world.shop.audit()
        }
    }

    @Test("their rating comes to the card, the newest of it")
    func rating() throws {
        let world = try FeedWorld()
        let app = try world.shop.app()
        func rating() -> JSONTree? { app.request("CUSTOMER", #"{"customer_id":"c-1"}"#).ok?["rating"] }
        try world.send(world.customer("K-1"))
        #expect(rating() == .null)
        try world.send(
            world.change("rating", #"{"customer":"K-1","value":5,"at":"2026-11-20T10:00:00Z","text":"Kind"}"#),
            world.change("rating", #"{"customer":"K-1","value":1,"at":"2026-11-19T10:00:00Z"}"#))
        #expect(rating()?["value"]?.integer == 5)
        #expect(rating()?["text"]?.text == "Kind")
        try world.send(world.change("rating", #"{"customer":"K-1","value":6,"at":"2026-11-21T10:00:00Z"}"#, id: "six"))
        #expect(try world.refused() == [["six", "bad_field", "body.value", "must be a whole number from 1 to 5"]])
    }
}
