/// What an exact computation can fail with.
public enum ArithmeticError: Error, Hashable, Sendable {
    /// The result does not fit into 64 bits; nothing wraps.
    case overflow
}

/// How a result between two whole units is settled.
public enum Rounding: Sendable {
    /// To the nearer unit, a half away from zero.
    case halfUp
    /// Towards zero: nobody is given a unit that was not reached.
    case down
}

/// A rate in hundredths of a per cent: 10 % is 1000.
public struct BasisPoints: Hashable, Comparable, Sendable {
    /// The rate in basis points.
    public let value: Int

    /// A rate of `value` basis points.
    public init(value: Int) {
        self.value = value
    }

    /// The basis points that make up the whole of an amount.
    public static let whole: Int64 = 10_000

    /// Nothing.
    public static let zero = BasisPoints(value: 0)

    /// Orders rates by size.
    public static func < (left: BasisPoints, right: BasisPoints) -> Bool {
        left.value < right.value
    }
}

/// `amount × factor ÷ divisor` with a 128-bit product, so that only the result has to fit into 64 bits.
func scaled(
    _ amount: Int64, times factor: Int64, over divisor: Int64, rounding: Rounding
) throws(ArithmeticError) -> Int64 {
    precondition(divisor > 0, "a share is taken over a positive divisor")
    let (quotient, remainder) = (Int128(amount) * Int128(factor)).quotientAndRemainder(dividingBy: Int128(divisor))
    var result = quotient
    if rounding == .halfUp, remainder.magnitude * 2 >= UInt128(divisor.magnitude) {
        result += remainder < 0 ? -1 : 1
    }
    guard let narrow = Int64(exactly: result) else { throw .overflow }
    return narrow
}
