import Journal
import Retail
import Testing

@testable import Gateway

@Suite("Products, prices, stock and programmes that upstream sends down")
struct FeedCatalogueTests {
    private func product(_ world: FeedWorld, _ sku: String, _ more: String = "", at: Int64 = 0) -> String {
        world.change("product", #"{"sku":"\#(sku)","name":"Thing \#(sku)"\#(more)}"#, at: at)
    }

    private func price(_ world: FeedWorld, of sku: String = "MUG") throws -> Int64? {
        try world.shop.till().request("PRODUCT", #"{"sku":"\#(sku)"}"#).ok?["price"]?.integer
    }

    @Test("a catalogue import from upstream: the price at the till changes between two quotes")
    func catalogue() throws {
        let promotion =
            #", "promotions": [{"id": "mugs", "products": {"categories": ["mugs"]}, "effect": {"percent_off": 1000}}]"#
        let world = try FeedWorld(programmes: [TestProgramme.text(with: promotion)])
        func quoted() throws -> Int64? {
            let card = try #require(try world.shop.till().request("PRODUCT", #"{"barcode":"4601234567893"}"#).ok)
            let price = try #require(card["price"]?.integer)
            return try world.shop.till().request(
                "QUOTE", #"{"lines":[{"sku":"MUG","quantity":1,"price":\#(price)}]}"#
            ).ok?["total"]?.integer
        }
        try world.send(product(world, "MUG", #","price":10000,"barcodes":["4601234567893"],"category":"mugs""#))
        #expect(try quoted() == 9_000)
        try world.send(world.change("price", #"{"sku":"MUG","price":20000}"#, at: 1))
        #expect(try quoted() == 18_000)
        try world.send(
            product(world, "MUG", #","price":30000,"barcodes":["4601234567893"],"category":"cups""#, at: 2))
        #expect(try quoted() == 30_000)
        try world.shop.restart()
        #expect(world.world.hasLoaded())
        #expect(try quoted() == 30_000)
    }

    @Test("a price counts from its moment; what is older does not bring an older price back")
    func prices() throws {
        let world = try FeedWorld()
        try world.send(product(world, "MUG", #","price":100,"min_price":50"#, at: 0))
        let from = world.world.clock.now().adding(milliseconds: 3_600_000).rfc3339
        try world.send(
            world.change("price", #"{"sku":"MUG","price":200,"from":"\#(from)"}"#, at: 1),
            world.change("price", #"{"sku":"MUG","price":40}"#, at: 1, id: "cheap"))
        #expect(try price(world) == 100)
        #expect(try world.refused() == [["cheap", "bad_field", "body.price", "is below the lowest price, 50"]])
        try world.shop.restart()
        world.shop.pass(minutes: 61)
        world.world.gateway.passPriceTime()
        #expect(try price(world) == 200)
        // Said before the new price began to count.
        try world.send(product(world, "MUG", #","price":100,"brand":"Clay""#, at: 2))
        #expect(try price(world) == 200)
        try world.send(world.change("price", #"{"sku":"MUG","price":90}"#, at: 3))
        #expect(try price(world) == 200)
        try world.send(world.change("price", #"{"sku":"MUG","price":70}"#, at: 64))
        #expect(try price(world) == 70)
    }

    @Test("a product that is withdrawn is found by nobody, its bar code is free, and it can come back")
    func withdrawn() throws {
        let world = try FeedWorld()
        let till = try world.shop.till()
        try world.send(
            product(world, "MUG", #","price":100,"barcodes":["HOUSE-1"],"priority":true"#),
            world.change("stock", #"{"store":"S1","sku":"MUG","quantity":3,"as_of":"2026-11-22T09:00:00Z"}"#))
        #expect(till.request("STOCK", #"{"sku":"MUG"}"#).ok?["stores"]?[0]?["available"]?.integer == 3)
        try world.send(world.change("product.withdrawn", #"{"sku":"MUG"}"#, at: 1))
        func check() throws {
            for request in [#"{"sku":"MUG"}"#, #"{"barcode":"HOUSE-1"}"#] {
                #expect(try world.shop.till().request("PRODUCT", request).code == "not_found")
            }
        }
        try check()
        try world.shop.restart()
        #expect(world.world.hasLoaded())
        try check()
        try world.send(product(world, "MUG", #","price":1"#, at: 0))
        try check()
        try world.send(
            product(world, "CUP", #","barcodes":["HOUSE-1"]"#, at: 2), product(world, "MUG", #","price":5"#, at: 2))
        #expect(try world.shop.till().request("PRODUCT", #"{"barcode":"HOUSE-1"}"#).ok?["sku"]?.text == "CUP")
        #expect(try price(world) == 5)
        try world.shop.audit()
    }

    @Test("one that is withdrawn before it was heard of does not come with an older change")
    func withdrawnFirst() throws {
        let world = try FeedWorld()
        try world.send(world.change("product.withdrawn", #"{"sku":"MUG"}"#, at: 5), product(world, "MUG", at: 4))
        #expect(try price(world) == nil)
        #expect(try world.shop.till().request("PRODUCT", #"{"sku":"MUG"}"#).code == "not_found")
        try world.send(product(world, "MUG", #","price":9"#, at: 6))
        #expect(try price(world) == 9)
    }

    @Test("stock and prices of a product that is not known yet wait for it")
    func waiting() throws {
        let world = try FeedWorld()
        try world.send(
            world.change("stock", #"{"store":"S1","sku":"MUG","quantity":3,"as_of":"2026-11-22T09:00:00Z"}"#, id: "s"),
            world.change("price", #"{"sku":"MUG","price":700}"#, at: 1, id: "p"))
        #expect(try world.refused().map { $0.last } == ["product:MUG", "product:MUG"])
        try world.send(product(world, "MUG", #","price":100"#))
        #expect(try world.refused().isEmpty)
        #expect(try price(world) == 700)
        #expect(try world.shop.till().request("STOCK", #"{"sku":"MUG"}"#).ok?["stores"]?[0]?["available"]?.integer == 3)
    }

    // MARK: Snapshots

    @Test("what a complete snapshot does not name is withdrawn; without that word nothing is, and customers never are")
    func sweep() throws {
        let world = try FeedWorld()
        world.upstream.limitPages(to: 2)
        let products = ["A", "B", "C", "D", "E"].map { product(world, $0, #","price":1"#) }
        world.upstream.setSnapshot(products + [world.customer("K-1")], complete: ["product"])
        try world.feed()
        #expect(try price(world, of: "E") == 1)
        for (complete, left) in [([], true), (["product", "customer", "nonsense"], false)] {
            world.upstream.setSnapshot([products[0], products[2]], complete: complete)
            world.upstream.add(world.customer("K-1"))
            world.upstream.forget()
            // The first question is answered 410.
            try world.feed()
            try world.feed()
            #expect(try price(world, of: "A") == 1)
            #expect((try price(world, of: "B") == 1) == left, "\(complete)")
            #expect((try price(world, of: "E") == 1) == left)
        }
        #expect(try world.id(#""external":"K-1""#) == "c-1")
        // A snapshot without a single product is a mistake.
        world.upstream.setSnapshot([], complete: ["product"])
        world.upstream.add(world.customer("K-1"))
        world.upstream.forget()
        try world.feed()
        try world.feed()
        #expect(try price(world, of: "C") == 1)
        #expect(try world.state.position == .following(cursor: "3"))
    }

    @Test("a product whose row is refused stays; when nobody can say which one a row means, all of them stay")
    func refusedRow() throws {
        let bad = #"{"sku":"B","name":"","price":1}"#
        let world = try FeedWorld()
        let products = ["A", "B", "C"].map { product(world, $0, #","price":1"#) }
        world.upstream.setSnapshot(products, complete: ["product"])
        try world.feed()
        for (body, stays) in [(#"{"name":"no SKU"}"#, true), (bad, false)] {
            world.upstream.setSnapshot([products[0], world.change("product", body)], complete: ["product"])
            world.upstream.add(world.customer("K-1"))
            world.upstream.forget()
            try world.feed()
            try world.feed()
            #expect(try price(world, of: "A") == 1)
            #expect(try price(world, of: "B") == 1)
            #expect((try price(world, of: "C") == 1) == stays)
        }
        #expect(try world.refused().map { $0[2] } == ["body.sku", "body.name"])
        #expect(try world.state.position == .following(cursor: "2"))
    }

    @Test("a long sweep goes on where it was, and leaves nothing behind")
    func longSweep() throws {
        let world = try FeedWorld()
        let products = (100..<800).map { product(world, "P\($0)", #","price":1"#) }
        world.upstream.setSnapshot(products, complete: ["product"])
        try world.feed()
        #expect(try world.world.journal.read { try $0.productCount() } == 700)
        world.upstream.setSnapshot([products[350]], complete: ["product"])
        world.upstream.add(world.customer("K-1"))
        world.upstream.forget()
        try world.feed()
        try world.feed()
        #expect(try world.world.journal.read { try $0.productCount() } == 1)
        #expect(try price(world, of: "P450") == 1)
    }

    @Test("an import is a word like upstream's: what upstream said before does not replace it")
    func importIsNewer() throws {
        let world = try FeedWorld()
        try world.send(product(world, "MUG", #","price":100"#), product(world, "CUP", #","price":100"#))
        let rows = #"{"rows":[{"sku":"MUG","name":"Mug","price":300},{"sku":"CUP","name":"Thing CUP","price":100}]}"#
        #expect(world.shop.operation.request("IMPORT_CATALOGUE", rows).ok != nil)
        try world.send(
            product(world, "MUG", #","price":200"#, at: 1), world.change("price", #"{"sku":"MUG","price":201}"#, at: 1),
            world.change("price", #"{"sku":"CUP","price":90}"#, at: 1),
            world.change("product.withdrawn", #"{"sku":"CUP"}"#, at: 1))
        #expect(try price(world) == 300)
        #expect(try price(world, of: "CUP") == 100)
        try world.send(product(world, "MUG", #","price":400"#, at: 60))
        #expect(try price(world) == 400)
    }

    @Test("what waited for a product is applied when an import brings it")
    func importIsAwaited() throws {
        let world = try FeedWorld()
        try world.send(
            world.change("stock", #"{"store":"S1","sku":"MUG","quantity":3,"as_of":"2026-11-22T09:00:00Z"}"#))
        #expect(try world.refused().count == 1)
        #expect(
            world.shop.operation.request("IMPORT_CATALOGUE", #"{"rows":[{"sku":"MUG","name":"Mug"}]}"#).ok != nil)
        try world.world.settle()
        #expect(try world.refused().isEmpty)
        #expect(try world.shop.till().request("STOCK", #"{"sku":"MUG"}"#).ok?["stores"]?[0]?["available"]?.integer == 3)
        #expect(try world.events("change.applied").count == 1)
    }

    // MARK: Programmes

    @Test("programmes that an operator has sent are newer than what upstream said before")
    func putIsNewer() throws {
        let world = try FeedWorld()
        try world.send(world.customer("K-1"))
        #expect(
            world.shop.operation.request("PROGRAMME_PUT", #"{"programmes":[\#(Self.programme(7))]}"#).ok != nil)
        try world.send(
            world.change("programmes", #"{"programmes":[\#(Self.programme(5))]}"#, at: 1),
            world.change(
                "promotion", #"{"programme":"default","promotion":{"id":"a","effect":{"percent_off":5000}}}"#, at: 1))
        #expect(try world.shop.sell(100_000).points("earned") == 70)
        try world.send(world.change("programmes", #"{"programmes":[\#(Self.programme(5))]}"#, at: 60))
        #expect(try world.shop.sell(100_000).points("earned") == 50)
    }

    private static func programme(_ version: Int, _ more: String = "") -> String {
        #"{"id":"default","version":\#(version),"currency":"RUB","point_value":100,"max_redeem":3000,"#
            + #""tiers":[{"name":"base","threshold":0,"earn_rate":\#(version * 100)}]\#(more)}"#
    }

    @Test("programmes are in force with the next request, whole or not at all, and outlive a restart")
    func programmes() throws {
        let world = try FeedWorld()
        try world.send(
            world.customer("K-1"), world.change("programmes", #"{"programmes":[\#(Self.programme(7))]}"#, at: 1))
        #expect(try world.shop.sell(100_000).points("earned") == 70)
        try world.send(
            world.change(
                "programmes", #"{"programmes":[\#(Self.programme(8)),\#(Self.programme(9))]}"#, at: 2, id: "two"),
            world.change("programmes", #"{"programmes":[\#(Self.programme(5))]}"#, at: 0))
        #expect(try world.refused().map { $0[0] } == ["two"])
        #expect(try world.shop.sell(100_000).points("earned") == 70)
        try world.shop.restart()
        #expect(try world.shop.sell(100_000).points("earned") == 70)
        #expect(world.shop.operation.request("PROGRAMME_LIST").ok?["source"]?.text == "sent")
    }

    @Test("a promotion is added, replaced and withdrawn by itself; a bad one stops no other")
    func promotions() throws {
        let world = try FeedWorld()
        let put = { (id: String, percent: Int, minutes: Int64) in
            world.change(
                "promotion",
                #"{"programme":"default","promotion":{"id":"\#(id)","effect":{"percent_off":\#(percent)}}}"#,
                at: minutes, id: "\(id)-\(minutes)")
        }
        try world.send(world.change("programmes", #"{"programmes":[\#(Self.programme(1))]}"#), world.customer("K-1"))
        func total() throws -> Int64? { try world.shop.quote()?["total"]?.integer }
        try world.send(put("a", 1_000, 1), put("bad", 20_000, 1), put("b", 1_000, 1))
        #expect(try total() == 81_000)
        #expect(try world.refused().map { $0[0] } == ["bad-1"])
        try world.send(put("a", 2_000, 3), put("a", 5_000, 2))
        #expect(try total() == 72_000)
        try world.send(
            world.change("promotion.withdrawn", #"{"programme":"default","id":"b"}"#, at: 4), put("b", 9_000, 3),
            world.change("promotion.withdrawn", #"{"programme":"gold","id":"b"}"#, at: 4, id: "gold"))
        #expect(try total() == 80_000)
        #expect(try world.refused().map { $0[0] } == ["bad-1", "gold"])
        try world.shop.restart()
        #expect(try total() == 80_000)
        // The whole set is newer than all of it.
        try world.send(
            world.change("programmes", #"{"programmes":[\#(Self.programme(2))]}"#, at: 10), put("a", 2_000, 9))
        #expect(try total() == 100_000)
    }

    @Test("a personal offer is a promotion for some customers, told to them alone")
    func offers() throws {
        let world = try FeedWorld()
        try world.send(
            world.change("programmes", #"{"programmes":[\#(Self.programme(1))]}"#), world.customer("K-1"),
            world.customer("K-2"))
        try world.send(
            world.change(
                "promotion",
                #"{"programme":"default","promotion":{"id":"yours","when":{"customers":["K-1"]},"#
                    + #""effect":{"extra_points":9}}}"#, at: 1))
        #expect(try world.refused().isEmpty)
        #expect(try world.identify(#""external":"K-1""#)?["offers"]?[0]?["id"]?.text == "yours")
        #expect(try world.identify(#""external":"K-2""#)?["offers"] == .array([]))
    }

    @Test("a gateway with programme files keeps to them")
    func files() throws {
        let world = try FeedWorld(
            source: .files, programmeFiles: ProgrammeTexts(["default.yaml": TestProgramme.text]))
        try world.send(
            world.customer("K-1"), world.change("programmes", #"{"programmes":[\#(Self.programme(7))]}"#, id: "p"))
        #expect(try world.refused().map { [$0[0], $0[1]] } == [["p", "bad_state"]])
        #expect(try world.shop.sell(100_000).points("earned") == 30)
    }
}
