import Journal
import LineProtocol
import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("Receipts of a period")
struct ReceiptListTests {
    private let stores = StoreDirectory(
        named: ["S2": StoreSettings(currency: "JPY", timeZone: "Asia/Tokyo")],
        others: StoreSettings(currency: "RUB", timeZone: "Europe/Moscow"))

    private func keys(_ world: TestWorld, _ request: String) throws -> [String] {
        let operation = world.localOperator()
        var keys: [String] = []
        var after = ""
        for _ in 0..<1_000 {
            let answer = operation.request("RECEIPT_LIST", "{\(request)\(after)}")
            let page = try #require(answer.ok?["receipts"]?.elements, "\(answer)")
            keys += page.compactMap { $0["key"]?.text }
            guard let next = answer.ok?["next"]?.text else { return keys }
            after = #","after":"\#(next)""#
        }
        Issue.record("no end")
        return keys
    }

    @Test("a day is the store's own, and a receipt made offline belongs to the day on which it was made")
    func days() throws {
        let world = try TestWorld(stores: stores)
        let moscow = try world.till()
        let tokyo = try world.greeted(.register, "S2", "T01")
        // 20:59:59 UTC is the last second of the day in Moscow, and the next morning in Tokyo.
        world.clock.advance(milliseconds: 12 * 3_600_000)
        let times = ["2026-11-21T20:59:59Z", "2026-11-21T21:00:00Z", "2026-11-22T20:59:59Z"]
        for (number, at) in zip(["1", "2", "3"], times) {
            #expect(moscow.request("SALE", ReceiptText(number: number, at: at).json).ok != nil)
            #expect(tokyo.request("SALE", ReceiptText(number: number, at: at).json).ok != nil)
        }
        let day = #""from":"2026-11-22","until":"2026-11-22""#
        #expect(try keys(world, day) == ["S2/T01/1/1", "S1/T01/1/2", "S2/T01/1/2", "S1/T01/1/3"])
        #expect(try keys(world, day + #","store":"S2""#) == ["S2/T01/1/1", "S2/T01/1/2"])
        // Received at 21:30 UTC: the 23rd in both.
        #expect(try keys(world, day + #","by":"received""#) == [])
        #expect(try keys(world, #""from":"2026-11-23","until":"2026-11-23","by":"received""#).count == 6)
        #expect(try keys(world, #""from":"2026-11-21","until":"2026-11-30""#).count == 6)
        #expect(try keys(world, #""from":"2027-01-01","until":"2027-12-31""#) == [])
    }

    @Test("a till whose clock is ahead has sold nothing in the future")
    func future() throws {
        let world = try TestWorld()
        #expect(try world.till().request("SALE", ReceiptText(at: "2031-01-01T00:00:00Z").json).marks == ["clock"])
        #expect(try keys(world, #""from":"2026-11-22","until":"2026-11-22""#).count == 1)
        #expect(try keys(world, #""from":"2031-01-01","until":"2031-01-01""#) == [])
    }

