import LineProtocol

/// Writes XML 1.0, element by element.
///
/// Every text comes back as it went in. XML 1.0 cannot hold most control characters, U+FFFE and U+FFFF, not even as
/// references: they are written as `_xHHHH_`, as spreadsheet files (ECMA-376, ST_Xstring) write them, and a text that has
/// such a form itself gets its underscore written as `_x005F_`. Tabs and line ends are written as references, because
/// readers change them otherwise.
final class XMLWriter {
    typealias Attributes = KeyValuePairs<StaticString, String>

    private let writer: ByteWriter
    private var openElements: [String] = []

    init(_ writer: ByteWriter) {
        self.writer = writer
    }

    /// Begins an element that has others inside.
    func open(_ name: StaticString, _ attributes: Attributes = [:]) {
        start(name, attributes)
        writer.append(">\n")
        openElements.append("\(name)")
    }

    /// Ends the element that was begun last.
    func close() {
        guard let name = openElements.popLast() else { return }
        indent()
        writer.append("</")
        writer.append(utf8: name)
        writer.append(">\n")
    }

    /// Writes an element with a text.
    func element(_ name: StaticString, _ text: String, _ attributes: Attributes = [:]) {
        start(name, attributes)
        writer.append(">")
        var text = text
        text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
        finish(name)
    }

    /// Writes an element with a text that is given as UTF-8.
    func element(_ name: StaticString, utf8 text: [UInt8]) {
        start(name, [:])
        writer.append(">")
        text.withUnsafeBytes { put($0) }
        finish(name)
    }

    private func finish(_ name: StaticString) {
        writer.append("</")
        writer.append(name)
        writer.append(">\n")
    }

    private func start(_ name: StaticString, _ attributes: Attributes) {
        indent()
        writer.append("<")
        writer.append(name)
        for (attribute, value) in attributes {
            writer.append(" ")
            writer.append(attribute)
            writer.append("=\"")
            var value = value
            value.withUTF8 { put(UnsafeRawBufferPointer($0)) }
            writer.append("\"")
        }
    }

    private func indent() {
        for _ in openElements { writer.append("  ") }
    }

    private func put(_ text: UnsafeRawBufferPointer) {
        var plainStart = 0
        var place = 0
        func flush(skipping count: Int) {
            writer.append(UnsafeRawBufferPointer(rebasing: text[plainStart..<place]))
            place += count
            plainStart = place
        }
        while place < text.count {
            switch text[place] {
            case UInt8(ascii: "&"): replace("&amp;", flush)
            case UInt8(ascii: "<"): replace("&lt;", flush)
            case UInt8(ascii: ">"): replace("&gt;", flush)
            case UInt8(ascii: "\""): replace("&quot;", flush)
            case 0x09: replace("&#9;", flush)
            case 0x0A: replace("&#10;", flush)
            case 0x0D: replace("&#13;", flush)
            case let control where control < 0x20:
                flush(skipping: 1)
                putUnrepresentable(UInt16(control))
            case 0xEF where isNoncharacter(text, place):
                let last = UInt16(text[place + 2])
                flush(skipping: 3)
                putUnrepresentable(0xFF40 | last)
            case UInt8(ascii: "_") where looksUnrepresentable(text, place):
                replace("_x005F_", flush)
            default: place += 1
            }
        }
        flush(skipping: 0)
    }

    private func replace(_ reference: StaticString, _ flush: (Int) -> Void) {
        flush(1)
        writer.append(reference)
    }

    /// U+FFFE and U+FFFF: EF BF BE and EF BF BF.
    private func isNoncharacter(_ text: UnsafeRawBufferPointer, _ place: Int) -> Bool {
        place + 2 < text.count && text[place + 1] == 0xBF && text[place + 2] >= 0xBE
    }

    /// Whether what is written from here on would be read as `_xHHHH_` although the text has no such character here. The
    /// underscore at its end may be the text's own or the first of a form that follows.
    private func looksUnrepresentable(_ text: UnsafeRawBufferPointer, _ place: Int) -> Bool {
        guard place + 6 < text.count, text[place + 1] == UInt8(ascii: "x"), isWrittenWithUnderscore(text, place + 6)
        else { return false }
        return text[(place + 2)..<(place + 6)].allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"),
                UInt8(ascii: "a")...UInt8(ascii: "f"):
                true
            default: false
            }
        }
    }

    /// Whether an underscore is what is written first of the character here.
    private func isWrittenWithUnderscore(_ text: UnsafeRawBufferPointer, _ place: Int) -> Bool {
        switch text[place] {
        case UInt8(ascii: "_"): true
        case 0x09, 0x0A, 0x0D: false
        case let byte: byte < 0x20 || (byte == 0xEF && isNoncharacter(text, place))
        }
    }

    private func putUnrepresentable(_ unit: UInt16) {
        let digits = String(unit, radix: 16, uppercase: true)
        writer.append("_x")
        writer.append(utf8: String(repeating: "0", count: 4 - digits.count) + digits)
        writer.append("_")
    }
}
