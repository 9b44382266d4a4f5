extension CustomerIdentifier {
    private static let cardCharacters = 4...32
    private static let emailBytesMaximum = 254
    private static let emailLocalBytesMaximum = 64

    /// The card number out of what was typed, scanned or swiped.
    static func normalisedCard(_ raw: String) throws(IdentifierError) -> String {
        var bytes = trimmed(raw)
        if bytes.starts(with: "%B".utf8) || bytes.starts(with: "%b".utf8) {
            bytes = bytes.dropFirst(2)
        } else if bytes.first == UInt8(ascii: ";") {
            bytes = bytes.dropFirst()
        }
        let number = bytes.prefix { byte in
            byte != UInt8(ascii: "=") && byte != UInt8(ascii: "^") && byte != UInt8(ascii: "?")
        }
        let digits = number.filter { $0 != UInt8(ascii: " ") }
        guard !digits.isEmpty else { throw .empty }
        guard digits.allSatisfy(isASCIIAlphanumeric) else { throw .badCharacter }
        guard digits.count >= cardCharacters.lowerBound else { throw .tooShort(minimum: cardCharacters.lowerBound) }
        guard digits.count <= cardCharacters.upperBound else { throw .tooLong(maximum: cardCharacters.upperBound) }
        return String(decoding: digits, as: UTF8.self)
    }

    /// The address trimmed and in lower case: people type it differently on a phone and at a desk.
    static func normalisedEmail(_ raw: String) throws(IdentifierError) -> String {
        let address = String(decoding: trimmed(raw), as: UTF8.self).lowercased()
        guard !address.isEmpty else { throw .empty }
        guard address.utf8.count <= emailBytesMaximum else { throw .tooLong(maximum: emailBytesMaximum) }
        guard
            !address.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 0x20 || $0 == "\u{7F}" })
        else { throw .badCharacter }
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...emailLocalBytesMaximum).contains(parts[0].utf8.count) else { throw .badEmail }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy({ !$0.isEmpty }) else { throw .badEmail }
        return address
    }

    static func plainASCII(
        _ raw: String, charactersMaximum: Int, refusing refused: UInt8?
    ) throws(IdentifierError) -> String {
        let bytes = trimmed(raw)
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != refused }) else { throw .badCharacter }
        guard bytes.count <= charactersMaximum else { throw .tooLong(maximum: charactersMaximum) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Without the spaces, tabs and line ends that keyboards and scanners add at both ends.
    private static func trimmed(_ raw: String) -> ArraySlice<UInt8> {
        var bytes = ArraySlice(raw.utf8)
        while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return bytes
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }
}
