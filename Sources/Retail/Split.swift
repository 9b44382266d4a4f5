/// Splits a whole over weights: proportionally, the largest remainder first, equal remainders to the earlier weight.
///
/// The parts always add up to the whole, and no part is more than one unit away from its exact share. A negative
/// whole is split as the mirror image of the positive one. When all weights are zero, the first takes everything.
///
/// - Parameters:
///   - whole: the amount to split, in indivisible units (minor units, points).
///   - weights: at least one weight unless the whole is zero; none is negative. Weights that nobody else holds are
///     replaced by the parts where they are, so that a list made for the call is the only one.
/// - Returns: one part per weight, in the order of the weights.
public func split(_ whole: Int64, over weights: consuming [Int64]) -> [Int64] {
    precondition(!weights.isEmpty || whole == 0, "an amount cannot be split over nothing")
    var parts = weights
    var sum: UInt128 = 0
    for weight in parts {
        precondition(weight >= 0, "a weight is never negative")
        sum += UInt128(weight)
    }
    guard whole != 0, sum > 0 else {
        for index in parts.indices { parts[index] = index == 0 ? whole : 0 }
        return parts
    }
    // No product is larger than that of the whole and the sum. What a shop sells fits into 64 bits, which the processor
    // divides in one step.
    if let narrow = UInt64(exactly: sum), !whole.magnitude.multipliedReportingOverflow(by: narrow).overflow {
        replace(&parts, byShareOf: whole.magnitude, sum: narrow)
    } else {
        replace(&parts, byShareOf: whole.magnitude, sum: sum)
    }
    if whole < 0 {
        // A part of the smallest number, which has no positive twin, is that number already.
        for index in parts.indices { parts[index] = 0 &- parts[index] }
    }
    return parts
}

/// Replaces each weight by the bits of its part, reckoning in numbers that hold the whole times the sum.
@inline(__always)
private func replace<Wide: FixedWidthInteger & UnsignedInteger>(
    _ weights: inout [Int64], byShareOf whole: UInt64, sum: Wide
) {
    withUnsafeTemporaryAllocation(of: Remainder<Wide>.self, capacity: weights.count) { memory in
        var remainders = memory
        var left = whole
        for index in weights.indices {
            let (quotient, remainder) = (Wide(whole) * Wide(UInt64(bitPattern: weights[index])))
                .quotientAndRemainder(dividingBy: sum)
            let part = UInt64(truncatingIfNeeded: quotient)
            weights[index] = Int64(bitPattern: part)
            remainders.initializeElement(at: index, to: Remainder(size: remainder, index: index))
            left -= part
        }
        guard left > 0 else { return }
        remainders.sort { ($1.size, $0.index) < ($0.size, $1.index) }
        // Fewer units are left than there are remainders above zero, so each goes to a line that earned a part of it.
        for place in 0..<Int(left) { weights[remainders[place].index] &+= 1 }
    }
}

/// What a division left of the share of one weight.
private struct Remainder<Wide: FixedWidthInteger & UnsignedInteger> {
    let size: Wide
    let index: Int
}
