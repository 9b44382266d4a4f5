import LineProtocol

/// A row of a file, as the JSON object that an import takes.
public struct ImportRow: Hashable, Sendable {
    /// The line of the file on which it begins, from 1.
    public let line: Int
    /// The object.
    public let json: [UInt8]
}

/// A row of a file that cannot be sent.
public struct UnreadableRow: Error, Hashable, Sendable {
    /// The line of the file on which it begins, from 1.
    public let line: Int
    /// The column, if it is about one.
    public let field: String?
    /// What is wrong with it.
    public let reason: String
}

/// Takes a file piece by piece and gives its rows, so that one of any length needs the memory of a piece. What is wrong
/// with a row is told in its place, and the next one is read.
public struct ImportReader {
    /// A row, or why there is none.
    public typealias Row = Result<ImportRow, UnreadableRow>

    /// Longest row in bytes: what a product or customer with every limit reached needs, and some more.
    public static let rowBytesMaximum = 131_072

    private enum Format {
        case ndjson(JSONLines)
        case csv(CSVRows)
    }

    private var format: Format
    /// What may be the beginning of a byte order mark, until that is known.
    private var head: [UInt8]? = []

    /// A reader at the beginning of a file.
    public init(_ format: ImportFormat, _ table: ImportTable) {
        self.format =
            switch format {
            case .ndjson: .ndjson(JSONLines())
            case .csv: .csv(CSVRows(table))
            }
    }

    /// Takes the next piece.
    ///
    /// - Throws: a heading that cannot be understood.
    public mutating func take(_ piece: some Collection<UInt8>) throws(ImportFileError) -> [Row] {
        guard let known = head else { return try read(piece) }
        let begun = known + piece
        guard begun.count >= byteOrderMark.count else {
            head = begun
            return []
        }
        head = nil
        return try read(begun.dropFirst(begun.starts(with: byteOrderMark) ? byteOrderMark.count : 0))
    }

    /// Ends the file.
    public mutating func finish() throws(ImportFileError) -> [Row] {
        let short = try head.map { head throws(ImportFileError) in try read(head) } ?? []
        head = nil
        switch format {
        case .ndjson(var lines): return short + lines.finish()
        case .csv(var rows): return short + (try rows.finish())
        }
    }

    private mutating func read(_ bytes: some Collection<UInt8>) throws(ImportFileError) -> [Row] {
        switch format {
        case .ndjson(var lines):
            let rows = lines.take(bytes)
            format = .ndjson(lines)
            return rows
        case .csv(var table):
            let rows = try table.take(bytes)
            format = .csv(table)
            return rows
        }
    }
}

/// Rows that are a JSON object each.
private struct JSONLines {
    private var line = 1
    private var text: [UInt8] = []
    private var isTooLong = false

    mutating func take(_ bytes: some Collection<UInt8>) -> [ImportReader.Row] {
        var rows: [ImportReader.Row] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if let row = endLine() { rows.append(row) }
            } else if text.count < ImportReader.rowBytesMaximum {
                text.append(byte)
            } else {
                isTooLong = true
            }
        }
        return rows
    }

    mutating func finish() -> [ImportReader.Row] { endLine().map { [$0] } ?? [] }

    private mutating func endLine() -> ImportReader.Row? {
        defer {
            text = []
            isTooLong = false
            line += 1
        }
        if isTooLong {
            return .failure(
                UnreadableRow(line: line, field: nil, reason: "longer than \(ImportReader.rowBytesMaximum) bytes"))
        }
        guard !text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { return nil }
        do {
            let isObject = try text.withUnsafeBytes { bytes in try withJSON(bytes) { $0.kind == .object } }
            guard isObject else { return .failure(UnreadableRow(line: line, field: nil, reason: "is no JSON object")) }
        } catch let error as JSONSyntaxError {
            let reason = "is no JSON: \(error.reason.rawValue), at byte \(error.offset)"
            return .failure(UnreadableRow(line: line, field: nil, reason: reason))
        } catch {
            return .failure(UnreadableRow(line: line, field: nil, reason: "is no JSON: \(error)"))
        }
        return .success(ImportRow(line: line, json: text))
    }
}

