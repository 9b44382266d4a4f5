import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("What is written down about receipts and quotes")
struct StoredFormTests {
    @Test("the effects of a sale are read as they were written", arguments: UInt64(1)...20)
    func effects(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let effects = ReceiptEffects(
            lines: (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                ReceiptEffects.Line(
                    quantity: Quantity(thousandths: .random(in: 0 ... .max, using: &generator)),
                    earned: .random(in: 0 ... .max, using: &generator),
                    spent: .random(in: 0 ... .max, using: &generator),
                    paid: Money(minorUnits: .random(in: 0 ... .max, using: &generator)))
            })
        #expect(ReceiptEffects(effects.encoded) == effects)
    }

    @Test("effects of another version, or cut off, are not guessed at")
    func damagedEffects() {
        let bytes = ReceiptEffects(lines: [.init(quantity: .one, earned: 1, spent: 2, paid: .zero)]).encoded
        #expect(ReceiptEffects([3] + bytes.dropFirst()) == nil)
        #expect(ReceiptEffects([]) == nil)
        for count in 2..<bytes.count { #expect(ReceiptEffects(Array(bytes.prefix(count))) == nil) }
    }

    @Test("a quote's id is read as it was written, and differs whenever the quote does")
    func quoteIdentity() throws {
        func identity(
            customer: Int64? = 1, sku: String = "A", amount: Int64 = 5, points: Int64 = 5, until: Int64 = 1_000
        ) -> QuoteIdentity {
            QuoteIdentity(
                customer: customer.map(CustomerID.init(number:)),
                lines: [(sku: sku, amount: Money(minorUnits: amount))], points: Money(minorUnits: points),
                validUntil: Instant(millisecondsSinceEpoch: until))
        }
        let all = [
            identity(), identity(customer: nil), identity(customer: 2), identity(sku: "B"), identity(amount: 6),
            identity(points: 6), identity(until: 1_001), identity(sku: ""), identity(amount: -5),
        ]
        #expect(Set(all.map(\.text)).count == all.count)
        for one in all { #expect(QuoteIdentity(text: one.text) == one) }
    }

    @Test("a quote's id is the same in every run")
    func stableIdentity() {
        let identity = QuoteIdentity(
            customer: nil, lines: [(sku: "MUG", amount: Money(minorUnits: 100))], points: Money(minorUnits: 100),
            validUntil: Instant(millisecondsSinceEpoch: 16))
        #expect(identity.text.hasPrefix("q-10-"))
        #expect(identity.text == "q-10-\(String(identity.digest, radix: 16))")
    }
}
