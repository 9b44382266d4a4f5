import LineProtocol
import Retail
import Testing

@Suite("Messages about receipts")
struct ReceiptMessageTests {
    private let at = Instant(millisecondsSinceEpoch: 1_795_339_800_000)

    private func receipt(_ json: String, _ kind: ReceiptKind = .sale) throws -> ReceiptRequest {
        try reading(json) { try ReceiptRequest(FieldReader($0), kind: kind) }
    }

    private func error(_ json: String, _ kind: ReceiptKind = .sale) -> FieldError? {
        do {
            _ = try receipt(json, kind)
            return nil
        } catch {
            return error as? FieldError
        }
    }

    private func sale() -> ReceiptRequest {
        let line = ReceiptLine(
            sku: "85123A", name: "WHITE HANGING \"HEART\"", quantity: Quantity(thousandths: 6_000),
            price: Money(minorUnits: 255), amount: Money(minorUnits: 1_500),
            discounts: [LineDiscount(origin: "promotion", id: "p1", amount: Money(minorUnits: 30))],
            category: "decoration/lights", brand: "HEART", tags: ["new"], minimumPrice: Money(minorUnits: 100))
        let fiscal = #"{"fn":"9999 ","sign":18446744073709551615,"inn":"7700000000  ","tse":"a\/b"}"#
        return ReceiptRequest(
            kind: .sale, shift: 12, number: "536365", at: at, cashier: Cashier(id: "k1", name: "Иванова"),
            customer: CustomerID(number: 7), order: OrderKey(source: "web", order: "1001"), quote: "q-1", hold: "h-1",
            coupons: ["NY26", "10%"],
            lines: [
                ReceiptRequestLine(
                    line, tax: LineTax(rate: BasisPoints(value: 2_000), amount: Money(minorUnits: 250)),
                    marks: ["010460>&'\u{1D}21abc"]),
                ReceiptRequestLine(line),
            ], payments: [Tender(kind: "cash", amount: Money(minorUnits: 3_000))], total: Money(minorUnits: 3_000),
            fiscal: JSONText(bytes: Array(fiscal.utf8)))
    }

    @Test("a sale, a return and a void go there and back, fiscal data byte for byte")
    func roundTrips() throws {
        var request = sale()
        #expect(try receipt(written(request.write)) == request)
        request.kind = .return
        request.order = nil
        request.original = ReceiptKey(store: "S1", till: "T01", shift: 11, number: "5")
        for position in request.lines.indices { request.lines[position].content.originalLine = position + 1 }
        #expect(try receipt(written(request.write), .return) == request)
        let void = ReceiptRequest(kind: .void, shift: 0, number: "v.1", at: at, reason: "customer left")
        #expect(try receipt(written(void.write), .void) == void)
        #expect(written(void.write) == #"{"shift":0,"number":"v.1","at":"\#(at.rfc3339)","reason":"customer left"}"#)
        #expect([sale().verb, request.verb, void.verb] == [.sale, .return, .void])
    }

    @Test("what rules are applied to is the content with the store and till of the device")
    func becomesReceipt() {
        let content = sale().receipt(store: "S1", till: "T03")
        #expect(content.key.text == "S1/T03/12/536365")
        #expect(content.lines.map(\.sku) == ["85123A", "85123A"])
        #expect(content.tenders == [Tender(kind: "cash", amount: Money(minorUnits: 3_000))])
        #expect(content.arithmeticMarks().isEmpty)
        #expect(content.coupons == ["NY26", "10%"])
        #expect(content.lines.map(\.minimumPrice) == [Money(minorUnits: 100), Money(minorUnits: 100)])
        let void = ReceiptRequest(kind: .void, shift: 1, number: "1", at: at)
        #expect(void.receipt(store: "S", till: "T").total == .zero)
    }

    private let start = #"{"shift":1,"number":"1","at":"2026-11-22T09:30:00Z","#

    @Test("members that the gateway writes itself are refused, even when they are null")
    func refusesReservedNames() {
        let rest = #""lines":[{"sku":"M","name":"M","quantity":1,"price":1,"amount":1}],"payments":[],"total":1}"#
        #expect(error(start + rest) == nil)
        for name in ["key", "kind", "store", "till", "received_at", "sequence", "customer", "gateway"] {
            for value in ["1", "null"] {
                #expect(error(start + "\"\(name)\":\(value)," + rest) == .bad(name, "reserved"), "\(name)")
            }
        }
    }

