import Retail
import Testing

@testable import Gateway

@Suite("Returns and voids are explained, too")
struct ExplanationTests {
    private func explain(_ shop: Shop, _ key: String, _ language: String) throws -> JSONTree {
        try #require(
            shop.operation.request("EXPLAIN", #"{"key":"\#(key)","language":"\#(language)"}"#).ok, "\(key)")
    }

    private func text(_ shop: Shop, _ key: String, _ language: String) throws -> String? {
        try explain(shop, key, language)["text"]?.text
    }

    @Test("a return names its sale and shows every movement of points")
    func movements() throws {
        let shop = try Shop(with: #", "expiry_days": 10"#)
        try shop.enrol()
        try shop.sell(number: "1")
        let line = ReceiptText.Line(
            quantity: "2", price: 50_000, amount: 98_000, more: #","discounts":[{"origin":"points","amount":2000}]"#)
        let sale = ReceiptText(number: "2", customer: "c-1", lines: [line])
        #expect(try shop.till().request("SALE", sale.json).points("balance") == 39)
        shop.pass(days: 1)
        try shop.giveBack("1", of: "S1/T01/1/2")
        let explained = try explain(shop, "S1/T01/1/1001", "en")
        #expect(explained["agrees"]?.bool == true)
        #expect(explained["rules"] == .null)
        #expect(explained["customer_id"]?.text == "c-1")
        #expect(
            explained["text"]?.text == """
                Receipt S1/T01/1/1001 of 2026-11-23 12:30: return to S1/T01/1/2

                Movements of points:
                  +10 given back by a return, lot 1, can be spent from 2026-11-22 12:30, last day 2026-12-02
                  -14 taken back by a return, lot 2, last day 2026-12-02

                """)
        #expect(
            try text(shop, "S1/T01/1/1001", "ru") == """
                Чек S1/T01/1/1001 от 2026-11-23 12:30: возврат по чеку S1/T01/1/2

                Движения баллов:
                  +10 возвращено покупателю, партия 1, доступны с 2026-11-22 12:30, последний день 2026-12-02
                  -14 снято по возврату, партия 2, последний день 2026-12-02

                """)
        // What the sale says of itself is not touched by what came back later.
        #expect(try text(shop, "S1/T01/1/2", "en")?.contains("return") == false)
    }

    @Test("a return of points that are spent shows the debt")
    func debt() throws {
        let shop = try Shop()
        try shop.enrol()
        try shop.sell(number: "1")
        _ = try shop.hold(20, for: "9", till: "T02")
        try shop.giveBack(of: "S1/T01/1/1")
        #expect(
            try text(shop, "S1/T01/1/1001", "en")?.hasSuffix(
                """
                Movements of points:
                  -10 taken back by a return, lot 1
                  -20 taken back by a return, debt

                """) == true)
        #expect(try text(shop, "S1/T01/1/1001", "ru")?.contains("  -20 снято по возврату, долг\n") == true)
    }

    @Test("a return whose customer was merged shows what the survivor got and gave")
    func merged() throws {
        let shop = try Shop()
        try shop.enrol()
        try shop.enrol("7000005678")
        try shop.sell(number: "1")
        _ = shop.operation.request("CUSTOMER_MERGE", #"{"customer_id":"c-1","into":"c-2"}"#)
        try shop.giveBack(of: "S1/T01/1/1")
        let explained = try explain(shop, "S1/T01/1/1001", "en")
        #expect(explained["customer_id"]?.text == "c-2")
        #expect(explained["text"]?.text?.contains("  -30 taken back by a return, lot") == true)
    }

    @Test("a return without a known original says so, and that nothing moved")
    func unknownOriginal() throws {
        let shop = try Shop()
        let line = ReceiptText.Line()
        for (number, more) in [("1", ""), ("2", #","original":"S1/T09/1/1""#)] {
            _ = try shop.till().request("RETURN", ReceiptText(number: number, lines: [line], more: more).json)
        }
        let time = "2026-11-22 12:30"
        #expect(try text(shop, "S1/T01/1/1", "en") == "Receipt S1/T01/1/1 of \(time): return to an unknown receipt\n")
        #expect(try text(shop, "S1/T01/1/1", "ru") == "Чек S1/T01/1/1 от \(time): возврат по чеку неизвестному\n")
        #expect(try text(shop, "S1/T01/1/2", "en") == "Receipt S1/T01/1/2 of \(time): return to S1/T09/1/1\n")
    }

    @Test("a void moved no points, also when it ended a hold")
    func void() throws {
        let shop = try Shop()
        try shop.enrol()
        try shop.sell(number: "1")
        _ = try shop.hold(20, for: "9")
        _ = try shop.till().request("VOID", #"{"shift":1,"number":"9","at":"2026-11-22T09:31:00Z"}"#)
        let explained = try explain(shop, "S1/T01/1/9", "en")
        #expect(explained["agrees"]?.bool == true)
        #expect(explained["rules"] == .null)
        #expect(explained["text"]?.text == "Receipt S1/T01/1/9 of 2026-11-22 12:31: void, no points moved\n")
        #expect(
            try text(shop, "S1/T01/1/9", "ru")
                == "Чек S1/T01/1/9 от 2026-11-22 12:31: аннулирован, баллы не двигались\n")
        #expect(try shop.points() == Balance(30))
    }
}
