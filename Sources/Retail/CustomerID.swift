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
        guard text.hasPrefix(CustomerID.prefix) else { return nil }
        let digits = text.dropFirst(CustomerID.prefix.count)
        guard let number = Int64(digits), number >= 0, String(number) == digits else { return nil }
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
