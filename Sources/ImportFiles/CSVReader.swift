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
    var scanner = CSVScanner(recordBytesMaximum: .max)
    var records: [CSVRecord] = []
    // Spreadsheets put a byte order mark in front.
    let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(byteOrderMark.count) : bytes[...]
    for byte in text { if let record = try scanner.take(byte) { records.append(record) } }
    if let record = try scanner.finish() { records.append(record) }
    return records
}

/// What spreadsheets put in front of a text in UTF-8.
let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

/// Takes a table byte by byte and gives each record when it ends, so that a file of any length needs the memory of one.
/// After an error it goes on with the next line.
public struct CSVScanner {
    private enum Place {
        case fieldStart
        case plain
        case quoted
        /// A quote inside quotes was seen: the end of the field, or one half of a doubled quote.
        case quoteInQuoted
        case carriageReturn
        /// Behind an error, up to the end of the line.
        case skipping
    }

    private let recordBytesMaximum: Int
    private var fields: [String] = []
    private var field: [UInt8] = []
    private var place = Place.fieldStart
    private var line = 1
    private var recordLine = 1
    private var recordBytes = 0

    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// A scanner at the beginning of a table.
    ///
    /// - Parameter recordBytesMaximum: longest record; a quote that does not end would take in all that follows.
    public init(recordBytesMaximum: Int) {
        self.recordBytesMaximum = recordBytesMaximum
    }

    /// Takes the next byte.
    ///
    /// - Returns: the record that ends with it, if one does.
    /// - Throws: what is wrong with the record; what is left of its line is passed over.
    public mutating func take(_ byte: UInt8) throws(CSVError) -> CSVRecord? {
        defer { if byte == Self.lineFeed { line += 1 } }
        if place == .skipping {
            if byte == Self.lineFeed { beginRecord(line: line + 1) }
            return nil
        }
        do throws(CSVError) {
            recordBytes += 1
            guard recordBytes <= recordBytesMaximum else {
                throw CSVError(line: recordLine, reason: "longer than \(recordBytesMaximum) bytes; a quote is missing")
            }
            return try step(byte)
        } catch {
            beginRecord(line: line + 1)
            if byte != Self.lineFeed { place = .skipping }
            throw error
        }
    }

    /// Ends the table.
    ///
    /// - Returns: the last record, if its line was not ended.
    public mutating func finish() throws(CSVError) -> CSVRecord? {
        guard place != .quoted else { throw CSVError(line: recordLine, reason: "a quoted field does not end") }
        guard place != .skipping, place != .fieldStart || !fields.isEmpty else { return nil }
        try endField()
        return endRecord(nextLine: line)
    }

    private mutating func step(_ byte: UInt8) throws(CSVError) -> CSVRecord? {
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
            return endRecord(nextLine: line + 1)
        case (.carriageReturn, _): throw CSVError(line: line, reason: "a carriage return without a line feed")
        case (_, Self.carriageReturn): place = .carriageReturn
        case (_, Self.comma): try endField()
        case (.quoteInQuoted, _): throw CSVError(line: line, reason: "text behind the quote that ends a field")
        default:
            field.append(byte)
            place = .plain
        }
        return nil
    }

    private mutating func endField() throws(CSVError) {
        guard let text = String(validating: field, as: UTF8.self) else {
            throw CSVError(line: line, reason: "not UTF-8")
        }
        fields.append(text)
        field.removeAll(keepingCapacity: true)
        place = .fieldStart
    }

    private mutating func endRecord(nextLine: Int) -> CSVRecord? {
        let record = fields == [""] ? nil : CSVRecord(line: recordLine, fields: fields)
        beginRecord(line: nextLine)
        return record
    }

    private mutating func beginRecord(line: Int) {
        fields = []
        field.removeAll(keepingCapacity: true)
        place = .fieldStart
        recordLine = line
        recordBytes = 0
    }
}
