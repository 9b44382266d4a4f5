import Retail
import Testing

@Suite("Receipt keys and other names")
struct ReceiptKeyTests {
    @Test("a key has one text and reads it back")
    func roundTrip() throws {
        let key = ReceiptKey(store: "S1", till: "T03", shift: 12, number: "536365")
        #expect(key.text == "S1/T03/12/536365")
        #expect(ReceiptKey(text: key.text) == key)
        #expect(ReceiptKey(text: "S1/T03/0/C-5_3.6") != nil)
        #expect(ReceiptKey(text: "S1/T03/2147483647/1") != nil)
    }

    @Test(
        "a text that is not a key is refused",
        arguments: [
            "", "S1/T03/12", "S1/T03/12/1/2", "/T03/12/1", "S1//12/1", "S1/T03//1", "S1/T03/12/", "S1/T03/012/1",
            "S1/T03/+1/1", "S1/T03/-1/1", "S1/T03/2147483648/1", "S 1/T03/1/1", "S1/T03/1/a b", "Й/T03/1/1",
            "S1/T03/1/" + String(repeating: "9", count: 33), String(repeating: "S", count: 65) + "/T03/1/1",
        ])
    func refused(text: String) {
        #expect(ReceiptKey(text: text) == nil)
    }

    @Test("a customer's number has one text")
    func customerID() {
        #expect(CustomerID(number: 12).text == "c-12")
        #expect(CustomerID(text: "c-12") == CustomerID(number: 12))
        #expect(CustomerID(text: "c-9223372036854775807")?.number == .max)
        for text in ["", "c-", "12", "c-012", "c-+1", "c--1", "C-1", "c-1 ", "c-9223372036854775808"] {
            #expect(CustomerID(text: text) == nil)
        }
    }
}

@Suite("A receipt's own numbers")
struct ReceiptMarkTests {
    private let line = ReceiptLine(
        sku: "22423", name: "Cake stand", quantity: Quantity(thousandths: 2_474), price: Money(minorUnits: 255),
        amount: Money(minorUnits: 601), discounts: [LineDiscount(origin: "till", amount: Money(minorUnits: 30))])

    private func receipt(
        _ lines: [ReceiptLine], total: Int64, tenders: [Int64], kind: ReceiptKind = .sale
    ) -> Receipt {
        Receipt(
            key: ReceiptKey(store: "S1", till: "T1", shift: 1, number: "1"), kind: kind,
            at: Instant(millisecondsSinceEpoch: 0), lines: lines,
            tenders: tenders.map { Tender(kind: "cash", amount: Money(minorUnits: $0)) },
            total: Money(minorUnits: total))
    }

    @Test("a receipt that adds up has no marks", arguments: [ReceiptKind.sale, .return])
    func addsUp(kind: ReceiptKind) {
        #expect(receipt([line, line], total: 1_202, tenders: [1_000, 202], kind: kind).arithmeticMarks() == [])
    }

    @Test("each disagreement has its own mark", arguments: [ReceiptKind.sale, .return])
    func disagreements(kind: ReceiptKind) {
        var wrong = line
        wrong.amount = Money(minorUnits: 602)
        #expect(receipt([wrong], total: 602, tenders: [602], kind: kind).arithmeticMarks() == [.lineAmount])
        #expect(receipt([line], total: 600, tenders: [600], kind: kind).arithmeticMarks() == [.total])
        #expect(receipt([line], total: 601, tenders: [600], kind: kind).arithmeticMarks() == [.payments])
        #expect(receipt([line], total: 601, tenders: [], kind: kind).arithmeticMarks() == [.payments])
        #expect(
            receipt([wrong], total: 601, tenders: [600], kind: kind).arithmeticMarks() == [
                .lineAmount, .total, .payments,
            ])
    }

    @Test("numbers that overflow are a disagreement, not a failure")
    func overflow() {
        var huge = line
        huge.price = Money(minorUnits: .max)
        huge.amount = Money(minorUnits: .max)
        huge.discounts = []
        let marks = receipt([huge, huge], total: .max, tenders: [.max, .max]).arithmeticMarks()
        #expect(marks == [.lineAmount, .total, .payments])
    }

    @Test("a void has no marks: nothing was sold")
    func void() {
        #expect(receipt([line], total: 0, tenders: [], kind: .void).arithmeticMarks() == [])
        #expect(receipt([line], total: 601, tenders: [], kind: .void).arithmeticMarks() == [])
        #expect(receipt([line], total: 600, tenders: [], kind: .void).arithmeticMarks() == [])
    }

    @Test("the marks are named as on the wire")
    func names() {
        let names = [
            "line_amount", "total", "payments", "taxes", "quote_unknown", "quote_differs", "customer_unknown",
            "hold_missing", "points_debt", "original_unknown", "order_unknown", "order_state", "basket_unknown",
            "basket_state",
            "clock",
        ]
        #expect(ReceiptMark.allCases.map(\.rawValue) == names)
        #expect(ReceiptKind.allCases.map(\.rawValue) == ["sale", "return", "void", "correction"])
    }
}