/// Rows of a table with a heading.
private struct CSVRows {
    private let table: ImportTable
    private var scanner = CSVScanner(recordBytesMaximum: ImportReader.rowBytesMaximum)
    /// The columns in the file's order; nil until the heading was read.
    private var heading: [(name: String, cell: ImportTable.Cell)]?

    init(_ table: ImportTable) {
        self.table = table
    }

    mutating func take(_ bytes: some Collection<UInt8>) throws(ImportFileError) -> [ImportReader.Row] {
        var rows: [ImportReader.Row] = []
        for byte in bytes {
            if let row = try record({ scanner throws(CSVError) in try scanner.take(byte) }) { rows.append(row) }
        }
        return rows
    }

    mutating func finish() throws(ImportFileError) -> [ImportReader.Row] {
        let last = try record { scanner throws(CSVError) in try scanner.finish() }
        return last.map { [$0] } ?? []
    }

    private mutating func record(
        _ next: (inout CSVScanner) throws(CSVError) -> CSVRecord?
    ) throws(ImportFileError) -> ImportReader.Row? {
        let record: CSVRecord?
        do throws(CSVError) {
            record = try next(&scanner)
        } catch {
            // Without its heading nothing of a table can be understood.
            guard heading != nil else { throw ImportFileError(line: error.line, reason: error.reason) }
            return .failure(UnreadableRow(line: error.line, field: nil, reason: error.reason))
        }
        guard let record else { return nil }
        guard let heading else {
            heading = try columns(of: record)
            return nil
        }
        return row(record, heading)
    }

    private func columns(
        of record: CSVRecord
    ) throws(ImportFileError) -> [(name: String, cell: ImportTable.Cell)] {
        var heading: [(name: String, cell: ImportTable.Cell)] = []
        for (place, name) in record.fields.enumerated() {
            guard let column = table.columns.first(where: { $0.name == name }) else {
                let known = table.columns.map(\.name).joined(separator: ", ")
                // Its name is not repeated: in a file without a first line of names it is somebody's card or phone.
                throw ImportFileError(
                    line: record.line,
                    reason:
                        "the name of column \(place + 1) is not known; there are \(known). Has the file a first line of names?"
                )
            }
            guard !heading.contains(where: { $0.name == name }) else {
                throw ImportFileError(line: record.line, reason: "the column \(name) stands there twice")
            }
            heading.append(column)
        }
        for name in table.required where !heading.contains(where: { $0.name == name }) {
            throw ImportFileError(line: record.line, reason: "the column \(name) is missing")
        }
        return heading
    }

    private func row(
        _ record: CSVRecord, _ heading: [(name: String, cell: ImportTable.Cell)]
    ) -> ImportReader.Row {
        guard record.fields.count == heading.count else {
            let reason = "has \(record.fields.count) fields, the heading \(heading.count)"
            return .failure(UnreadableRow(line: record.line, field: nil, reason: reason))
        }
        let writer = ByteWriter(capacity: 512)
        writer.beginObject()
        for (column, text) in zip(heading, record.fields) where !text.isEmpty {
            writer.name(text: column.name)
            write(text, column.cell, to: writer)
        }
        writer.endObject()
        return .success(ImportRow(line: record.line, json: Array(writer.bytes)))
    }

    /// What is no number or truth goes as it is, so that the gateway names the field and says what it must be.
    private func write(_ text: String, _ cell: ImportTable.Cell, to writer: ByteWriter) {
        switch cell {
        case .number where isNumber(text):
            Array(text.utf8).withUnsafeBytes { writer.rawValue($0) }
        case .truth where text == "true" || text == "false":
            writer.value(text == "true")
        case .list:
            writer.beginArray()
            for part in text.split(separator: "|") { writer.value(String(part)) }
            writer.endArray()
        case .text, .number, .truth:
            writer.value(text)
        }
    }

    private func isNumber(_ text: String) -> Bool {
        let isDecimal = { (text: Substring) in
            !text.isEmpty && text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        }
        let parts = text.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        guard text.prefix(2) != "--", parts.count <= 2, parts.allSatisfy(isDecimal) else { return false }
        // JSON has no zeros in front.
        return parts[0] == "0" || parts[0].first != "0"
    }
}
