import Retail
import Testing

@testable import Gateway

@Suite("Corrections")
struct CorrectionTests {
    private func correction(_ number: String, _ direction: String, _ more: String = "") -> String {
        #"{"shift":1,"number":"\#(number)","at":"2026-11-22T09:30:00Z","direction":"\#(direction)","reason":"x","#
            + #""payments":[{"kind":"cash","amount":100000}],"total":100000\#(more)}"#
    }

    private let lines =
        #","lines":[{"sku":"MUG","name":"Mug","quantity":1,"price":100000,"amount":100000}],"customer_id":"c-1""#

    @Test("move no points, no stock and no order, whoever they name")
    func moveNothing() throws {
        let shop = try Shop()
        try shop.enrol()
        try shop.sell()
        let before = try shop.points()
        _ = shop.operation.request("IMPORT_CATALOGUE", #"{"rows":[{"sku":"MUG","name":"Mug","price":100000}]}"#)
        _ = shop.operation.request(
            "IMPORT_STOCK", #"{"rows":[{"sku":"MUG","store":"S1","quantity":5,"as_of":"2026-11-22T09:30:00Z"}]}"#)
        for (number, direction) in [("k1", "sale"), ("k2", "return")] {
            let answer = try shop.till().request("CORRECTION", correction(number, direction, lines))
            #expect(answer.marks == [])
            #expect(answer.ok?["kind"]?.text == "correction")
            #expect(answer.ok?["points"] == .null && answer.ok?["customer_id"] == .null)
        }
        #expect(try shop.points() == before)
        let stock = try shop.till().request("STOCK", #"{"sku":"MUG"}"#)
        #expect(stock.ok?["stores"]?[0]?["available"] == .number("5"), "\(stock)")
        let card = try shop.app().request("CUSTOMER", #"{"customer_id":"c-1"}"#)
        #expect(card.ok?["purchases"]?.elements?.count == 1)
        try shop.audit()
    }

    @Test("give back what was held for their number, and cannot be returned")
    func holdsAndReturns() throws {
        let shop = try Shop()
        try shop.enrol()
        try shop.sell(1_000_000)
        #expect(try shop.hold(50, for: "k1").ok != nil)
        #expect(try shop.points().held == 50)
        #expect(try shop.till().request("CORRECTION", correction("k1", "sale")).ok != nil)
        #expect(try shop.points().held == 0)
        #expect(try shop.giveBack(of: "S1/T01/1/k1", paid: 100_000).marks == ["original_unknown"])
        try shop.audit()
    }

    @Test("share their numbers with the other kinds, conflict with them, and are explained")
    func keys() throws {
        let shop = try Shop()
        let till = try shop.till()
        #expect(till.request("CORRECTION", correction("1", "sale")).ok != nil)
        #expect(till.request("SALE", ReceiptText(number: "1").json).code == "conflict")
        #expect(till.request("CORRECTION", correction("1", "return")).code == "conflict")
        #expect(till.request("CORRECTION", correction("1", "sale")).ok?["sequence"]?.integer == 1)
        #expect(till.request("STATUS", #"{"key":"S1/T01/1/1"}"#).ok?["verb"]?.text == "CORRECTION")
        let explained = shop.operation.request("EXPLAIN", #"{"key":"S1/T01/1/1","language":"en"}"#)
        #expect(explained.ok?["text"]?.text?.contains("correction, no points moved") == true)
        #expect(till.request("CORRECTION", correction("2", "sale", #","original":"S1/T01/1/1""#)).marks == [])
        let unknown = correction("3", "sale", #","original":"S1/T01/1/77","taxes":[{"rate":0,"base":1,"amount":0}]"#)
        #expect(till.request("CORRECTION", unknown).marks == ["taxes", "original_unknown"])
    }
}
