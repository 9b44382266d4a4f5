/// How a file of rows is written.
public enum ImportFormat: String, CaseIterable, Sendable {
    /// One JSON object a line.
    case ndjson
    /// Comma-separated values with a heading (RFC 4180).
    case csv

    /// What the ending of a file's name says; anything but `.csv` is JSON lines.
    public init(fileName: String) {
        self = fileName.lowercased().hasSuffix(".csv") ? .csv : .ndjson
    }
}

/// The columns that a table for an import may have, in any order.
public struct ImportTable: Sendable {
    /// What a cell of a column holds.
    public enum Cell: Sendable {
        /// A text.
        case text
        /// A number.
        case number
        /// `true` or `false`.
        case truth
        /// Texts with `|` between them.
        case list
    }

    /// The columns by name.
    public let columns: [(name: String, cell: Cell)]
    /// Columns that a table cannot do without.
    public let required: [String]

    /// A table with these columns.
    public init(columns: [(name: String, cell: Cell)], required: [String]) {
        self.columns = columns
        self.required = required
    }

    /// Products, as IMPORT_CATALOGUE takes them.
    public static let catalogue = ImportTable(
        columns: [
            ("sku", .text), ("name", .text), ("price", .number), ("min_price", .number), ("tax_rate", .number),
            ("barcodes", .list), ("category", .text), ("brand", .text), ("tags", .list), ("unit", .text),
            ("marking_required", .truth), ("related", .list), ("priority", .truth),
        ], required: ["sku", "name"])

    /// Counts, as IMPORT_STOCK takes them.
    public static let stock = ImportTable(
        columns: [("store", .text), ("sku", .text), ("quantity", .number), ("as_of", .text)],
        required: ["store", "sku", "quantity", "as_of"])

    /// Customers, as IMPORT_CUSTOMERS takes them; consents are for JSON lines only.
    public static let customers = ImportTable(
        columns: [
            ("name", .text), ("card", .text), ("phone", .text), ("email", .text), ("external", .text),
            ("birthday", .text), ("segment", .text), ("points", .number), ("turnover", .number),
        ], required: [])
}

/// Why a file is not read any further.
public struct ImportFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line of the file, from 1.
    public let line: Int
    /// What is wrong there.
    public let reason: String

    /// One sentence for the command line.
    public var description: String { "line \(line): \(reason)" }
}
