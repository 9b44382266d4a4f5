/// A product's bar code as the catalogue has it: trade item numbers are checked, anything else is taken as it is.
public struct Barcode: Hashable, Sendable {
    /// What is printed on the product: `4601234567893`, `036000291452`, `PALLET-7`.
    public let text: String
    /// What all spellings of the same number have in common: fourteen digits for a trade item number (GS1's GTIN), else
    /// the text.
    public let key: String

    /// Takes a bar code as an operator writes it down.
    ///
    /// Eight, twelve, thirteen and fourteen digits are trade item numbers and must have the right check digit. Eight
    /// that begin with 0 are read as UPC-E where that fits, else as EAN-8.
    public init(_ text: String) throws(BarcodeError) {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { throw .notPrintable }
        self.text = text
        guard TradeNumber.lengths.contains(bytes.count), let digits = TradeNumber.digits(bytes) else {
            key = text
            return
        }
        guard let number = TradeNumber.readings(digits).first else {
            let right = TradeNumber.checkDigit(of: digits.dropLast())
            throw .checkDigit(is: Int(digits[digits.count - 1]), mustBe: Int(right))
        }
        key = number.text
    }

    /// A bar code that was taken before and is read back.
    package init(text: String, key: String) {
        self.text = text
        self.key = key
    }
}

/// Why a bar code is not taken.
public enum BarcodeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A trade item number whose last digit does not fit the others: misread or mistyped.
    case checkDigit(is: Int, mustBe: Int)
    /// It has characters that no bar code of a catalogue has.
    case notPrintable

    /// The reason in words.
    public var description: String {
        switch self {
        case .checkDigit(let found, let right): "has the check digit \(found), which must be \(right)"
        case .notPrintable: "must be printable ASCII"
        }
    }
}

/// What a scanner read, and under which keys its product may be known.
public struct ScannedCode: Hashable, Sendable {
    /// The keys of ``Barcode/key``, the likeliest first; never empty.
    public let keys: [String]
    /// The thirteen digits, where it may be a code that a scale in the store has printed: they begin with 2.
    let scaleDigits: [UInt8]?

    /// Reads a scan: a trade item number in any of its forms, a whole marking code (GS1 DataMatrix with 01 in front, or
    /// a tobacco pack's without it), or anything else that a catalogue may list as it is.
    public init(_ text: String) {
        let bytes = Self.withoutScannerMarks(Array(text.utf8))
        var found: [TradeNumber] = []
        if let digits = TradeNumber.digits(bytes) { found += TradeNumber.readings(digits) }
        if let number = Self.numberOfMarkingCode(bytes) { found.append(number) }
        let plain = String(decoding: bytes, as: UTF8.self)
        keys = found.map(\.text) + (found.contains { $0.text == plain } ? [] : [plain])
        scaleDigits = found.first.flatMap {
            $0.digits[0] == 0 && $0.digits[1] == 2 ? Array($0.digits.dropFirst()) : nil
        }
    }

    /// Some scanners say first what kind of code it is (`]d2`), or begin with the group separator that stands for FNC1.
    private static func withoutScannerMarks(_ bytes: [UInt8]) -> [UInt8] {
        var rest = bytes[...]
        if rest.count > 3, rest[0] == UInt8(ascii: "]") { rest = rest.dropFirst(3) }
        while rest.first == groupSeparator { rest = rest.dropFirst() }
        return Array(rest)
    }

    private static let groupSeparator: UInt8 = 0x1D
    /// A tobacco pack's code: product number, serial number, and on some price and signature; no identifiers before
    /// them.
    private static let tobaccoLengths = [21, 25, 29]

    private static func numberOfMarkingCode(_ bytes: [UInt8]) -> TradeNumber? {
        for mark in ["01", "(01)"] where bytes.starts(with: mark.utf8) {
            let start = mark.utf8.count
            guard bytes.count >= start + TradeNumber.digitCount else { continue }
            let digits = TradeNumber.digits(bytes[start..<start + TradeNumber.digitCount])
            if let number = digits.flatMap(TradeNumber.init(fourteen:)) { return number }
        }
        guard tobaccoLengths.contains(bytes.count) else { return nil }
        return TradeNumber.digits(bytes.prefix(TradeNumber.digitCount)).flatMap(TradeNumber.init(fourteen:))
    }
}
