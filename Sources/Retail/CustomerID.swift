/// The gateway's own number of a customer; stays valid for ever, also after two customers were merged.
public struct CustomerID: Hashable, Comparable, Sendable {
    /// The number.
    public let number: Int64

    /// The customer with this number.
    public init(number: Int64) {
        self.number = number
    }

    /// Reads `c-12`; only the form that `text` writes is taken.
    public init?(text: some StringProtocol) {
        var rest = text.utf8[...]
        guard rest.starts(with: CustomerID.prefix.utf8) else { return nil }
        rest = rest.dropFirst(CustomerID.prefix.utf8.count)
        // One form per number: no sign, and no zero in front of other digits.
        guard let first = rest.first, first != UInt8(ascii: "0") || rest.count == 1 else { return nil }
        var number: Int64 = 0
        for byte in rest {
            guard isASCIIDigit(byte) else { return nil }
            let (tenfold, overflows) = number.multipliedReportingOverflow(by: 10)
            let (sum, isOver) = tenfold.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !overflows, !isOver else { return nil }
            number = sum
        }
        self.number = number
    }

    /// The number as it stands on the wire: `c-12`.
    public var text: String {
        CustomerID.prefix + String(number)
    }

    /// Orders customers by number.
    public static func < (left: CustomerID, right: CustomerID) -> Bool {
        left.number < right.number
    }

    private static let prefix = "c-"
}
