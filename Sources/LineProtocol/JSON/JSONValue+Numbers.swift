/// Numbers are kept as digits and turned into integers on demand: no binary floating point touches them.
extension JSONValue {
    /// A number without fraction and exponent, or nil if it is not one or does not fit.
    public func int64() -> Int64? {
        guard let digits = numberDigits else { return nil }
        return Self.scaled(digits, fractionDigits: 0)
    }

    /// A number of 0 or more without fraction and exponent, or nil if it is not one or does not fit.
    ///
    /// Signs of fiscal documents are such numbers; a signed 64-bit integer cannot hold all of them.
    public func uint64() -> UInt64? {
        guard let digits = numberDigits, let magnitude = Self.magnitude(digits, fractionDigits: 0) else { return nil }
        return magnitude.isNegative && magnitude.value != 0 ? nil : magnitude.value
    }

    /// A number multiplied by ten to the power of `fractionDigits`.
    ///
    /// - Returns: nil if it is no number, has an exponent, more digits behind the point than `fractionDigits`, or does
    ///   not fit. `2.474` with three digits is 2474, and so is `2.47` 2470.
    public func decimal(fractionDigits: Int) -> Int64? {
        guard let digits = numberDigits else { return nil }
        return Self.scaled(digits, fractionDigits: fractionDigits)
    }

    private var numberDigits: UnsafeRawBufferPointer? {
        kind == .number ? rawBytes : nil
    }

    private static func scaled(_ digits: UnsafeRawBufferPointer, fractionDigits: Int) -> Int64? {
        guard let magnitude = magnitude(digits, fractionDigits: fractionDigits) else { return nil }
        if magnitude.isNegative {
            if magnitude.value == Int64.min.magnitude { return Int64.min }
            return Int64(exactly: magnitude.value).map { -$0 }
        }
        return Int64(exactly: magnitude.value)
    }

    /// The digits of a number whose form the scanner has checked.
    private static func magnitude(
        _ digits: UnsafeRawBufferPointer, fractionDigits: Int
    ) -> (isNegative: Bool, value: UInt64)? {
        let isNegative = digits[0] == Ascii.minus
        var value: UInt64 = 0
        var fractionDigitsLeft: Int?
        for byte in digits[(isNegative ? 1 : 0)...] {
            if byte == Ascii.point {
                fractionDigitsLeft = fractionDigits
                continue
            }
            guard Ascii.isDigit(byte) else { return nil }
            if let left = fractionDigitsLeft {
                guard left > 0 else { return nil }
                fractionDigitsLeft = left - 1
            }
            guard let next = appending(byte - Ascii.zero, to: value) else { return nil }
            value = next
        }
        for _ in 0..<(fractionDigitsLeft ?? fractionDigits) {
            guard let next = appending(0, to: value) else { return nil }
            value = next
        }
        return (isNegative, value)
    }

    private static func appending(_ digit: UInt8, to value: UInt64) -> UInt64? {
        let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tenfold.addingReportingOverflow(UInt64(digit))
        return overflow || carry ? nil : sum
    }
}
