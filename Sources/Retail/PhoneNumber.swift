extension CustomerIdentifier {
    private static let phoneDigits = 8...15
    private static let nationalDigits = 10

    /// The number in E.164 form: `+` and 8 to 15 digits.
    ///
    /// Spaces, hyphens, dashes, dots and brackets are dropped. A number that begins with `+` is taken as it is. Without
    /// `+` only national Russian forms are understood: `8` or `7` and ten digits, or ten digits that begin
    /// with 9 (mobile); a number of any other country must be given with `+`, because guessing the country
    /// would lead to somebody else.
    static func normalisedPhone(_ raw: String) throws(IdentifierError) -> String {
        var digits: [UInt8] = []
        var isInternational = false
        for scalar in raw.unicodeScalars {
            if scalar.isASCII, isASCIIDigit(UInt8(scalar.value)) {
                digits.append(UInt8(scalar.value))
            } else if scalar == "+", digits.isEmpty, !isInternational {
                isInternational = true
            } else if !isSeparator(scalar) {
                throw .badCharacter
            }
        }
        guard !digits.isEmpty else { throw .empty }
        guard digits.count <= phoneDigits.upperBound else { throw .tooLong(maximum: phoneDigits.upperBound) }
        if !isInternational { digits = try internationalDigits(ofNational: digits) }
        guard digits.count >= phoneDigits.lowerBound else { throw .tooShort(minimum: phoneDigits.lowerBound) }
        try checkCountry(digits)
        return "+" + String(decoding: digits, as: UTF8.self)
    }

    private static func internationalDigits(ofNational digits: [UInt8]) throws(IdentifierError) -> [UInt8] {
        let first = digits[0]
        if digits.count == nationalDigits, first == UInt8(ascii: "9") {
            return [UInt8(ascii: "7")] + digits
        }
        let hasTrunkOrCountry = first == UInt8(ascii: "8") || first == UInt8(ascii: "7")
        // Area codes run from 3 to 9; 8-10 … is the prefix for calling abroad.
        if digits.count == nationalDigits + 1, hasTrunkOrCountry, digits[1] >= UInt8(ascii: "3") {
            return [UInt8(ascii: "7")] + digits.dropFirst()
        }
        guard digits.count >= phoneDigits.lowerBound else { throw .tooShort(minimum: phoneDigits.lowerBound) }
        throw .countryCodeMissing
    }

    private static func checkCountry(_ digits: [UInt8]) throws(IdentifierError) {
        // No country's code begins with 0, and none with 89: `+8 9xx` is the national form behind a plus sign.
        guard digits[0] != UInt8(ascii: "0"), !digits.starts(with: "89".utf8) else { throw .countryCodeMissing }
        guard digits[0] == UInt8(ascii: "7") else { return }
        guard digits.count >= nationalDigits + 1 else { throw .tooShort(minimum: nationalDigits + 1) }
        guard digits.count == nationalDigits + 1 else { throw .tooLong(maximum: nationalDigits + 1) }
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "-", ".", "(", ")", "\u{2010}"..."\u{2015}", "\u{2212}": true
        default: scalar.properties.isWhitespace
        }
    }
}

/// What a role that may not see a phone number is shown of it: `•••1234`.
///
/// A number of four digits or fewer is hidden altogether.
public func maskedPhone(_ phone: String) -> String {
    let digits = phone.utf8.filter(isASCIIDigit)
    guard digits.count > 4 else { return "•••" }
    return "•••" + String(decoding: digits.suffix(4), as: UTF8.self)
}
