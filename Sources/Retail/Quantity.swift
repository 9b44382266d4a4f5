/// How much of a product: pieces or weighed goods, in thousandths of the unit of sale.
public struct Quantity: Hashable, Comparable, Sendable {
    /// The quantity in thousandths: 2.474 kg is 2474.
    public let thousandths: Int64

    /// A quantity of `thousandths` thousandths of the unit of sale.
    public init(thousandths: Int64) {
        self.thousandths = thousandths
    }

    /// One whole unit.
    public static let one = Quantity(thousandths: thousandthsPerUnit)

    /// No quantity.
    public static let zero = Quantity(thousandths: 0)

    /// The number of digits after the point that a quantity keeps.
    public static let fractionDigits = 3

    static let thousandthsPerUnit: Int64 = 1_000

    /// Orders quantities by size.
    public static func < (left: Quantity, right: Quantity) -> Bool {
        left.thousandths < right.thousandths
    }

    /// Reads decimal digits such as `2.474` or `6`; more than three digits after the point are an error, because a
    /// quantity is never rounded behind the seller's back.
    public static func parse(decimal text: some StringProtocol) throws(DecimalError) -> Quantity {
        try Quantity(thousandths: scaledDecimal(text.utf8, fractionDigits: fractionDigits, excess: .refused))
    }

    /// The quantity as the shortest decimal digits: `2.474`, `0.5`, `6`.
    public var decimalText: String {
        let (whole, rest) = thousandths.magnitude.quotientAndRemainder(
            dividingBy: Quantity.thousandthsPerUnit.magnitude)
        var text = (thousandths < 0 ? "-" : "") + String(whole)
        guard rest > 0 else { return text }
        var digits = String(Quantity.thousandthsPerUnit.magnitude + rest).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        text += "." + digits
        return text
    }

    /// The sum of two quantities.
    public func adding(_ other: Quantity) throws(ArithmeticError) -> Quantity {
        let (sum, overflow) = thousandths.addingReportingOverflow(other.thousandths)
        guard !overflow else { throw .overflow }
        return Quantity(thousandths: sum)
    }
}
