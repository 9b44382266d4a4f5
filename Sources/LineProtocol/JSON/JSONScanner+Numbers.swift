extension JSONScanner {
    /// Checks a number's form and keeps its place; its digits are looked at when somebody asks for a value.
    mutating func number() throws(JSONSyntaxError) {
        let start = offset
        if bytes[offset] == Ascii.minus { offset += 1 }
        guard offset < end else { throw error(.unexpectedEnd) }
        if bytes[offset] == Ascii.zero {
            offset += 1
        } else {
            try digits()
        }
        if offset < end && bytes[offset] == Ascii.point {
            offset += 1
            try digits()
        }
        if offset < end && bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < end && (bytes[offset] == Ascii.plus || bytes[offset] == Ascii.minus) { offset += 1 }
            try digits()
        }
        // "01" and "1x" are one bad number; the byte alone would say less to the reader of the error.
        if offset < end && (Ascii.isDigit(bytes[offset]) || bytes[offset] == Ascii.point) { throw error(.badNumber) }
        appendLeaf(.number, from: start, to: offset)
    }

    private mutating func digits() throws(JSONSyntaxError) {
        guard offset < end else { throw error(.unexpectedEnd) }
        guard Ascii.isDigit(bytes[offset]) else { throw error(.badNumber) }
        repeat { offset += 1 } while offset < end && Ascii.isDigit(bytes[offset])
    }
}
