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
    public init?(text: String) {
        var text = text
        guard let key = text.withUTF8({ ReceiptKey(utf8: $0) }) else { return nil }
        self = key
    }

    /// The same for a part of a text.
    @inlinable
    public init?(text: some StringProtocol) {
        self.init(text: String(text))
    }

    private init?(utf8 text: UnsafeBufferPointer<UInt8>) {
        let stroke = UInt8(ascii: "/")
        guard let first = text.firstIndex(of: stroke),
            let second = text[(first + 1)...].firstIndex(of: stroke),
            let third = text[(second + 1)...].firstIndex(of: stroke)
        else { return nil }
        let store = UnsafeBufferPointer(rebasing: text[..<first])
        let till = UnsafeBufferPointer(rebasing: text[(first + 1)..<second])
        let number = UnsafeBufferPointer(rebasing: text[(third + 1)...])
        guard ReceiptKey.isIdentifier(store), ReceiptKey.isIdentifier(till),
            ReceiptKey.isNumber(number),
            let shift = ReceiptKey.shift(text[(second + 1)..<third])
        else { return nil }
        self.init(
            store: String(decoding: store, as: UTF8.self), till: String(decoding: till, as: UTF8.self),
            shift: shift,
            number: String(decoding: number, as: UTF8.self))
    }

    /// A shift as `text` writes it: digits without a nought before them.
    private static func shift(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else {
            return nil
        }
        var shift = 0
        for digit in digits {
            guard isASCIIDigit(digit) else { return nil }
            shift = shift * 10 + Int(digit - UInt8(ascii: "0"))
            guard shift <= shiftMaximum else { return nil }
        }
        return shift
    }

    /// The key as `store/till/shift/number`.
    public var text: String {
        "\(store)/\(till)/\(shift)/\(number)"
    }

    /// Whether the text is 1 to 64 characters of printable ASCII without space and `/`.
    public static func isIdentifier(_ text: some StringProtocol) -> Bool {
        var text = String(text)
        return text.withUTF8 { isIdentifier($0) }
    }

    private static func isIdentifier(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        (1...identifierCharactersMaximum).contains(text.count)
            && text.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") }
    }

    /// Whether the text is 1 to 32 characters of `A-Z a-z 0-9 . _ -`.
    public static func isNumber(_ text: some StringProtocol) -> Bool {
        var text = String(text)
        return text.withUTF8 { isNumber($0) }
    }

    private static func isNumber(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        (1...numberCharactersMaximum).contains(text.count)
            && text.allSatisfy { byte in
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
