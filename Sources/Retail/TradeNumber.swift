/// A trade item number (GTIN) in fourteen digits, its check digit right. EAN-8, UPC-A and EAN-13 are the same number
/// with fewer zeros in front (GS1 General Specifications, GTIN and check digit).
struct TradeNumber: Hashable {
    static let digitCount = 14
    /// Digits that a trade item number is written with.
    static let lengths = [8, 12, 13, 14]

    /// Fourteen values from 0 to 9.
    let digits: [UInt8]

    /// Takes fourteen digits; nil when the check digit is not right.
    init?(fourteen digits: [UInt8]) {
        guard digits.count == Self.digitCount, Self.isRight(digits) else { return nil }
        self.digits = digits
    }

    private init(padding digits: [UInt8]) {
        self.digits = Array(repeating: 0, count: Self.digitCount - digits.count) + digits
    }

    /// The fourteen digits as text.
    var text: String { String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self) }

    /// What these digits may stand for, the likeliest first; empty when no check digit is right.
    ///
    /// Eight digits can be both EAN-8 and UPC-E. Those that begin with 0 are UPC-E if that fits: EAN-8 with a 0 in
    /// front is no trade item number but a code of a single store.
    static func readings(_ digits: [UInt8]) -> [TradeNumber] {
        guard lengths.contains(digits.count) else { return [] }
        var readings: [TradeNumber] = isRight(digits) ? [TradeNumber(padding: digits)] : []
        if let long = expandedUPCE(digits), isRight(long) {
            readings.insert(TradeNumber(padding: long), at: digits[0] == 0 ? 0 : readings.count)
        }
        return readings
    }

    /// The values of ASCII digits; nil when there is anything else.
    static func digits(_ bytes: some Collection<UInt8>) -> [UInt8]? {
        guard bytes.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else { return nil }
        return bytes.map { $0 - UInt8(ascii: "0") }
    }

    /// The digit that belongs behind these: weights 3 and 1 by turns from the right, up to the next ten.
    static func checkDigit(of digits: some BidirectionalCollection<UInt8>) -> UInt8 {
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() { sum += Int(digit) * (place % 2 == 0 ? 3 : 1) }
        return UInt8((10 - sum % 10) % 10)
    }

    private static func isRight(_ digits: [UInt8]) -> Bool {
        checkDigit(of: digits.dropLast()) == digits[digits.count - 1]
    }

    /// The twelve digits of UPC-A that eight of UPC-E leave zeros out of; nil when they are no UPC-E.
    private static func expandedUPCE(_ short: [UInt8]) -> [UInt8]? {
        guard short.count == 8, short[0] <= 1 else { return nil }
        let (system, body, check) = (short[0], Array(short[1...6]), short[7])
        let number: [UInt8] =
            switch body[5] {
            case 0...2: [body[0], body[1], body[5], 0, 0, 0, 0, body[2], body[3], body[4]]
            case 3: [body[0], body[1], body[2], 0, 0, 0, 0, 0, body[3], body[4]]
            case 4: [body[0], body[1], body[2], body[3], 0, 0, 0, 0, 0, body[4]]
            default: [body[0], body[1], body[2], body[3], body[4], 0, 0, 0, 0, body[5]]
            }
        return [system] + number + [check]
    }
}
