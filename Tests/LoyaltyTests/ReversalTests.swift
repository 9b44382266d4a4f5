import Retail
import TestSupport
import Testing

@testable import Loyalty

@Suite("Returns")
struct ReversalTests {
    private func pieces(_ count: Int64) -> Quantity {
        Quantity(thousandths: count * 1_000)
    }

    @Test("a return reverses the difference to what earlier returns did")
    func differences() {
        let parts = (0..<3).map { before in
            reversal(total: 10, quantity: pieces(3), returnedBefore: pieces(before), returnedNow: pieces(1))
        }
        #expect(parts == [3, 3, 4])
        #expect(reversal(total: 10, quantity: pieces(3), returnedBefore: .zero, returnedNow: pieces(2)) == 6)
        #expect(reversal(total: 7, quantity: pieces(3), returnedBefore: .zero, returnedNow: .zero) == 0)
    }

    @Test("the widest numbers do not overflow on the way")
    func widest() {
        let sold = Quantity(thousandths: 9_999_999_999)
        #expect(reversal(total: .max, quantity: sold, returnedBefore: .zero, returnedNow: sold) == .max)
    }

    @Test(
        "any portions in any order reverse exactly the whole, and never more than their part",
        arguments: UInt64(1)...100)
    func sumsToTheWhole(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let sold = Int64.random(in: 1...20_000, using: &generator)
            let points = Int64.random(in: 0...1_000_000, using: &generator)
            var portions: [Int64] = []
            var left = sold
            while left > 0 {
                let portion = Int64.random(in: 1...left, using: &generator)
                portions.append(portion)
                left -= portion
            }
            portions.shuffle(using: &generator)

            var back: Int64 = 0
            var reversed: Int64 = 0
            for portion in portions {
                let line = try ReturnedLine(
                    sold: Quantity(thousandths: sold), returnedBefore: Quantity(thousandths: back),
                    returnedNow: Quantity(thousandths: portion))
                let part = line.reversal(of: points)
                back += portion
                reversed += part
                #expect(part >= 0)
                #expect(reversed * sold <= points * back && (reversed + 1) * sold > points * back)
            }
            #expect(reversed == points)
        }
    }

    @Test("more than was sold cannot come back")
    func moreThanSold() throws {
        #expect(throws: ReturnError.moreThanSold(left: pieces(1))) {
            try ReturnedLine(sold: pieces(3), returnedBefore: pieces(2), returnedNow: Quantity(thousandths: 1_001))
        }
        #expect(throws: ReturnError.moreThanSold(left: .zero)) {
            try ReturnedLine(sold: pieces(3), returnedBefore: pieces(4), returnedNow: pieces(1))
        }
        #expect(throws: ReturnError.moreThanSold(left: .zero)) {
            try ReturnedLine(sold: pieces(-1), returnedBefore: .zero, returnedNow: pieces(1))
        }
        #expect(throws: ReturnError.quantityNotPositive) {
            try ReturnedLine(sold: pieces(3), returnedBefore: .zero, returnedNow: .zero)
        }
        #expect(
            try ReturnedLine(sold: pieces(3), returnedBefore: pieces(2), returnedNow: pieces(1)).reversal(of: 10) == 4)
    }
}
