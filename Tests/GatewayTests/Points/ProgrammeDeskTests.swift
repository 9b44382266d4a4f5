import Journal
import Retail
import Testing

@testable import Gateway

@Suite("Programmes are replaced while the store is open")
struct ProgrammeDeskTests {
    /// A programme with one tier.
    private func programme(_ version: Int, rate: Int, more: String = "") -> String {
        #"{"id":"default","version":\#(version),"currency":"RUB","#
            + #""tiers":[{"name":"base","threshold":0,"earn_rate":\#(rate)}]\#(more)}"#
    }

    private func shop() throws -> Shop { try Shop(TestWorld(source: .builtIn)) }

    private func put(_ shop: Shop, _ programmes: String...) -> WireLine {
        shop.operation.request("PROGRAMME_PUT", #"{"programmes":[\#(programmes.joined(separator: ","))]}"#)
    }

    private func version(_ shop: Shop) throws -> Int64? { try shop.quote()?["rules"]?["version"]?.integer }

    @Test("a new one is in force for the next request, and receipts say which one judged them")
    func put() throws {
        let shop = try shop()
        try shop.enrol()
        #expect(shop.operation.request("PROGRAMME_LIST").ok?["source"]?.text == "built_in")
        let before = try shop.sell()
        #expect(before.ok?["rules"]?["version"]?.integer == 1)
        let list = put(
            shop, programme(2, rate: 1_000),
            programme(7, rate: 2_000, more: #","segments":["premium"]"#)
                .replacing(#""default""#, with: #""premium""#)
        ).ok
        #expect(list?["source"]?.text == "sent")
        #expect(list?["programmes"]?.elements?.map { $0["id"]?.text } == ["default", "premium"])
        #expect(list?["programmes"]?[1]?["segments"]?.elements == [.string("premium")])
        #expect(shop.operation.request("PROGRAMME_LIST").ok == list)
        #expect(try shop.quote()?["points"]?["earned"]?.integer == 100)
        #expect(try shop.identify()?["tier"] == .object(["name": .string("base")]))
        let after = try shop.sell()
        #expect(after.points("earned") == 100)
        #expect(after.ok?["rules"]?["version"]?.integer == 2)
        #expect(after.ok?["rules"]?["hash"] == list?["programmes"]?[0]?["hash"])
        #expect(after.ok?["rules"]?["hash"] != before.ok?["rules"]?["hash"])
        try shop.restart()
        #expect(shop.operation.request("PROGRAMME_LIST").ok == list)
        #expect(try shop.sell().points("earned") == 100)
        try shop.audit()
    }

    @Test(
        "one that is wrong is refused whole with its place, and those in force stay",
        arguments: [
            (#"{"id":"default","version":2,"currency":"RUB"}"#, "programmes[1].tiers"),
            (
                #"{"id":"premium","version":2,"currency":"RUB","segments":["a"],"max_redem":1,"#
                    + #""tiers":[{"name":"base","threshold":0,"earn_rate":1}]}"#, "programmes[1].max_redem"
            ),
            (
                #"{"id":"premium","version":2,"currency":"RUB","segments":["a"],"#
                    + #""tiers":[{"name":"base","threshold":0,"earn_rate":1}],"promotions":[{"id":"p","effect":{}}]}"#,
                "programmes[1].promotions[0].effect"
            ),
        ])
    func refused(_ bad: String, _ field: String) throws {
        let shop = try shop()
        try shop.enrol()
        _ = put(shop, programme(2, rate: 1_000))
        let list = shop.operation.request("PROGRAMME_LIST").ok
        let refusal = put(shop, programme(3, rate: 9_000), bad)
        #expect(refusal.code == "bad_field")
        #expect(refusal.error?["field"]?.text == field)
        #expect(refusal.error?["reason"]?.text?.isEmpty == false)
        #expect(shop.operation.request("PROGRAMME_LIST").ok == list)
        #expect(try version(shop) == 2)
        try shop.restart()
        #expect(try version(shop) == 2)
        try shop.audit()
    }

    @Test("two for everybody, one segment twice, and none at all are refused")
    func contradictions() throws {
        let shop = try shop()
        let segment = programme(2, rate: 1, more: #","segments":["a"]"#)
        for programmes in [
            [programme(2, rate: 1), programme(3, rate: 2).replacing("default", with: "other")],
            [programme(2, rate: 1), segment.replacing("default", with: "x"), segment.replacing("default", with: "y")],
            [segment], [],
        ] {
            let refusal = shop.operation.request(
                "PROGRAMME_PUT", #"{"programmes":[\#(programmes.joined(separator: ","))]}"#)
            #expect(["bad_field", "limit"].contains(refusal.code), "\(programmes)")
        }
        #expect(shop.operation.request("PROGRAMME_LIST").ok?["source"]?.text == "built_in")
        try shop.audit()
    }

    @Test("one that cannot be stored is not in force")
    func storeAway() throws {
        let disk = Disk()
        let shop = try Shop(TestWorld(hooks: disk.hooks, source: .builtIn))
        try shop.enrol()
        let body = #"{"programmes":[\#(programme(2, rate: 1_000))]}"#
        let operation = shop.operation
        disk.fail(times: 1)
        #expect(operation.request("PROGRAMME_PUT", body).code == "store_unavailable")
        #expect(try version(shop) == 1)
        #expect(shop.world.available())
        #expect(operation.request("PROGRAMME_PUT", body).ok != nil)
        #expect(try version(shop) == 2)
        try shop.audit()
    }

    @Test("files are read again when told to; a bad one changes nothing, and nothing can be sent beside them")
    func reload() throws {
        let files = ProgrammeTexts(["default.yaml": programme(1, rate: 300)])
        let shop = try Shop(
            TestWorld(programmes: [programme(1, rate: 300)], programmeFiles: files))
        try shop.enrol()
        #expect(put(shop, programme(2, rate: 1_000)).error?["state"]?.text == "files")
        files.write("default.yaml", programme(5, rate: 1_000))
        #expect(try version(shop) == 1)
        let list = shop.operation.request("PROGRAMME_RELOAD").ok
        #expect(list?["source"]?.text == "files")
        #expect(list?["programmes"]?[0]?["version"]?.integer == 5)
        #expect(try version(shop) == 5)
        #expect(try shop.sell().points("earned") == 100)
        files.write("premium.yaml", #"{"id":"premium","version":1,"currency":"RUB","segments":["p"],"promotions":7}"#)
        let refusal = shop.operation.request("PROGRAMME_RELOAD")
        #expect(refusal.code == "bad_field")
        #expect(refusal.error?["field"]?.text?.hasPrefix("premium.yaml: ") == true)
        #expect(try version(shop) == 5)
        try shop.audit()
    }

    @Test("the field of a refusal is the file and the path in it, whatever the file's folder is called")
    func fileNames() throws {
        let files = ProgrammeTexts(["programmes/x.yaml": programme(1, rate: 300)])
        let shop = try Shop(TestWorld(programmes: [programme(1, rate: 300)], programmeFiles: files))
        files.write("programmes/x.yaml", programme(2, rate: 300, more: #","max_redeem":"all""#))
        let refusal = shop.operation.request("PROGRAMME_RELOAD")
        #expect(refusal.error?["field"]?.text == "programmes/x.yaml: max_redeem")
    }

    @Test("the journal knows which programmes are in force, and from where")
    func inForce() throws {
        let files = try Shop(TestWorld(programmes: [programme(3, rate: 300)]))
        func versions(_ source: ProgrammeSource) throws -> [Int]? {
            try ProgrammeBundle(from: source, in: files.world.journal)?.records.map(\.version)
        }
        #expect(try versions(.files) == [3])
        #expect(try versions(.sent) == nil)
        try files.restart()
        #expect(try versions(.files) == [3])
        #expect(try versions(.builtIn) == nil)

        let sent = try shop()
        try sent.enrol()
        #expect(try ProgrammeBundle(from: .builtIn, in: sent.world.journal) != nil)
        _ = put(sent, programme(2, rate: 1_000))
        // Files come before what was sent, which waits for the day on which they are gone.
        try sent.restart()
        #expect(try version(sent) == 2)
        #expect(try ProgrammeBundle(from: .sent, in: sent.world.journal)?.source == .sent)
        #expect(try ProgrammeBundle(from: .builtIn, in: sent.world.journal) == nil)
    }

    @Test("without files there is nothing to read again", arguments: [ProgrammeSource.builtIn])
    func noFiles(_ source: ProgrammeSource) throws {
        let shop = try shop()
        #expect(shop.operation.request("PROGRAMME_RELOAD").error?["state"]?.text == "built_in")
        _ = put(shop, programme(2, rate: 1_000))
        #expect(shop.operation.request("PROGRAMME_RELOAD").error?["state"]?.text == "sent")
        try shop.audit()
    }

    @Test("a receipt is held against its quote as it was given, and judged by the programme in force")
    func quoteBefore() throws {
        let shop = try shop()
        try shop.enrol()
        let basket = Basket([("MUG", "1", 100_000)])
        let quote = try basket.quote(shop, to: "c-1")
        _ = put(shop, programme(2, rate: 1_000))
        let sale = try basket.sell(shop, to: "c-1", as: quote)
        #expect(sale.marks == [])
        #expect(sale.points("earned") == 100)
        try shop.audit()
    }

    @Test("uses and gifts that an earlier programme did not ask about are known to the next one")
    func known() throws {
        let shop = try shop()
        try shop.enrol("7000001234", #","birthday":"1990-11-22""#)
        let gift = #","birthday":{"before":9,"after":9,"gift_points":40}"#
        let some = #","promotions":[{"id":"some","effect":{"extra_points":5}}]"#
        let one = #","promotions":[{"id":"some","when":{"limit_per_customer":1},"effect":{"extra_points":5}}]"#
        let two = #","promotions":[{"id":"some","when":{"limit_total":2},"effect":{"extra_points":5}}]"#
        _ = put(shop, programme(2, rate: 100, more: gift + some))
        #expect(try shop.points() == Balance(40))
        #expect(try shop.sell().points("earned") == 15)
        _ = put(shop, programme(3, rate: 100))
        #expect(try shop.sell().points("earned") == 10)
        try shop.giveBack("0.5", of: "S1/T01/1/1001")
        _ = put(shop, programme(4, rate: 100, more: gift + one))
        #expect(try shop.quote()?["points"]?["earned"]?.integer == 10)
        #expect(try shop.sell().points("earned") == 10)
        #expect(try shop.points().available == 40 + 15 + 10 - 7 + 10 as Int64)
        _ = put(shop, programme(5, rate: 100, more: gift + two))
        #expect(try shop.sell().points("earned") == 15)
        #expect(try shop.sell().points("earned") == 10)
        try shop.restart()
        #expect(try shop.quote()?["points"]?["earned"]?.integer == 10)
        try shop.audit()
    }

    // MARK: EXPLAIN

    private func explain(_ shop: Shop, _ key: String, _ language: String = "en") -> WireLine {
        shop.operation.request("EXPLAIN", #"{"key":"\#(key)","language":"\#(language)"}"#)
    }

    @Test("a receipt is explained by the rules and the customer of its day, also a month and two programmes later")
    func explanation() throws {
        let shop = try shop()
        try shop.enrol("7000001234", #","birthday":"1990-11-22","external":"K-1""#)
        _ = put(
            shop,
            programme(
                2, rate: 500,
                more: #","max_redeem":5000,"tier_window_days":40,"every_nth":{"n":2,"points":5},"#
                    + #""birthday":{"before":1,"after":1,"multiplier":20000,"gift_points":40},"#
                    + #""promotions":[{"id":"five","when":{"limit_per_customer":1,"limit_total":9},"#
                    + #""effect":{"extra_points":5}},{"id":"off","when":{"coupon":"TEN"},"effect":{"percent_off":1000}}]"#
            ))
        let basket = Basket(
            [.init(sku: "A", quantity: "3", price: 33_333), .init(sku: "B", quantity: "0.777", price: 9_999)],
            coupons: #","coupons":["TEN"]"#)
        for number in ["1", "2"] {
            let quote = try basket.quote(shop, to: "c-1", spending: 20)
            let sale = try basket.sell(shop, to: "c-1", as: quote, number: number)
            #expect(sale.marks == [])
            #expect(sale.points("earned") == quote["points"]?["earned"]?.integer)
        }
        try shop.sell(to: nil, number: "3")
        try shop.giveBack(of: "S1/T01/1/3")
        let first = explain(shop, "S1/T01/1/1").ok
        #expect(first?["agrees"]?.bool == true)
        #expect(first?["rules"]?["version"]?.integer == 2)
        #expect(first?["customer_id"]?.text == "c-1")
        #expect(first?["text"]?.text?.isEmpty == false)
        let second = explain(shop, "S1/T01/1/2").ok
        #expect(second?["agrees"]?.bool == true)
        #expect(second?["text"] != first?["text"])
        _ = put(shop, programme(3, rate: 100))
        shop.pass(days: 31)
        try shop.sell()
        try shop.giveBack("0.5", of: "S1/T01/1/1")
        try shop.restart()
        #expect(explain(shop, "S1/T01/1/1").ok == first)
        #expect(explain(shop, "S1/T01/1/2").ok == second)
        #expect(explain(shop, "S1/T01/1/1", "ru").ok?["text"] != first?["text"])
        #expect(explain(shop, "S1/T01/1/3").ok?["customer_id"] == .null)
        #expect(explain(shop, "S1/T01/1/1001").ok?["rules"] == .null)
        #expect(explain(shop, "S1/T01/1/404").code == "not_found")
        try shop.audit()
    }
}
