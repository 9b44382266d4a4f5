/// An amount of money in whole minor units (kopecks, cents) of the store's currency.
///
/// Money never touches binary floating point, and an operation that would leave the 64-bit range throws
/// instead of wrapping.
public struct Money: Hashable, Comparable, Sendable {
    /// The amount in minor units; negative amounts are allowed (corrections, differences).
    public let minorUnits: Int64

    /// An amount of `minorUnits` kopecks or cents.
    public init(minorUnits: Int64) {
        self.minorUnits = minorUnits
    }

    /// No money at all.
    public static let zero = Money(minorUnits: 0)

    /// Orders amounts by size.
    public static func < (left: Money, right: Money) -> Bool {
        left.minorUnits < right.minorUnits
    }

    /// The sum of two amounts.
    public func adding(_ other: Money) throws(ArithmeticError) -> Money {
        let (sum, overflow) = minorUnits.addingReportingOverflow(other.minorUnits)
        guard !overflow else { throw .overflow }
        return Money(minorUnits: sum)
    }

    /// This amount less the other one.
    public func subtracting(_ other: Money) throws(ArithmeticError) -> Money {
        let (difference, overflow) = minorUnits.subtractingReportingOverflow(other.minorUnits)
        guard !overflow else { throw .overflow }
        return Money(minorUnits: difference)
    }

    /// This price times a quantity, rounded half up to a minor unit.
    ///
    /// A half goes away from zero on both sides, so that a negative amount is always the mirror image of the
    /// positive one: a correction takes back exactly what was charged.
    public func times(_ quantity: Quantity) throws(ArithmeticError) -> Money {
        try Money(
            minorUnits: scaled(
                minorUnits, times: quantity.thousandths, over: Quantity.thousandthsPerUnit, rounding: .halfUp))
    }

    /// The given rate of this amount: 10 % of 2.55 is 0.26 when rounded half up and 0.25 when rounded down.
    public func share(_ rate: BasisPoints, rounding: Rounding) throws(ArithmeticError) -> Money {
        try Money(
            minorUnits: scaled(minorUnits, times: Int64(rate.value), over: BasisPoints.whole, rounding: rounding))
    }
}

extension Money {
    /// Reads decimal digits such as `2.55` or `-17` as an amount of a currency with `fractionDigits` digits.
    ///
    /// Digits beyond the currency's are rounded half up (away from zero). There is no exponent, no digit grouping
    /// and no sign `+`; at least one digit stands on each side of the point.
    public static func parse(
        decimal text: some StringProtocol, fractionDigits: Int = 2
    ) throws(DecimalError) -> Money {
        try Money(minorUnits: scaledDecimal(text.utf8, fractionDigits: fractionDigits, excess: .rounded))
    }

    /// The amount as decimal digits with all fraction digits of the currency: `2.50`, `-0.05`.
    public func decimalText(fractionDigits: Int = 2) -> String {
        decimalDigits(minorUnits, fractionDigits: fractionDigits)
    }

    /// A sum of amounts in the same form, minor units; sums of many amounts may be more than an amount can be.
    public static func decimalText(sum: Int128, fractionDigits: Int = 2) -> String {
        decimalDigits(sum, fractionDigits: fractionDigits)
    }
}

private func decimalDigits(_ minorUnits: some SignedInteger, fractionDigits: Int) -> String {
    precondition(fractionDigits >= 0 && fractionDigits <= 18, "no currency has \(fractionDigits) digits")
    let digits = String(minorUnits.magnitude)
    guard fractionDigits > 0 else { return minorUnits < 0 ? "-" + digits : digits }
    let noughts = max(0, fractionDigits + 1 - digits.utf8.count)
    let point = digits.utf8.count + noughts - fractionDigits
    return String(unsafeUninitializedCapacity: digits.utf8.count + noughts + 2) { text in
        var count = 0
        func put(_ byte: UInt8) {
            text[count] = byte
            count += 1
        }
        if minorUnits < 0 { put(UInt8(ascii: "-")) }
        var place = 0
        func putDigit(_ byte: UInt8) {
            if place == point { put(UInt8(ascii: ".")) }
            put(byte)
            place += 1
        }
        for _ in 0..<noughts { putDigit(UInt8(ascii: "0")) }
        for digit in digits.utf8 { putDigit(digit) }
        return count
    }
}
