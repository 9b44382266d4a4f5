/// Why a text is not a table of comma-separated values.
public struct CSVError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line of the file, from 1.
    public let line: Int
    /// What is wrong there.
    public let reason: String

    /// One sentence for the command line.
    public var description: String { "line \(line): \(reason)" }
}

/// A record of a table: its fields and where it begins.
public struct CSVRecord: Hashable, Sendable {
    /// The line of the file on which the record begins, from 1.
    public let line: Int
    /// The fields as they are meant: without the quotes that enclosed them.
    public let fields: [String]
}

/// Reads comma-separated values as RFC 4180 has them: a field in quotes may hold commas, line ends and doubled quotes.
///
/// Lines end with LF or CR LF; the last one need not. Blanks belong to the field. Empty lines are skipped.
public func readCSV(_ bytes: some Collection<UInt8>) throws(CSVError) -> [CSVRecord] {
    var scanner = CSVScanner()
    // Spreadsheets put a byte order mark in front.
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    for byte in text { try scanner.take(byte) }
    return try scanner.finish()
}

/// Takes a table byte by byte.
private struct CSVScanner {
    private enum Place {
        case fieldStart
        case plain
        case quoted
        /// A quote inside quotes was seen: the end of the field, or one half of a doubled quote.
        case quoteInQuoted
        case carriageReturn
    }

    private var records: [CSVRecord] = []
    private var fields: [String] = []
    private var field: [UInt8] = []
    private var place = Place.fieldStart
    private var line = 1
    private var recordLine = 1

    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    mutating func take(_ byte: UInt8) throws(CSVError) {
        switch (place, byte) {
        case (.quoted, Self.quote): place = .quoteInQuoted
        case (.quoted, _): field.append(byte)
        case (.quoteInQuoted, Self.quote):
            field.append(byte)
            place = .quoted
        case (.fieldStart, Self.quote): place = .quoted
        case (.plain, Self.quote): throw CSVError(line: line, reason: "a quote inside a field that is not quoted")
        case (_, Self.lineFeed):
            try endField()
            endRecord(nextLine: line + 1)
        case (.carriageReturn, _): throw CSVError(line: line, reason: "a carriage return without a line feed")
        case (_, Self.carriageReturn): place = .carriageReturn
        case (_, Self.comma): try endField()
        case (.quoteInQuoted, _): throw CSVError(line: line, reason: "text behind the quote that ends a field")
        default:
            field.append(byte)
            place = .plain
        }
        if byte == Self.lineFeed { line += 1 }
    }

    mutating func finish() throws(CSVError) -> [CSVRecord] {
        guard place != .quoted else { throw CSVError(line: recordLine, reason: "a quoted field does not end") }
        if place != .fieldStart || !fields.isEmpty {
            try endField()
            endRecord(nextLine: line)
        }
        return records
    }

    private mutating func endField() throws(CSVError) {
        guard let text = String(validating: field, as: UTF8.self) else {
            throw CSVError(line: line, reason: "not UTF-8")
        }
        fields.append(text)
        field.removeAll(keepingCapacity: true)
        place = .fieldStart
    }

    private mutating func endRecord(nextLine: Int) {
        if fields != [""] { records.append(CSVRecord(line: recordLine, fields: fields)) }
        fields = []
        recordLine = nextLine
    }
}
