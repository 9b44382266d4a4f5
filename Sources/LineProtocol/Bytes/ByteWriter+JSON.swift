import Retail

/// JSON, value by value. Commas are set by the writer; nesting is the caller's.
extension ByteWriter {
    /// Begins an object.
    public func beginObject() {
        separate()
        put(Ascii.openBrace)
        storage.pointee.needsComma = false
    }

    /// Ends an object.
    public func endObject() {
        put(Ascii.closeBrace)
        storage.pointee.needsComma = true
    }

    /// Begins an array.
    public func beginArray() {
        separate()
        put(Ascii.openBracket)
        storage.pointee.needsComma = false
    }

    /// Ends an array.
    public func endArray() {
        put(Ascii.closeBracket)
        storage.pointee.needsComma = true
    }

    /// Writes a member's name; its value comes next.
    ///
    /// - Parameter name: a text that needs no escapes.
    public func name(_ name: StaticString) {
        // Every answer is full of names, so room is made once: for the name, a comma, two quotes and a colon.
        let length = name.utf8CodeUnitCount
        let start = storage.pointee.reserve(length + 4)
        var end = start
        if storage.pointee.needsComma { Self.put(Ascii.comma, at: &end) }
        Self.put(Ascii.quote, at: &end)
        UnsafeMutableRawPointer(end).copyMemory(from: name.utf8Start, byteCount: length)
        end += length
        Self.put(Ascii.quote, at: &end)
        Self.put(Ascii.colon, at: &end)
        storage.pointee.count += end - start
        storage.pointee.needsComma = false
    }

    @inline(__always)
    private static func put(_ byte: UInt8, at end: inout UnsafeMutablePointer<UInt8>) {
        end.pointee = byte
        end += 1
    }

    /// Writes a member's name that is only known when the program runs; its value comes next.
    public func name(text: String) {
        value(text)
        put(Ascii.colon)
        storage.pointee.needsComma = false
    }

    /// Writes a string.
    public func value(_ text: String) {
        var text = text
        text.withUTF8 { value(utf8: UnsafeRawBufferPointer($0)) }
    }

    /// Writes a string of bytes that are valid UTF-8.
    public func value(utf8 text: UnsafeRawBufferPointer) {
        // Room is made once: for the text, a comma, two quotes, and a last look that goes beyond the text.
        let start = storage.pointee.reserve(text.count + 3 + MemoryLayout<UInt64>.size)
        var end = start
        if storage.pointee.needsComma { Self.put(Ascii.comma, at: &end) }
        Self.put(Ascii.quote, at: &end)
        if let source = text.baseAddress {
            UnsafeMutableRawPointer(end).copyMemory(from: source, byteCount: text.count)
        }
        // Nearly no text needs an escape: it is looked at where it stands already, and written anew when one does.
        if Self.needsEscapes(end, count: text.count) {
            storage.pointee.count += end - start
            if let source = text.baseAddress {
                putEscaped(source.assumingMemoryBound(to: UInt8.self), count: text.count)
            }
            put(Ascii.quote)
        } else {
            end += text.count
            Self.put(Ascii.quote, at: &end)
            storage.pointee.count += end - start
        }
        storage.pointee.needsComma = true
    }

    /// Whether some byte must be escaped. Behind the text there are eight bytes more, whatever they are.
    private static func needsEscapes(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        var position = 0
        while position < count {
            // A borrow sets bits above a byte that matches, never below: what is behind the text is cut off afterwards.
            let found = Word.mustBeEscaped(Word.load(text + position))
            if found != 0, found.trailingZeroBitCount >> 3 < count - position { return true }
            position += 8
        }
        return false
    }

    /// Writes a string that the program has; it needs no escapes.
    public func value(_ text: StaticString) {
        separate()
        put(Ascii.quote)
        copy(UnsafeRawPointer(text.utf8Start), count: text.utf8CodeUnitCount)
        put(Ascii.quote)
        storage.pointee.needsComma = true
    }

    /// Writes a whole number.
    public func value(_ number: Int64) {
        separate()
        if number < 0 { put(Ascii.minus) }
        putDigits(number.magnitude)
        storage.pointee.needsComma = true
    }

    /// Writes a whole number.
    public func value(_ number: Int) {
        value(Int64(number))
    }

    /// Writes a whole number.
    public func value(_ number: UInt64) {
        separate()
        putDigits(number)
        storage.pointee.needsComma = true
    }

    /// Writes true or false.
    public func value(_ truth: Bool) {
        rawValue(truth ? "true" : "false")
    }

    /// Writes null.
    public func nullValue() {
        rawValue("null")
    }

    /// Writes bytes that are one JSON value already.
    public func rawValue(_ json: UnsafeRawBufferPointer) {
        separate()
        if let start = json.baseAddress { copy(start, count: json.count) }
        storage.pointee.needsComma = true
    }

    private func rawValue(_ word: StaticString) {
        rawValue(UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    /// Writes an amount in minor units.
    public func value(_ money: Money) {
        value(money.minorUnits)
    }

    /// Writes a rate in basis points.
    public func value(_ rate: BasisPoints) {
        value(rate.value)
    }

    /// Writes a quantity as the shortest decimal number: `2.474`, `6`.
    public func value(_ quantity: Quantity) {
        separate()
        if quantity.thousandths < 0 { put(Ascii.minus) }
        let (whole, thousandths) = quantity.thousandths.magnitude.quotientAndRemainder(dividingBy: 1_000)
        putDigits(whole)
        if thousandths > 0 { putFraction(UInt16(truncatingIfNeeded: thousandths)) }
        storage.pointee.needsComma = true
    }

    /// Writes a moment as RFC 3339.
    public func value(_ instant: Instant) {
        separate()
        put(Ascii.quote)
        let start = storage.pointee.reserve(Instant.rfc3339BytesMaximum)
        storage.pointee.count += instant.writeRFC3339(
            to: UnsafeMutableRawBufferPointer(start: start, count: Instant.rfc3339BytesMaximum))
        put(Ascii.quote)
        storage.pointee.needsComma = true
    }

    private func putFraction(_ thousandths: UInt16) {
        put(Ascii.point)
        var rest = thousandths
        var place: UInt16 = 100
        while rest > 0 {
            put(Ascii.zero + UInt8(truncatingIfNeeded: rest / place))
            rest %= place
            place /= 10
        }
    }

    @inline(__always)
    private func separate() {
        if storage.pointee.needsComma { put(Ascii.comma) }
    }

    // MARK: Escapes

    private func putEscaped(_ text: UnsafePointer<UInt8>, count: Int) {
        var plainStart = 0
        for position in 0..<count {
            let byte = text[position]
            if byte == Ascii.quote || byte == Ascii.backslash || byte < Ascii.space {
                copy(text + plainStart, count: position - plainStart)
                putEscape(byte)
                plainStart = position + 1
            }
        }
        copy(text + plainStart, count: count - plainStart)
    }

    private func putEscape(_ byte: UInt8) {
        put(Ascii.backslash)
        switch byte {
        case Ascii.quote, Ascii.backslash: put(byte)
        case Ascii.lineFeed: put(UInt8(ascii: "n"))
        case Ascii.carriageReturn: put(UInt8(ascii: "r"))
        case Ascii.tab: put(UInt8(ascii: "t"))
        default:
            let digits: StaticString = "0123456789abcdef"
            let prefix: StaticString = "u00"
            copy(UnsafeRawPointer(prefix.utf8Start), count: prefix.utf8CodeUnitCount)
            put(digits.utf8Start[Int(byte >> 4)])
            put(digits.utf8Start[Int(byte & 15)])
        }
    }
}
