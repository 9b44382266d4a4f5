import LineProtocol
import Retail
import Testing

@testable import Gateway

@Suite("The same receipt again")
struct ReceiptRepetitionTests {
    private let content = ReceiptText(customer: "c-1", more: #","fiscal":{"sign":18446744073709551615}"#).json

    private func world() throws -> TestWorld {
        let world = try TestWorld()
        _ = try world.till().request("ENROL", #"{"name":"Anna","card":"7000001234"}"#)
        return world
    }

    /// The answer's bytes.
    private func answer(_ till: TestClient, _ verb: String, _ content: String) -> [UInt8] {
        till.send("\(verb) same \(content)")
        let before = till.received.count
        _ = till.answer(to: "same")
        return till.received.dropFirst(before).first ?? till.received.last ?? []
    }

    @Test("is answered byte for byte as the first time, and gives no points twice")
    func repeated() throws {
        let world = try world()
        let first = answer(try world.till(), "SALE", content)
        #expect(first.starts(with: "OK same ".utf8))
        world.clock.advance(milliseconds: 3_600_000)
        #expect(answer(try world.till(), "SALE", content) == first)
        let known = try world.till().request("IDENTIFY", #"{"customer_id":"c-1"}"#).ok
        #expect(known?["points"]?["available"]?.integer == 30)
    }

    @Test("is answered byte for byte as the first time after a restart")
    func afterRestart() throws {
        let world = try world()
        let first = answer(try world.till(), "SALE", content)
        try world.restart()
        world.clock.advance(milliseconds: 40 * 86_400_000)
        #expect(answer(try world.till(), "SALE", content) == first)
        #expect(
            try world.till().request("IDENTIFY", #"{"customer_id":"c-1"}"#).ok?["points"]?["available"]?.integer == 30)
    }

    @Test(
        "with members in another order, other white space or other escapes is the same content",
        arguments: [
            #"{"number":"1","shift":1,"total":5,"at":"2026-11-22T09:30:00Z","payments":[{"amount":5,"kind":"cash"}],"#
                + #""lines":[{"name":"Thing","sku":"A","price":5,"quantity":1,"amount":5}]}"#,
            #"{ "shift" : 1, "number":"1","at":"2026-11-22T09:30:00Z" ,"lines":[ {"sku":"A","name":"Thing","quantity":1,"#
                + #""price":5,"amount":5} ],"payments":[{"kind":"cash","amount":5}],  "total":5}"#,
            #"{"shift":1,"number":"\u0031","at":"2026-11-22T09:30:00Z","lines":[{"sku":"A","name":"\u0054hing","quantity":1,"#
                + #""price":5,"amount":5}],"payments":[{"kind":"cash","amount":5}],"total":5}"#,
        ])
    func sameContent(_ other: String) throws {
        let first =
            #"{"shift":1,"number":"1","at":"2026-11-22T09:30:00Z","lines":[{"sku":"A","name":"Thing","quantity":1,"#
            + #""price":5,"amount":5}],"payments":[{"kind":"cash","amount":5}],"total":5}"#
        let world = try TestWorld()
        let till = try world.till()
        let stored = till.request("SALE", first)
        #expect(till.request("SALE", other).ok == stored.ok)
        #expect(stored.ok != nil)
    }

    @Test("with other content is a conflict, whatever differs, and both are kept")
    func conflict() throws {
        let world = try world()
        let till = try world.till()
        let stored = till.request("SALE", content).ok
        world.clock.advance(milliseconds: 5_000)
        let others = [
            ("SALE", ReceiptText(customer: "c-1").json),
            ("SALE", content.replacing(#""quantity":1"#, with: #""quantity":1.0"#)),
            ("SALE", content.replacing(#"}}"#, with: #"},"till_note":"new"}"#)),
            ("RETURN", content),
            ("VOID", #"{"shift":1,"number":"1","at":"2026-11-22T09:30:00Z"}"#),
        ]
        for (verb, other) in others {
            let refused = till.request(verb, other)
            #expect(refused.code == "conflict", "\(verb) \(other)")
            #expect(refused.error?["key"]?.text == "S1/T01/1/1")
            #expect(refused.error?["received_at"] == stored?["received_at"])
            // A conflict that comes again is not kept again.
            #expect(till.request(verb, other).code == "conflict")
        }
        let key = ReceiptKey(store: "S1", till: "T01", shift: 1, number: "1")
        let kept = try world.journal.read { view in
            let receipt = try view.receipt(key)
            return (receipt?.body ?? [], try view.conflicts(receipt: receipt?.sequence ?? 0))
        }
        #expect(kept.0 == Array(content.utf8))
        #expect(kept.1.count == 4 || kept.1.count == 5)
        #expect(till.request("SALE", content).ok == stored)
        #expect(
            try world.till().request("IDENTIFY", #"{"customer_id":"c-1"}"#).ok?["points"]?["available"]?.integer == 30)
    }

    @Test("with ever other contents is refused each time, and the first sixteen of them are kept")
    func manyConflicts() throws {
        let world = try world()
        let till = try world.till()
        let stored = till.request("SALE", content).ok
        for note in 1...40 {
            #expect(
                till.request("SALE", ReceiptText(customer: "c-1", more: #","note":\#(note)"#).json).code == "conflict")
        }
        let kept = try world.journal.read { view in
            let key = ReceiptKey(store: "S1", till: "T01", shift: 1, number: "1")
            return try view.conflicts(receipt: view.receipt(key)?.sequence ?? 0)
        }
        #expect(kept.count == 16)
        for (index, body) in kept.enumerated() { #expect(try JSONTree(body)["note"]?.integer == Int64(index + 1)) }
        #expect(till.request("SALE", content).ok == stored)
    }

    @Test("of two tills with the same shift and number are two receipts")
    func twoTills() throws {
        let world = try TestWorld()
        let first = try world.till("T01").request("SALE", ReceiptText().json).ok
        let second = try world.till("T02").request("SALE", ReceiptText().json).ok
        #expect(first?["key"]?.text == "S1/T01/1/1")
        #expect(second?["key"]?.text == "S1/T02/1/1")
    }

    @Test("a number that was refused is free")
    func refusedNumber() throws {
        let till = try TestWorld().till()
        let bad = ReceiptText(lines: [.init(quantity: "0")]).json
        #expect(till.request("SALE", bad).error?["field"]?.text == "lines[0].quantity")
        #expect(till.request("SALE", ReceiptText().json).ok != nil)
    }
}