    @Test(
        "a receipt that cannot be understood is refused by the field",
        arguments: [
            (#""lines":[],"payments":[],"total":1}"#, "lines"),
            (#""lines":[{"sku":"M","name":"M","quantity":1,"price":1}],"payments":[],"total":1}"#, "lines[0].amount"),
            (#""lines":[{"sku":"M","name":"M","quantity":1,"price":-1,"amount":1}]}"#, "lines[0].price"),
            (
                #""lines":[{"sku":"M","name":"M","quantity":1,"price":1,"amount":1,"tax":{"rate":10001}}]}"#,
                "lines[0].tax.rate"
            ),
            (#""lines":[{"sku":"M","name":"M","quantity":1,"price":1,"amount":1,"marks":[1]}]}"#, "lines[0].marks[0]"),
            (#""lines":[{"sku":"M","name":"M","quantity":1,"price":1,"amount":1}],"total":1}"#, "payments"),
            (
                #""lines":[{"sku":"M","name":"M","quantity":1,"price":1,"amount":1}],"payments":[{"kind":"cash"}]}"#,
                "payments[0].amount"
            ),
            (#""lines":[{"sku":"M","name":"M","quantity":1,"price":1,"amount":1}],"payments":[]}"#, "total"),
            (#""order":"1","lines":[{"sku":"M","name":"M","quantity":1,"price":1,"amount":1}]}"#, "source"),
            (
                #""lines":[{"sku":"M","name":"M","quantity":1,"price":1,"amount":1}],"payments":[],"#
                    + #""total":1,"cashier":{}}"#,
                "cashier.id"
            ),
            (
                #""lines":[{"sku":"M","name":"M","quantity":1,"price":1,"amount":1}],"payments":[],"#
                    + #""total":1,"fiscal":1}"#,
                "fiscal"
            ),
        ])
    func refusesByField(rest: String, field: String) {
        #expect(error(start + rest)?.field == field)
    }

    @Test("what a receipt repeats of its quote has the quote's limits")
    func limitsWhatAQuoteWasAskedWith() {
        let product = #""lines":[{"sku":"M","name":"M","quantity":1,"price":1,"amount":1"#
        let rest = #"}],"payments":[],"total":1}"#
        #expect(error(start + #""coupons":["a b"],"# + product + rest)?.field == "coupons[0]")
        #expect(error(start + product + #","brand":"""# + rest)?.field == "lines[0].brand")
        #expect(error(start + product + #","min_price":-1"# + rest)?.field == "lines[0].min_price")
        let tags = Array(repeating: "\"t\"", count: 33).joined(separator: ",")
        #expect(error(start + product + ",\"tags\":[\(tags)]" + rest) == .limit("lines[0].tags", 32, of: "elements"))
    }

    @Test("the key's parts are checked")
    func checksKey() {
        #expect(error(#"{"number":"1"}"#) == .missing("shift"))
        #expect(error(#"{"shift":2147483648}"#)?.field == "shift")
        #expect(error(#"{"shift":1,"number":"1/2"}"#)?.field == "number")
        #expect(error(#"{"shift":1,"number":1}"#)?.field == "number")
        #expect(error(#"{"shift":1,"number":"1","at":"today"}"#)?.field == "at")
    }

    @Test("1,200 lines of a receipt fit and 1,201 do not")
    func limitsLines() {
        let lines = { (count: Int) in
            Array(repeating: #"{"sku":"M","name":"M","quantity":1,"price":1,"amount":1}"#, count: count).joined(
                separator: ",")
        }
        let rest = #"],"payments":[],"total":1}"#
        #expect(error(start + "\"lines\":[" + lines(1_200) + rest) == nil)
        #expect(error(start + "\"lines\":[" + lines(1_201) + rest) == .limit("lines", 1_200, of: "elements"))
    }

    @Test("the reply to a receipt goes there and back")
    func reply() throws {
        let key = ReceiptKey(store: "S1", till: "T03", shift: 12, number: "536365")
        let plain = ReceiptReply(key: key, kind: .void, receivedAt: at, sequence: 1)
        #expect(
            json(plain) == #"{"key":"S1/T03/12/536365","kind":"void","state":"stored","received_at":"\#(at.rfc3339)","#
                + #""sequence":1,"customer_id":null,"points":null,"tier":null,"rules":null,"marks":[]}"#)
        let full = ReceiptReply(
            key: key, kind: .return, receivedAt: at, sequence: .max, customer: CustomerID(number: 3),
            points: ReceiptPoints(earned: -5, spent: 0, balance: 0, pending: 7, debt: 2), tier: "gold",
            rules: RuleSetReference(id: "default", version: 1, hash: "abc"), marks: ReceiptMark.allCases)
        #expect(
            json(full).contains(
                #""points":{"earned":-5,"spent":0,"balance":0,"pending":7,"debt":2},"tier":"gold","#
                    + #""rules":{"id":"default","version":1,"hash":"abc"},"marks":["#))
        #expect(try message(json(plain)) == plain)
        #expect(try message(json(full)) == full)
    }
}
