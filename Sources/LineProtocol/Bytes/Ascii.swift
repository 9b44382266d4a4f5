/// Bytes that the protocol's texts are made of, by name.
enum Ascii {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let plus: UInt8 = 0x2B
    static let comma: UInt8 = 0x2C
    static let minus: UInt8 = 0x2D
    static let point: UInt8 = 0x2E
    static let slash: UInt8 = 0x2F
    static let zero: UInt8 = 0x30
    static let nine: UInt8 = 0x39
    static let colon: UInt8 = 0x3A
    static let openBracket: UInt8 = 0x5B
    static let backslash: UInt8 = 0x5C
    static let closeBracket: UInt8 = 0x5D
    static let underscore: UInt8 = 0x5F
    static let openBrace: UInt8 = 0x7B
    static let closeBrace: UInt8 = 0x7D

    static func isDigit(_ byte: UInt8) -> Bool {
        byte &- zero <= 9
    }

    static func isUppercase(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "A") < 26
    }

    static func isLowercase(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "a") < 26
    }

    static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte - zero }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : nil
    }
}

/// Whether `count` bytes at two places are the same.
func sameBytes(_ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>, count: Int) -> Bool {
    var position = 0
    while position + 8 <= count {
        if Word.load(one + position) != Word.load(other + position) { return false }
        position += 8
    }
    while position < count {
        if one[position] != other[position] { return false }
        position += 1
    }
    return true
}

/// Whether a text of the program and some bytes are the same.
func sameText(_ text: StaticString, _ bytes: UnsafeRawBufferPointer) -> Bool {
    guard text.utf8CodeUnitCount == bytes.count else { return false }
    guard let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return true }
    return sameBytes(text.utf8Start, start, count: bytes.count)
}
