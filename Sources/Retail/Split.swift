/// Splits a whole over weights: proportionally, the largest remainder first, equal remainders to the earlier weight.
///
/// The parts always add up to the whole, and no part is more than one unit away from its exact share. A negative
/// whole is split as the mirror image of the positive one. When all weights are zero, the first takes everything.
///
/// - Parameters:
///   - whole: the amount to split, in indivisible units (minor units, points).
///   - weights: at least one weight unless the whole is zero; none is negative.
/// - Returns: one part per weight, in the order of the weights.
public func split(_ whole: Int64, over weights: [Int64]) -> [Int64] {
    precondition(!weights.isEmpty || whole == 0, "an amount cannot be split over nothing")
    var sum: UInt128 = 0
    for weight in weights {
        precondition(weight >= 0, "a weight is never negative")
        sum += UInt128(weight)
    }
    var parts = [Int64](repeating: 0, count: weights.count)
    guard whole != 0 else { return parts }
    guard sum > 0 else {
        parts[0] = whole
        return parts
    }

    var magnitudes = [UInt64](repeating: 0, count: weights.count)
    var remainders = [UInt128](repeating: 0, count: weights.count)
    var left = whole.magnitude
    for (index, weight) in weights.enumerated() {
        let (quotient, remainder) = (UInt128(whole.magnitude) * UInt128(weight)).quotientAndRemainder(dividingBy: sum)
        magnitudes[index] = UInt64(quotient)
        remainders[index] = remainder
        left -= UInt64(quotient)
    }
    if left > 0 {
        let byRemainder = remainders.indices.sorted { first, second in
            (remainders[second], first) < (remainders[first], second)
        }
        // Fewer units are left than there are remainders above zero, so each goes to a line that earned a part of it.
        for index in byRemainder.prefix(Int(left)) { magnitudes[index] += 1 }
    }
    for (index, magnitude) in magnitudes.enumerated() {
        parts[index] = whole < 0 ? Int64(truncatingIfNeeded: 0 &- magnitude) : Int64(magnitude)
    }
    return parts
}
