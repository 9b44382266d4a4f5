/// What a receipt is known by: two receipts with the same key are the same receipt, or a conflict.
public struct ReceiptKey: Hashable, Sendable {
    /// The store's identifier.
    public let store: String
    /// The till within the store.
    public let till: String
    /// The shift (fiscal day) of the till, from 0.
    public let shift: Int
    /// The receipt's number within the shift, as the till prints it.
    public let number: String

    /// A key of parts that the caller has checked already; `init(text:)` checks them.
    public init(store: String, till: String, shift: Int, number: String) {
        self.store = store
        self.till = till
        self.shift = shift
        self.number = number
    }

    /// The largest number a shift can have.
    public static let shiftMaximum = Int(Int32.max)
    /// The most characters a receipt's number can have.
    public static let numberCharactersMaximum = 32
    /// The most characters an identifier (of a store, till, order, ...) can have.
    public static let identifierCharactersMaximum = 64

    /// Reads `store/till/shift/number`, for example `S1/T03/12/536365`.
    ///
    /// Only the form that `text` writes is taken (no `012` for shift 12), so a key has exactly one text.
    public init?(text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4,
            ReceiptKey.isIdentifier(parts[0]), ReceiptKey.isIdentifier(parts[1]), ReceiptKey.isNumber(parts[3]),
            let shift = Int(parts[2]), (0...ReceiptKey.shiftMaximum).contains(shift), String(shift) == parts[2]
        else { return nil }
        self.init(store: String(parts[0]), till: String(parts[1]), shift: shift, number: String(parts[3]))
    }

    /// The key as `store/till/shift/number`.
    public var text: String {
        "\(store)/\(till)/\(shift)/\(number)"
    }

    /// Whether the text is 1 to 64 characters of printable ASCII without space and `/`.
    public static func isIdentifier(_ text: some StringProtocol) -> Bool {
        (1...identifierCharactersMaximum).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") }
    }

    /// Whether the text is 1 to 32 characters of `A-Z a-z 0-9 . _ -`.
    public static func isNumber(_ text: some StringProtocol) -> Bool {
        (1...numberCharactersMaximum).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                isASCIIAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
                    || byte == UInt8(ascii: "-")
            }
    }
}

func isASCIIAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        true
    default: false
    }
}

func isASCIIDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
