import Retail

/// `amount × rate ÷ whole` through 128 bits; a result beyond 64 bits stops at the largest amount.
///
/// Used where the result is cut to what is left of a line anyway, so that stopping changes nothing.
func wideShare(_ amount: Int64, of rate: Int64, over whole: Int64, rounding: Rounding) -> Int64 {
    let product = Int128(amount) * Int128(rate)
    switch rounding {
    case .down: return narrowed(product / Int128(whole))
    // Neither amounts nor rates are negative here, so half of the whole on top and dropping the rest rounds half up.
    case .halfUp: return narrowed((product * 2 + Int128(whole)) / (Int128(whole) * 2))
    }
}

/// The number, stopped at the ends of the 64-bit range.
func narrowed(_ wide: Int128) -> Int64 {
    Int64(clamping: wide)
}
