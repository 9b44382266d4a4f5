import Retail

/// Why a line cannot come back.
public enum ReturnError: Error, Hashable, Sendable {
    /// A quantity that is not more than zero.
    case quantityNotPositive
    /// More than was sold less what has come back before; `left` is what can still come back.
    case moreThanSold(left: Quantity)
}

/// A line that comes back, wholly or in part: a value of this type never returns more than was sold.
public struct ReturnedLine: Hashable, Sendable {
    /// How much was sold.
    public let sold: Quantity
    /// How much earlier returns brought back.
    public let returnedBefore: Quantity
    /// How much comes back now.
    public let returnedNow: Quantity

    /// Checks that what comes back was sold and has not come back before.
    public init(sold: Quantity, returnedBefore: Quantity, returnedNow: Quantity) throws(ReturnError) {
        guard returnedNow > .zero else { throw .quantityNotPositive }
        let left = Quantity(
            thousandths: max(0, sold.thousandths - min(max(0, returnedBefore.thousandths), max(0, sold.thousandths))))
        guard returnedNow <= left else { throw .moreThanSold(left: left) }
        self.sold = sold
        self.returnedBefore = max(.zero, returnedBefore)
        self.returnedNow = returnedNow
    }

    /// The part of the line's points, earned or spent, that this return reverses.
    public func reversal(of points: Int64) -> Int64 {
        Loyalty.reversal(
            total: points, quantity: sold, returnedBefore: returnedBefore, returnedNow: returnedNow)
    }
}

/// The part of a line's points that a return reverses: floor(X × (q₀ + q₁) ÷ Q) − floor(X × q₀ ÷ Q).
///
/// Each return reverses the difference to what the earlier ones did, so any number of returns in any portions reverses
/// exactly X once everything has come back.
///
/// - Parameters:
///   - total: X, the points that the whole line earned or cost; not negative.
///   - quantity: Q, how much was sold; more than zero.
///   - returnedBefore: q₀, how much has come back before; not negative.
///   - returnedNow: q₁, how much comes back now; not negative, and q₀ + q₁ is at most Q.
public func reversal(
    total: Int64, quantity: Quantity, returnedBefore: Quantity, returnedNow: Quantity
) -> Int64 {
    precondition(total >= 0 && quantity > .zero, "points and the quantity sold are not negative")
    precondition(returnedBefore >= .zero && returnedNow >= .zero, "a quantity that comes back is not negative")
    let before = Int128(returnedBefore.thousandths)
    let after = before + Int128(returnedNow.thousandths)
    let sold = Int128(quantity.thousandths)
    precondition(after <= sold, "no more comes back than was sold")
    // Both quotients are at most the total, which is 64 bits wide.
    return Int64(Int128(total) * after / sold) - Int64(Int128(total) * before / sold)
}
