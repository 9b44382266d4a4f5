extension JSONScanner {
    /// Reads a string from its opening quote to behind its closing one and returns the index of its node.
    mutating func string() throws(JSONSyntaxError) -> Int {
        let start = offset
        var hasEscapes = false
        offset += 1
        while true {
            skipPlainBytes()
            guard offset < end else { throw error(.unexpectedEnd) }
            let byte = bytes[offset]
            if byte == Ascii.quote { break }
            if byte == Ascii.backslash {
                hasEscapes = true
                try escape()
            } else if byte < Ascii.space {
                throw error(.controlCharacter)
            } else {
                try multibyteCharacters()
            }
        }
        offset += 1
        let node = appendLeaf(.string, from: start, to: offset)
        if hasEscapes { tape.pointee.nodes[node].meta |= JSONNode.escapedBit }
        return node
    }

    /// Steps over ASCII that needs no look: eight bytes at a time, then up to the first that does.
    private mutating func skipPlainBytes() {
        var position = offset
        while position + 8 <= end {
            let special = Word.specialInString(Word.load(bytes + position))
            if special != 0 {
                offset = position + special.trailingZeroBitCount >> 3
                return
            }
            position += 8
        }
        while position < end {
            let byte = bytes[position]
            if byte == Ascii.quote || byte == Ascii.backslash || byte < Ascii.space || byte >= 0x80 { break }
            position += 1
        }
        offset = position
    }

    private mutating func multibyteCharacters() throws(JSONSyntaxError) {
        while offset < end && bytes[offset] >= 0x80 {
            let length = UTF8Rules.characterLength(bytes + offset, available: end - offset)
            guard length > 0 else { throw error(.invalidUTF8) }
            offset += length
        }
    }

    /// Checks one escape; `offset` stands at its backslash and afterwards behind it.
    private mutating func escape() throws(JSONSyntaxError) {
        guard offset + 1 < end else {
            offset = end
            throw error(.unexpectedEnd)
        }
        switch bytes[offset + 1] {
        case Ascii.quote, Ascii.backslash, Ascii.slash, UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            offset += 2
        case UInt8(ascii: "u"):
            try unicodeEscape()
        default:
            throw error(.badEscape)
        }
    }

    private mutating func unicodeEscape() throws(JSONSyntaxError) {
        let first = try codeUnit(at: offset + 2)
        guard first & 0xF800 == 0xD800 else {
            offset += 6
            return
        }
        guard first < 0xDC00, offset + 7 < end, bytes[offset + 6] == Ascii.backslash,
            bytes[offset + 7] == UInt8(ascii: "u")
        else { throw error(.loneSurrogate) }
        let second = try codeUnit(at: offset + 8)
        guard second & 0xFC00 == 0xDC00 else { throw error(.loneSurrogate) }
        offset += 12
    }

    private func codeUnit(at position: Int) throws(JSONSyntaxError) -> UInt32 {
        guard position + 4 <= end else { throw JSONSyntaxError(reason: .unexpectedEnd, offset: end) }
        guard let unit = JSONEscape.codeUnit(bytes + position) else { throw error(.badEscape) }
        return unit
    }
}