    @Test("pages follow each other without a gap, however many receipts of other days lie between")
    func pages() throws {
        let world = try TestWorld()
        let now = world.clock.now()
        try world.journal.perform { transaction in
            for number in 1...12_000 {
                let at = number % 4_000 == 0 ? "2026-11-22T09:00:00Z" : "2026-10-01T09:00:00Z"
                try transaction.insert(
                    .init(
                        sequence: Int64(number),
                        key: ReceiptKey(store: "S1", till: "T01", shift: 1, number: "\(number)"), kind: .sale,
                        customer: nil, total: .zero, receivedAt: now, body: Array(#"{"at":"\#(at)"}"#.utf8)),
                    answer: Array("{}".utf8), effects: nil)
            }
        }
        let found = try keys(world, #""from":"2026-11-22","until":"2026-11-22""#)
        #expect(found == ["S1/T01/1/4000", "S1/T01/1/8000", "S1/T01/1/12000"])
        let october = #""from":"2026-10-01","until":"2026-10-31""#
        #expect(try keys(world, october + #","limit":199"#).count == 11_997)
        #expect(try Set(keys(world, october)).count == 11_997)
        // They were received in November: nothing of October has to be looked at.
        #expect(try keys(world, october + #","by":"received""#) == [])
    }

    @Test("by the time of receiving, receipts that came while the gateway's clock was wrong end nothing")
    func wrongClock() throws {
        let world = try TestWorld()
        let now = world.clock.now()
        try world.journal.perform { transaction in
            for number in 1...10_000 {
                // The 3rd and the 6,000th came while the clock was a year ahead; other stores' lie between.
                let isAhead = number == 3 || number == 6_000
                let store = number % 1_000 == 0 || number < 10 ? "S1" : "S2"
                try transaction.insert(
                    .init(
                        sequence: Int64(number),
                        key: ReceiptKey(store: store, till: "T01", shift: 1, number: "\(number)"), kind: .sale,
                        customer: nil, total: .zero,
                        receivedAt: isAhead ? now.adding(milliseconds: 365 * 86_400_000) : now,
                        body: Array(#"{"at":"2026-11-22T09:00:00Z"}"#.utf8)),
                    answer: Array("{}".utf8), effects: nil)
            }
        }
        let day = #""from":"2026-11-22","until":"2026-11-22","by":"received""#
        #expect(try keys(world, day).count == 9_998)
        #expect(try keys(world, day + #","store":"S1""#).count == 17)
    }

    @Test("a receipt's clock is the store's at the time at which the till made it, whenever it was received")
    func summerTime() throws {
        let stores = StoreDirectory(others: StoreSettings(currency: "EUR", timeZone: "Europe/Berlin"))
        let world = try TestWorld(stores: stores)
        let sale = ReceiptText(at: "2026-10-24T21:30:00Z").json
        #expect(try world.till().request("SALE", sale).ok != nil)
        for (day, basis) in [("2026-10-24", "business"), ("2026-11-22", "received")] {
            let request = #"{"from":"\#(day)","until":"\#(day)","by":"\#(basis)"}"#
            let answer = world.localOperator().request("RECEIPT_LIST", request)
            #expect(answer.ok?["receipts"]?.elements?.map { $0["utc_offset"]?.integer } == [7_200], "\(basis)")
        }
    }

    @Test("who asks is told until when receipts may have been removed")
    func removed() throws {
        let world = try TestWorld(adapter: ScriptedUpstream(), retention: RetentionSettings(days: 40))
        let till = try world.till()
        func removedUntil() -> JSONTree? {
            world.localOperator().request("RECEIPT_LIST", #"{"from":"2026-11-22","until":"2027-11-22"}"#)
                .ok?["removed_until"]
        }
        for number in 1...3 { #expect(till.request("SALE", ReceiptText(number: "\(number)").json).ok != nil) }
        #expect(world.isConfirmed())
        #expect(removedUntil() == .null)
        let received = world.clock.now()
        try world.pass(days: 41)
        #expect(try world.removeOldReceipts() == 2)
        #expect(removedUntil()?.text == received.rfc3339)
    }

    @Test("long receipts make short pages, and everything that was said is in them")
    func longReceipts() throws {
        let world = try TestWorld()
        let till = try world.till()
        let blob = String(repeating: "x", count: 500_000)
        let fiscal = #","fiscal":{"sign":18446744073709551615,"x":"\#(blob)"}"#
        for receipt in (1...4).map({ ReceiptText(number: "\($0)", more: fiscal) }) {
            #expect(till.request("SALE", receipt.json).ok != nil)
        }
        let operation = world.localOperator()
        _ = operation.request("RECEIPT_LIST", #"{"from":"2026-11-22","until":"2026-11-22"}"#)
        // The page is longer than any line from a till.
        let reader = JSONReader(limits: JSONLimits(depth: 64, membersPerObject: 256, textBytes: 16 << 20))
        let line = try #require(operation.received.last)
        #expect(line.count < ProtocolLimits.outputBufferBytes)
        let reply = try line.drop { $0 != UInt8(ascii: "{") }.withUnsafeBytes { try JSONTree(reader.read($0)) }
        let page = try #require(reply["receipts"]?.elements)
        #expect(page.count == 3 && reply["next"]?.text == "3")
        #expect(page[0]["receipt"]?["fiscal"]?["sign"] == .number("18446744073709551615"))
        #expect(page[0]["gateway"]?["state"]?.text == "stored")
        #expect(page[0]["currency"]?.text == "RUB" && page[0]["utc_offset"]?.integer == 10_800)
        let rest = operation.request("RECEIPT_LIST", #"{"from":"2026-11-22","until":"2026-11-22","after":"3"}"#)
        #expect(rest.ok?["receipts"]?.elements?.map { $0["key"]?.text } == ["S1/T01/1/4"] && rest.ok?["next"] == .null)
    }

    @Test("a customer is named as upstream is told, after a merge too")
    func customers() throws {
        let shop = try Shop()
        try shop.enrol("7000001234", #","external":"X-1""#)
        try shop.enrol("7000001235", #","external":"X-2""#)
        try shop.sell(number: "1")
        try shop.sell(till: "T02", number: "2")
        #expect(shop.operation.request("CUSTOMER_MERGE", #"{"customer_id":"c-1","into":"c-2"}"#).code == nil)
        let answer = shop.operation.request("RECEIPT_LIST", #"{"from":"2026-11-22","until":"2026-11-22"}"#)
        let relayed = try shop.world.journal.read { try $0.outbox(limit: 10) }.compactMap(\.receipt)
        #expect(relayed.count == 2 && relayed[0].customerExternal != nil)
        #expect(answer.ok?["receipts"]?.elements?.map { $0["customer"]?.text } == relayed.map(\.customerExternal))
    }

    @Test("a period that ends before it begins, and a cursor of somebody else's, are refused")
    func refused() throws {
        let operation = try TestWorld().localOperator()
        #expect(operation.request("RECEIPT_LIST", #"{"from":"2026-11-22","until":"2026-11-21"}"#).code == "bad_field")
        #expect(operation.request("RECEIPT_LIST", #"{"from":"2026-11-22"}"#).code == "missing_field")
        #expect(
            operation.request("RECEIPT_LIST", #"{"from":"2026-11-22","until":"2026-11-22","after":"x"}"#).code
                == "bad_field")
    }
}
