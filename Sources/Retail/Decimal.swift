/// Why a text is not a decimal number that can be taken.
public enum DecimalError: Error, Hashable, Sendable {
    /// There is nothing to read.
    case empty
    /// The byte at this offset cannot stand there.
    case badCharacter(offset: Int)
    /// A digit is missing before or after the decimal point.
    case missingDigits
    /// More digits after the point than can be kept.
    case tooManyFractionDigits(limit: Int)
    /// The number does not fit into 64 bits.
    case overflow
}

/// What becomes of digits after the point that the unit does not have.
enum ExcessDigits {
    case rounded
    case refused
}

/// Reads `-?digits(.digits)?` as a whole number of 10^-`fractionDigits` units.
///
/// Works on the digits themselves: `2.55` has no binary representation, 255 has.
func scaledDecimal(
    _ bytes: some Sequence<UInt8>, fractionDigits: Int, excess: ExcessDigits
) throws(DecimalError) -> Int64 {
    var magnitude: UInt64 = 0
    var isNegative = false
    var wholeDigits = 0
    var fraction: Int?
    var roundsUp = false
    var offset = 0
    for byte in bytes {
        defer { offset += 1 }
        switch byte {
        case UInt8(ascii: "-") where offset == 0:
            isNegative = true
        case UInt8(ascii: ".") where fraction == nil && wholeDigits > 0:
            fraction = 0
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            let digit = UInt64(byte - UInt8(ascii: "0"))
            guard let place = fraction else {
                wholeDigits += 1
                magnitude = try appending(digit, to: magnitude)
                continue
            }
            fraction = place + 1
            if place < fractionDigits {
                magnitude = try appending(digit, to: magnitude)
            } else if excess == .refused {
                throw .tooManyFractionDigits(limit: fractionDigits)
            } else if place == fractionDigits {
                roundsUp = digit >= 5
            }
        default:
            throw .badCharacter(offset: offset)
        }
    }
    guard offset > 0 else { throw .empty }
    guard wholeDigits > 0, fraction != 0 else { throw .missingDigits }
    for _ in 0..<max(0, fractionDigits - (fraction ?? 0)) {
        magnitude = try appending(0, to: magnitude)
    }
    if roundsUp { magnitude += 1 }
    // The magnitude is at most 2^63 here, so this subtraction cannot leave the range that Int64(exactly:) judges.
    let signed = isNegative ? -Int128(magnitude) : Int128(magnitude)
    guard let result = Int64(exactly: signed) else { throw .overflow }
    return result
}

private func appending(_ digit: UInt64, to magnitude: UInt64) throws(DecimalError) -> UInt64 {
    let (tens, tensOverflow) = magnitude.multipliedReportingOverflow(by: 10)
    let (sum, sumOverflow) = tens.addingReportingOverflow(digit)
    guard !tensOverflow, !sumOverflow, sum <= Int64.min.magnitude else { throw .overflow }
    return sum
}
