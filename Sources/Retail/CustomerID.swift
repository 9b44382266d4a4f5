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
        var text = String(text)
        guard let customer = text.withUTF8({ CustomerID(utf8: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = customer
    }

    /// The same from the text's bytes.
    public init?(utf8 text: UnsafeRawBufferPointer) {
        let digits = CustomerID.prefix.utf8CodeUnitCount
        guard text.starts(with: UnsafeRawBufferPointer(start: CustomerID.prefix.utf8Start, count: digits)),
            text.count > digits
        else { return nil }
        // One form per number: no sign, and no zero in front of other digits.
        guard text[digits] != UInt8(ascii: "0") || text.count == digits + 1 else { return nil }
        var number: Int64 = 0
        for place in digits..<text.count {
            let byte = text[place]
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
        "\(CustomerID.prefix)\(number)"
    }

    /// Orders customers by number.
    public static func < (left: CustomerID, right: CustomerID) -> Bool {
        left.number < right.number
    }

    private static let prefix: StaticString = "c-"
}
