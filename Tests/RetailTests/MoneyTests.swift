import TestSupport
import Testing

@testable import Retail

@Suite("Money")
struct MoneyTests {
    @Test(
        "a price times a quantity is rounded half up, away from zero on both sides",
        arguments: [
            (255, 2_474, 631), (1, 500, 1), (1, 499, 0), (3, 500, 2), (-1, 500, -1), (-1, 499, 0), (-3, 500, -2),
            (9_999, 1_000, 9_999), (0, 2_474, 0), (255, 0, 0), (100, -1_005, -101),
        ] as [(Int64, Int64, Int64)])
    func priceTimesQuantity(price: Int64, thousandths: Int64, expected: Int64) throws {
        let amount = try Money(minorUnits: price).times(Quantity(thousandths: thousandths))
        #expect(amount == Money(minorUnits: expected))
    }

    @Test("a product that only leaves 64 bits on the way is exact")
    func wideIntermediate() throws {
        let price = Money(minorUnits: 9_000_000_000_000_000)
        #expect(try price.times(Quantity(thousandths: 1_000_000)) == Money(minorUnits: 9_000_000_000_000_000_000))
    }

    @Test("nothing wraps: every operation that leaves 64 bits is an overflow")
    func overflow() {
        let largest = Money(minorUnits: .max)
        let smallest = Money(minorUnits: .min)
        let one = Money(minorUnits: 1)
        #expect(throws: ArithmeticError.overflow) { try largest.adding(one) }
        #expect(throws: ArithmeticError.overflow) { try smallest.subtracting(one) }
        #expect(throws: ArithmeticError.overflow) { try largest.times(Quantity(thousandths: 1_001)) }
        #expect(throws: ArithmeticError.overflow) { try smallest.share(BasisPoints(value: 10_001), rounding: .down) }
        #expect(throws: ArithmeticError.overflow) {
            try Quantity(thousandths: .max).adding(Quantity(thousandths: 1))
        }
        #expect(throws: Never.self) { try largest.times(.one) }
        #expect(throws: Never.self) { try smallest.share(BasisPoints(value: 10_000), rounding: .halfUp) }
    }

    @Test("a share of an amount is rounded as asked")
    func share() throws {
        let amount = Money(minorUnits: 255)
        #expect(try amount.share(BasisPoints(value: 1_000), rounding: .halfUp) == Money(minorUnits: 26))
        #expect(try amount.share(BasisPoints(value: 1_000), rounding: .down) == Money(minorUnits: 25))
        let negative = Money(minorUnits: -255)
        #expect(try negative.share(BasisPoints(value: 1_000), rounding: .halfUp) == Money(minorUnits: -26))
        #expect(try negative.share(BasisPoints(value: 1_000), rounding: .down) == Money(minorUnits: -25))
    }

    @Test(
        "decimal digits become minor units without ever being a binary fraction",
        arguments: [
            ("2.55", 255), ("2.5", 250), ("17", 1_700), ("0.005", 1), ("0.0049999", 0), ("-0.005", -1), ("1.995", 200),
            ("0.01", 1), ("-17.30", -1_730), ("92233720368547758.07", Int64.max), ("-92233720368547758.08", Int64.min),
            ("0000000000000000000000001.10", 110), ("1.0049999999999999999999999999", 100),
        ] as [(String, Int64)])
    func parse(text: String, expected: Int64) throws {
        #expect(try Money.parse(decimal: text) == Money(minorUnits: expected))
        #expect(try Money.parse(decimal: text[...]) == Money(minorUnits: expected))
    }

    @Test(
        "what is not a decimal number is refused with its reason",
        arguments: [
            ("", .empty), ("-", .missingDigits), (".5", .badCharacter(offset: 0)), ("5.", .missingDigits),
            ("1e2", .badCharacter(offset: 1)), ("+1", .badCharacter(offset: 0)), ("1,5", .badCharacter(offset: 1)),
            ("1.2.3", .badCharacter(offset: 3)), (" 1", .badCharacter(offset: 0)), ("1-", .badCharacter(offset: 1)),
            ("92233720368547758.08", .overflow), ("92233720368547758.075", .overflow),
            ("99999999999999999999999999", .overflow), ("-92233720368547758.09", .overflow),
            ("٣", .badCharacter(offset: 0)),
        ] as [(String, DecimalError)])
    func parseRefused(text: String, expected: DecimalError) {
        #expect(throws: expected) { try Money.parse(decimal: text) }
    }

    @Test("other currencies have other numbers of fraction digits")
    func otherCurrencies() throws {
        #expect(try Money.parse(decimal: "1200", fractionDigits: 0) == Money(minorUnits: 1_200))
        #expect(try Money.parse(decimal: "1200.5", fractionDigits: 0) == Money(minorUnits: 1_201))
        #expect(try Money.parse(decimal: "1.2345", fractionDigits: 3) == Money(minorUnits: 1_235))
        #expect(Money(minorUnits: 1_200).decimalText(fractionDigits: 0) == "1200")
        #expect(Money(minorUnits: 5).decimalText(fractionDigits: 3) == "0.005")
    }

    @Test("what an amount writes, it reads back", arguments: UInt64(1)...20)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let amount = Money(
                minorUnits: Int64(truncatingIfNeeded: generator.next()) >> Int64.random(in: 0...63, using: &generator))
            #expect(try Money.parse(decimal: amount.decimalText()) == amount)
        }
        #expect(try Money.parse(decimal: Money(minorUnits: .min).decimalText()) == Money(minorUnits: .min))
    }

    @Test("rounding half up is nearest, and symmetrical around zero", arguments: UInt64(1)...20)
    func roundingIsNearest(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let price = Int64.random(in: -10_000_000...10_000_000, using: &generator)
            let thousandths = Int64.random(in: 1...9_999_999, using: &generator)
            let amount = try Money(minorUnits: price).times(Quantity(thousandths: thousandths)).minorUnits
            let doubledDistance = 2 * (amount * 1_000 - price * thousandths).magnitude
            #expect(doubledDistance <= 1_000)
            let mirrored = try Money(minorUnits: -price).times(Quantity(thousandths: thousandths)).minorUnits
            #expect(mirrored == -amount)
        }
    }
}

@Suite("Quantity")
struct QuantityTests {
    @Test(
        "a quantity is read and written with at most three fraction digits",
        arguments: [
            ("2.474", 2_474, "2.474"), ("6", 6_000, "6"), ("0.5", 500, "0.5"), ("1.250", 1_250, "1.25"),
            ("-0.005", -5, "-0.005"), ("10.010", 10_010, "10.01"), ("0", 0, "0"),
        ] as [(String, Int64, String)])
    func readAndWritten(text: String, thousandths: Int64, written: String) throws {
        let quantity = try Quantity.parse(decimal: text)
        #expect(quantity == Quantity(thousandths: thousandths))
        #expect(quantity.decimalText == written)
    }

    @Test("a fourth fraction digit is refused, not rounded")
    func fourthDigit() {
        #expect(throws: DecimalError.tooManyFractionDigits(limit: 3)) { try Quantity.parse(decimal: "1.0005") }
    }
}
