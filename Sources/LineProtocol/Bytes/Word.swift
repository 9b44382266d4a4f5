/// Eight bytes looked at as one number, lowest address lowest.
///
/// Each search leaves bit 7 set in the bytes that match. A borrow can set it wrongly only above a byte that does match,
/// so the lowest set bit is always right.
enum Word {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    static func load(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
    }

    /// Bytes that equal `byte`.
    @inline(__always)
    static func matches(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let difference = word ^ (ones &* UInt64(byte))
        return (difference &- ones) & ~difference & highBits
    }

    /// Bytes below 0x20.
    @inline(__always)
    static func controls(_ word: UInt64) -> UInt64 {
        (word &- ones &* 0x20) & ~word & highBits
    }

    /// Bytes that a reader must look at inside a JSON string: quotes, backslashes, control characters, non-ASCII.
    @inline(__always)
    static func specialInString(_ word: UInt64) -> UInt64 {
        matches(word, Ascii.quote) | matches(word, Ascii.backslash) | controls(word) | word & highBits
    }

    /// Bytes that a writer must escape in a JSON string: quotes, backslashes, control characters.
    @inline(__always)
    static func mustBeEscaped(_ word: UInt64) -> UInt64 {
        matches(word, Ascii.quote) | matches(word, Ascii.backslash) | controls(word)
    }

    /// A hash of some bytes: quick for the few that a member name has, and touched by every one of them.
    static func hash(_ bytes: UnsafePointer<UInt8>, count: Int) -> UInt32 {
        let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
        var hash = UInt64(truncatingIfNeeded: count) &* multiplier
        var position = 0
        while position + 8 <= count {
            hash = (hash ^ load(bytes + position)) &* multiplier
            hash ^= hash >> 32
            position += 8
        }
        var rest: UInt64 = 0
        while position < count {
            rest = rest << 8 | UInt64(bytes[position])
            position += 1
        }
        hash = (hash ^ rest) &* multiplier
        return UInt32(truncatingIfNeeded: hash >> 32)
    }

    /// Where `byte` is first met in `start..<end`, or `end`.
    static func firstIndex(
        of byte: UInt8, in bytes: UnsafePointer<UInt8>, from start: Int, to end: Int
    ) -> Int {
        var position = start
        while position + 32 <= end {
            let found =
                matches(load(bytes + position), byte) | matches(load(bytes + position + 8), byte)
                | matches(load(bytes + position + 16), byte) | matches(load(bytes + position + 24), byte)
            if found != 0 { break }
            position += 32
        }
        while position + 8 <= end {
            let found = matches(load(bytes + position), byte)
            if found != 0 { return position + found.trailingZeroBitCount >> 3 }
            position += 8
        }
        while position < end && bytes[position] != byte { position += 1 }
        return position
    }
}
