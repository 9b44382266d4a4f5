/// The grammar of RFC 8259 once more, as plainly as it can be written, to judge the reader by. Half a surrogate pair is
/// refused, as the reader refuses it.
struct JSONGrammar {
    private var rest: Substring.UnicodeScalarView
    private var depth = 0

    /// Deeper than the reader that is judged, which refuses what is deeper than 5,000.
    private static let depthMaximum = 5_000

    /// Whether the bytes are one JSON text.
    static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        var grammar = JSONGrammar(rest: text.unicodeScalars[...])
        grammar.skipBlanks()
        guard grammar.value() else { return false }
        grammar.skipBlanks()
        return grammar.rest.isEmpty
    }

    private init(rest: Substring.UnicodeScalarView) { self.rest = rest }

    private mutating func value() -> Bool {
        switch rest.first {
        case "{": container(closing: "}") { $0.text() && $0.separator() && $0.value() }
        case "[": container(closing: "]") { $0.value() }
        case "\"": text()
        case "t": word("true")
        case "f": word("false")
        case "n": word("null")
        default: number()
        }
    }

    private mutating func container(closing: Unicode.Scalar, _ element: (inout Self) -> Bool) -> Bool {
        rest.removeFirst()
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMaximum else { return false }
        skipBlanks()
        if take(closing) { return true }
        repeat {
            skipBlanks()
            guard element(&self) else { return false }
            skipBlanks()
        } while take(",")
        return take(closing)
    }

    private mutating func separator() -> Bool {
        skipBlanks()
        guard take(":") else { return false }
        skipBlanks()
        return true
    }

    private mutating func text() -> Bool {
        guard take("\"") else { return false }
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return true
            case "\\": guard escape() else { return false }
            case "\u{0}"..<" ": return false
            default: break
            }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard let kind = rest.popFirst() else { return false }
        guard kind == "u" else { return "\"\\/bfnrt".unicodeScalars.contains(kind) }
        guard let unit = codeUnit() else { return false }
        switch unit {
        case 0xD800...0xDBFF:
            guard take("\\"), take("u"), let low = codeUnit() else { return false }
            return (0xDC00...0xDFFF).contains(low)
        case 0xDC00...0xDFFF: return false
        default: return true
        }
    }

    private mutating func codeUnit() -> UInt32? {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let scalar = rest.popFirst(), scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
                return nil
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    private mutating func number() -> Bool {
        _ = take("-")
        if !take("0") {
            guard digits() else { return false }
        }
        if take("."), !digits() { return false }
        if take("e") || take("E") {
            if !take("-") { _ = take("+") }
            return digits()
        }
        return true
    }

    private mutating func digits() -> Bool {
        guard let first = rest.first, ("0"..."9").contains(first) else { return false }
        while let scalar = rest.first, ("0"..."9").contains(scalar) { rest.removeFirst() }
        return true
    }

    private mutating func word(_ word: String) -> Bool {
        for scalar in word.unicodeScalars {
            guard take(scalar) else { return false }
        }
        return true
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func skipBlanks() {
        while let scalar = rest.first, " \t\r\n".unicodeScalars.contains(scalar) { rest.removeFirst() }
    }
}
