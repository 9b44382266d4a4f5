import LineProtocol
import Retail
import Testing

@testable import SimulatorKit

@Suite("Planned receipt")
struct PlannedReceiptTests {
    private static let line = #"""
        {"number":"536365","shift":1,"kind":"sale","at":"2010-12-01T08:26:00Z","customer":"17850",
        "lines":[{"sku":"A","name":"Candle","quantity":0.345,"price":1299},
        {"sku":"B","name":"Bag","quantity":6,"price":0}]}
        """#

    @Test("a line of a script is read")
    func script() throws {
        let plan = try PlannedReceipt(script: Array(Self.line.utf8))
        #expect(plan.number == "536365" && plan.shift == 1 && plan.kind == .sale && plan.customer == "17850")
        #expect(plan.at.rfc3339 == "2010-12-01T08:26:00Z")
        #expect(plan.lines.map(\.quantity.thousandths) == [345, 6_000])
        #expect(plan.lines.map(\.price.minorUnits) == [1_299, 0])
    }

    @Test(
        "what is wrong with a line is named",
        arguments: [
            (#"{"number":"1"}"#, "shift"), (#"{"number":"1","shift":1,"kind":"void"}"#, "kind"), ("[]", "object"),
            ("{", "byte"),
        ])
    func badScript(line: String, word: String) {
        #expect {
            try PlannedReceipt(script: Array(line.utf8))
        } throws: { error in
            "\(error)".contains(word)
        }
    }

    @Test("a walk-in pays price × quantity rounded half up, by card and in one payment")
    func walkIn() throws {
        let request = try PlannedReceipt(script: Array(Self.line.utf8)).request(customer: nil, quote: nil)
        // 12.99 × 0.345 is 4.48155.
        #expect(request.lines.map(\.content.amount.minorUnits) == [448, 0])
        #expect(request.total?.minorUnits == 448)
        #expect(request.payments == [Tender(kind: "card", amount: Money(minorUnits: 448))])
        #expect(request.quote == nil && request.customer == nil)
    }

    @Test("a receipt that costs nothing has no payment")
    func free() throws {
        var plan = try PlannedReceipt(script: Array(Self.line.utf8))
        plan.lines.removeFirst()
        #expect(try plan.request(customer: nil, quote: nil).payments == [])
    }

    @Test("a quoted receipt has the quote's amounts, discounts and id")
    func quoted() throws {
        let plan = try PlannedReceipt(script: Array(Self.line.utf8))
        let taken = [LineDiscount(origin: "promotion", id: "p1", amount: Money(minorUnits: 48))]
        let request = try plan.request(customer: CustomerID(number: 7), quote: quote(amounts: [400, 0], taken: taken))
        #expect(request.quote == "q-1" && request.customer?.number == 7)
        #expect(request.lines.map(\.content.amount.minorUnits) == [400, 0])
        #expect(request.lines[0].content.discounts == taken)
        #expect(request.total?.minorUnits == 400)
    }

    @Test("a sale has the coupons that the basket was quoted with, and names its hold")
    func coupons() throws {
        var plan = try PlannedReceipt(script: Array(Self.line.utf8))
        plan.coupons = ["C"]
        let basket = plan.basket(for: CustomerID(number: 7), spend: 50)
        #expect(basket.coupons == ["C"] && basket.spend == 50)
        #expect(plan.basket(for: nil, spend: 50).spend == 0)
        let request = try plan.request(
            customer: CustomerID(number: 7), quote: quote(amounts: [400, 0], taken: []), hold: "h-1")
        #expect(request.coupons == ["C"] && request.hold == "h-1")
    }

    @Test("spend, coupons and original are read from a script; a sale brings nothing back")
    func extras() throws {
        let text = #"""
            {"number":"C1","shift":1,"kind":"return","at":"2010-12-01T08:26:00Z","spend":7,"coupons":["C"],
            "original":"S1/T01/1/9","lines":[{"sku":"A","name":"","quantity":1,"price":1}]}
            """#
        let plan = try PlannedReceipt(script: Array(text.utf8))
        #expect(plan.spend == 7 && plan.coupons == ["C"] && plan.original?.text == "S1/T01/1/9")
        #expect(throws: PlanError(reason: "original is for returns")) {
            try PlannedReceipt(script: Array(text.replacing("return", with: "sale").utf8))
        }
    }

    @Test("what was taken off goods is not paid back: the part that comes back, rounded down, by giver")
    func refund() throws {
        var plan = try PlannedReceipt(script: Array(Self.line.utf8))
        plan.kind = .return
        plan.lines = [
            .init(sku: "B", name: "Bag", quantity: Quantity(thousandths: 2_000), price: Money(minorUnits: 100))
        ]
        func sold(_ promotion: Int64, _ points: Int64) -> ReceiptLine {
            ReceiptLine(
                sku: "B", name: "Bag", quantity: Quantity(thousandths: 3_000), price: Money(minorUnits: 100),
                amount: Money(minorUnits: 300 - promotion - points),
                discounts: [
                    LineDiscount(origin: "promotion", id: "p", amount: Money(minorUnits: promotion)),
                    LineDiscount(origin: "points", amount: Money(minorUnits: points)),
                ])
        }
        let request = try plan.request(customer: nil, sold: [sold(100, 20), sold(10, 0)])
        // A third of 110 and of 20.
        #expect(request.lines[0].content.discounts.map(\.amount.minorUnits) == [36, 6])
        #expect(request.total?.minorUnits == 158)
        #expect(request.receipt(store: "S1", till: "T01").arithmeticMarks() == [])
        let free = try plan.request(customer: nil, sold: [sold(300, 0)])
        #expect(free.total == .zero && free.payments == [])
    }

    @Test("a quote with another number of lines is not used")
    func wrongQuote() throws {
        let plan = try PlannedReceipt(script: Array(Self.line.utf8))
        #expect(throws: PlanError.self) {
            try plan.request(customer: CustomerID(number: 7), quote: quote(amounts: [400], taken: []))
        }
    }

    @Test("an inventor makes the same receipts for the same seed, all of them good", arguments: [1, 2, 3] as [UInt64])
    func inventor(seed: UInt64) throws {
        var first = ReceiptInventor(seed: seed, shift: 1, customers: 5)
        var second = ReceiptInventor(seed: seed, shift: 1, customers: 5)
        let at = Instant(millisecondsSinceEpoch: 0)
        var numbers: Set<String> = []
        for _ in 0..<200 {
            let plan = first.next(at: at)
            #expect(plan == second.next(at: at), "seed \(seed)")
            #expect(numbers.insert(plan.number).inserted, "seed \(seed)")
            let request = try plan.request(customer: nil, quote: nil)
            let receipt = request.receipt(store: "S1", till: "T01")
            #expect(receipt.arithmeticMarks() == [], "seed \(seed)")
        }
    }

    private func quote(amounts: [Int64], taken: [LineDiscount]) -> QuoteReply {
        let lines = amounts.enumerated().map { index, amount in
            QuoteReplyLine(
                line: index + 1, amount: Money(minorUnits: amount), taken: index == 0 ? taken : [], earned: 0)
        }
        return QuoteReply(
            quote: "q-1", lines: lines, subtotal: .zero, discount: .zero, total: .zero,
            points: QuotedPoints(available: 0, spendable: 0, spent: 0, earned: 0), tierAfter: nil, messages: [],
            rules: RuleSetReference(id: "default", version: 1, hash: "x"),
            validUntil: Instant(millisecondsSinceEpoch: 0))
    }
}
