/// What the escapes of a JSON string stand for.
enum JSONEscape {
    /// The 16 bits of four hexadecimal digits, or nil if one of them is none.
    static func codeUnit(_ digits: UnsafePointer<UInt8>) -> UInt32? {
        var unit: UInt32 = 0
        for position in 0..<4 {
            guard let digit = Ascii.hexadecimalDigit(digits[position]) else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    /// The character that a backslash and `letter` stand for; `letter` is one of the eight that the scanner lets
    /// through.
    static func character(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }
}

/// The UTF-8 of a string's content, one byte at a time, with its escapes resolved.
///
/// The content has been checked by the scanner.
struct JSONContentBytes {
    private var position: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    /// Bytes of a character that was written as an escape, next one lowest.
    private var pending: UInt32 = 0
    private var pendingCount = 0

    init(_ content: UnsafePointer<UInt8>, count: Int) {
        position = content
        end = content + count
    }

    /// The next byte, or nil at the end.
    mutating func next() -> UInt8? {
        if pendingCount > 0 { return takePending() }
        guard position < end else { return nil }
        let byte = position.pointee
        position += 1
        guard byte == Ascii.backslash else { return byte }
        let letter = position.pointee
        position += 1
        guard letter == UInt8(ascii: "u") else { return JSONEscape.character(letter) }
        encode(takeScalar())
        return takePending()
    }

    private mutating func takePending() -> UInt8 {
        let byte = UInt8(truncatingIfNeeded: pending)
        pending >>= 8
        pendingCount -= 1
        return byte
    }

    private mutating func takeScalar() -> UInt32 {
        let first = JSONEscape.codeUnit(position) ?? 0
        position += 4
        guard first & 0xFC00 == 0xD800 else { return first }
        let second = JSONEscape.codeUnit(position + 2) ?? 0
        position += 6
        return 0x1_0000 + (first & 0x3FF) << 10 + second & 0x3FF
    }

    private mutating func encode(_ scalar: UInt32) {
        switch scalar {
        case 0..<0x80:
            pending = scalar
            pendingCount = 1
        case 0x80..<0x800:
            pending = 0xC0 | scalar >> 6 | continuation(scalar) << 8
            pendingCount = 2
        case 0x800..<0x1_0000:
            pending = 0xE0 | scalar >> 12 | continuation(scalar >> 6) << 8 | continuation(scalar) << 16
            pendingCount = 3
        default:
            pending = 0xF0 | scalar >> 18 | continuation(scalar >> 12) << 8
            pending |= continuation(scalar >> 6) << 16 | continuation(scalar) << 24
            pendingCount = 4
        }
    }

    private func continuation(_ bits: UInt32) -> UInt32 {
        0x80 | bits & 0x3F
    }
}
