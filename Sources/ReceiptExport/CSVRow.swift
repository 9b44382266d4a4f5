import LineProtocol

/// One row of comma-separated values (RFC 4180), UTF-8, ended by CR LF.
struct CSVRow {
    private let writer: ByteWriter
    private var isFirst = true

    init(_ writer: ByteWriter) {
        self.writer = writer
    }

    /// A row that begins with cells which were written before.
    init(_ writer: ByteWriter, after cells: ByteWriter) {
        self.writer = writer
        writer.append(cells.bytes)
        isFirst = cells.count == 0
    }

    /// A cell that the program has made: a number, a date, a name of a column.
    mutating func plain(_ text: String) {
        separate()
        put(text)
    }

    /// A cell with somebody's text. One that a spreadsheet would take for a formula gets an apostrophe in front, by which
    /// spreadsheets know text; so does one that begins with an apostrophe, which would get lost otherwise.
    mutating func text(_ text: String?) {
        separate()
        guard let text, let first = text.utf8.first else { return }
        let isGuarded = "=+-@'\t\r".utf8.contains(first)
        put(isGuarded ? "'" + text : text)
    }

    func end() {
        writer.append("\r\n")
    }

    private mutating func separate() {
        if !isFirst { writer.append(byte: UInt8(ascii: ",")) }
        isFirst = false
    }

    private func put(_ text: String) {
        let mustBeQuoted = text.utf8.contains { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte < 0x20
        }
        // Leading and trailing blanks would get lost with readers that trim.
        guard mustBeQuoted || text.utf8.first == 0x20 || text.utf8.last == 0x20 else {
            return writer.append(utf8: text)
        }
        writer.append(byte: UInt8(ascii: "\""))
        // Byte by byte: with an accent or a joiner behind it, a quote is a character of another kind to Swift.
        var text = text
        text.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            var start = 0
            for place in bytes.indices where bytes[place] == UInt8(ascii: "\"") {
                writer.append(UnsafeRawBufferPointer(rebasing: bytes[start...place]))
                // What follows begins with the quote once more.
                start = place
            }
            writer.append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        }
        writer.append(byte: UInt8(ascii: "\""))
    }
}
