import Retail
import Testing

@Suite("The taxes of a receipt")
struct ReceiptTaxTests {
    private func line(_ amount: Int64, rate: Int? = nil) -> ReceiptLine {
        ReceiptLine(
            sku: "A", name: "A", quantity: .one, price: Money(minorUnits: amount), amount: Money(minorUnits: amount),
            taxRate: rate.map { BasisPoints(value: $0) })
    }

    private func tax(_ rate: Int, _ base: Int64, _ amount: Int64, _ code: String? = nil) -> TaxTotal {
        TaxTotal(
            rate: BasisPoints(value: rate), code: code, base: Money(minorUnits: base), amount: Money(minorUnits: amount)
        )
    }

    private func marks(
        _ lines: [ReceiptLine], _ taxes: [TaxTotal], kind: ReceiptKind = .sale, total: Int64? = nil
    ) -> [ReceiptMark] {
        let total = Money(minorUnits: total ?? lines.reduce(0) { $0 + $1.amount.minorUnits })
        return Receipt(
            key: ReceiptKey(store: "S", till: "T", shift: 1, number: "1"), kind: kind,
            at: Instant(millisecondsSinceEpoch: 0), lines: lines, tenders: [Tender(kind: "cash", amount: total)],
            total: total, taxes: taxes, direction: kind == .correction ? .sale : nil
        ).arithmeticMarks()
    }

    @Test("that agree with the total, the lines and their rates have no mark")
    func agree() {
        let lines = [line(12_000, rate: 2_000), line(11_000, rate: 1_000), line(500, rate: 0)]
        #expect(marks(lines, [tax(2_000, 10_000, 2_000), tax(1_000, 10_000, 1_000), tax(0, 500, 0)]) == [])
        #expect(marks(lines, []) == [])
        // Two taxes of one rate are told apart by their codes.
        #expect(marks([line(500, rate: 0)], [tax(0, 200, 0, "exempt"), tax(0, 300, 0, "zero")]) == [])
        // Lines that say nothing of their tax are not compared.
        #expect(marks([line(12_000), line(11_000)], [tax(2_000, 10_000, 2_000), tax(1_000, 10_000, 1_000)]) == [])
    }

    @Test("may be rounded for the receipt or line by line, but not further off")
    func rounding() {
        // 10.01 with 20 % in it: 1.668…; three times rounded up each is 5.01, all at once 5.00 or 5.01.
        let lines = Array(repeating: line(1_001, rate: 2_000), count: 3)
        for amount: Int64 in [500, 501, 503] { #expect(marks(lines, [tax(2_000, 3_003 - amount, amount)]) == []) }
        for amount: Int64 in [497, 504] {
            #expect(marks(lines, [tax(2_000, 3_003 - amount, amount)]) == [.taxes], "\(amount)")
        }
    }

    @Test("that miss a part of the total, a line's rate, or tax what is free are marked")
    func disagree() {
        let lines = [line(12_000, rate: 2_000), line(11_000, rate: 1_000)]
        let right = [tax(2_000, 10_000, 2_000), tax(1_000, 10_000, 1_000)]
        #expect(marks(lines, right) == [])
        #expect(marks(lines, [right[0]]) == [.taxes])
        #expect(marks(lines, [tax(2_000, 10_000, 2_000), tax(700, 10_280, 720)]) == [.taxes])
        #expect(marks(lines, [tax(2_000, 19_167, 3_833)]) == [.taxes])
        #expect(marks([line(500, rate: 0)], [tax(0, 499, 1)]) == [.taxes])
        let partly = [line(500), line(12_000, rate: 2_000)]
        #expect(marks(partly, [tax(2_000, 1_000, 200), tax(0, 11_300, 0)]) == [.taxes])
        let largest = [tax(10_000, .max, .max), tax(10_000, .max, .max)]
        #expect(marks(lines, largest) == [.taxes])
    }

    @Test("of a correction without lines are compared with its total; its lines need not be there")
    func corrections() {
        #expect(marks([], [tax(2_000, 10_000, 2_000)], kind: .correction, total: 12_000) == [])
        #expect(marks([], [tax(2_000, 10_000, 2_000)], kind: .correction, total: 12_001) == [.taxes])
        #expect(marks([line(5)], [], kind: .correction, total: 12_001) == [.total])
    }

    @Test("change is what is over; what cannot be read is marked, but for a void")
    func change() {
        func receipt(
            _ kind: ReceiptKind, paid: Int64, change: Int64, unreadable: Set<ReceiptMark> = []
        ) -> [ReceiptMark] {
            Receipt(
                key: ReceiptKey(store: "S", till: "T", shift: 1, number: "1"), kind: kind,
                at: Instant(millisecondsSinceEpoch: 0), lines: [line(4_680)],
                tenders: [Tender(kind: "cash", amount: Money(minorUnits: paid))], total: Money(minorUnits: 4_680),
                change: Money(minorUnits: change), unreadable: unreadable
            ).arithmeticMarks()
        }
        #expect(receipt(.sale, paid: 5_000, change: 320) == [])
        #expect(receipt(.sale, paid: 5_000, change: 0) == [.payments])
        #expect(receipt(.return, paid: 4_680, change: 1) == [.payments])
        #expect(receipt(.sale, paid: 4_680, change: 0, unreadable: [.taxes, .payments]) == [.payments, .taxes])
        #expect(receipt(.void, paid: 1, change: 2, unreadable: [.taxes]) == [])
    }

    @Test("what a receipt adds to its shift has the sign of its direction")
    func netTotals() {
        func net(_ kind: ReceiptKind, _ direction: CorrectionDirection? = nil) -> Int64 {
            Receipt(
                key: ReceiptKey(store: "S", till: "T", shift: 1, number: "1"), kind: kind,
                at: Instant(millisecondsSinceEpoch: 0), total: Money(minorUnits: 7), direction: direction
            ).netTotal.minorUnits
        }
        #expect([net(.sale), net(.return), net(.void)] == [7, -7, 0])
        #expect([net(.correction, .sale), net(.correction, .return)] == [7, -7])
    }
}
