/// What a customer does at the till beside buying. It follows from the receipt's number alone, so that any program that
/// reads the same files can tell who was to do what.
public struct CustomerHabit: Hashable, Sendable {
    /// The coupon that some customers have in their pocket.
    public static let coupon = "FAIR10"

    /// Wants to pay with as many points as may be spent: every fifth number.
    public let spendsPoints: Bool
    /// Shows ``coupon``: every tenth number.
    public let showsCoupon: Bool

    /// The habit of the receipt with this number.
    public init(number: String) {
        spendsPoints = number.hasSuffix("0") || number.hasSuffix("5")
        showsCoupon = number.hasSuffix("3")
    }
}
