import Retail
import Testing

@testable import Gateway

@Suite("What does not agree is marked")
struct ReceiptMarkTests {
    private func quoted(_ till: TestClient, _ spend: Int = 0) -> String {
        till.request(
            "QUOTE", #"{"lines":[{"sku":"MUG","quantity":1,"price":100000}],"spend":\#(spend)}"#
        ).ok?["quote"]?.text ?? ""
    }

    private func marks(_ line: WireLine) -> [String]? { line.ok?["marks"]?.elements?.compactMap(\.text) }

    @Test("a receipt that charges what was quoted has no mark")
    func asQuoted() throws {
        let till = try TestWorld().till()
        let sale = ReceiptText(more: #","quote":"\#(quoted(till))""#)
        #expect(marks(till.request("SALE", sale.json)) == [])
    }

    @Test("a receipt that charges something else than its quote is marked")
    func differs() throws {
        let till = try TestWorld().till()
        let quote = #","quote":"\#(quoted(till))""#
        let dearer = ReceiptText(lines: [.init(price: 100_001, amount: 100_001)], more: quote)
        #expect(marks(till.request("SALE", dearer.json)) == ["quote_differs"])
        let other = ReceiptText(number: "2", lines: [.init(sku: "CUP")], more: quote)
        #expect(marks(till.request("SALE", other.json)) == ["quote_differs"])
        let more = ReceiptText(number: "3", lines: [.init(), .init()], more: quote)
        #expect(marks(till.request("SALE", more.json)) == ["quote_differs"])
    }

    @Test("a quote that is too old, judged by the till's time, or was never given is unknown")
    func unknownQuote() throws {
        let world = try TestWorld()
        let till = try world.till()
        let quote = quoted(till)
        world.clock.advance(milliseconds: 3_600_000)
        func sale(_ number: String, _ at: String, _ quote: String) -> [String]? {
            marks(till.request("SALE", ReceiptText(number: number, at: at, more: #","quote":"\#(quote)""#).json))
        }
        // It waited for the network, and was made in time.
        #expect(sale("1", "2026-11-22T09:45:00Z", quote) == [])
        #expect(sale("2", "2026-11-22T09:45:01Z", quote) == ["quote_unknown"])
        for (index, garbage) in ["q", "q-", "q--", "q-zz-1", "q-1-2-3", "x-1-2", "q-1"].enumerated() {
            #expect(sale("\(3 + index)", "2026-11-22T10:30:00Z", garbage) == ["quote_unknown"], "\(garbage)")
        }
    }

    @Test("marks come in the order of the specification")
    func order() throws {
        let till = try TestWorld().till()
        let sale = ReceiptText(
            at: "2020-01-01T00:00:00Z", customer: "c-99", lines: [.init(amount: 1)],
            payments: #"[{"kind":"cash","amount":3}]"#, total: 2,
            more: #","quote":"none","order":"77","source":"WEB1","taxes":[{"rate":2000,"base":1,"amount":9}]"#)
        #expect(
            marks(till.request("SALE", sale.json)) == [
                "line_amount", "total", "payments", "taxes", "quote_unknown", "customer_unknown", "order_unknown",
                "clock",
            ])
        #expect(
            ReceiptMark.allCases.map(\.rawValue) == [
                "line_amount", "total", "payments", "taxes", "quote_unknown", "quote_differs", "customer_unknown",
                "hold_missing", "points_debt", "original_unknown", "order_unknown", "order_state",
                "basket_unknown", "basket_state", "clock",
            ])
    }

    @Test("a void's lines and total are kept as they are, without marks")
    func void() throws {
        let till = try TestWorld().till()
        let void =
            #"{"shift":1,"number":"1","at":"2026-11-22T09:30:00Z","total":7,"lines":[{"sku":"A","name":"A","#
            + #""quantity":1,"price":5,"amount":3}]}"#
        #expect(marks(till.request("VOID", void)) == [])
    }

    @Test("a clock may be a day off, and not more", arguments: [(86_400, []), (86_401, ["clock"])])
    func clock(_ seconds: Int, _ expected: [String]) throws {
        let world = try TestWorld()
        let till = try world.till()
        world.clock.advance(milliseconds: seconds * 1_000)
        #expect(marks(till.request("SALE", ReceiptText().json)) == expected)
    }
}
