import ImportFiles
import Retail

/// Where the columns of a file are.
struct RetailColumns {
    let file: String
    let invoice: Int
    let sku: Int
    let name: Int
    let quantity: Int
    let date: Int
    let price: Int
    let customer: Int
    let count: Int

    init(file: String, heading: CSVRecord) throws(RetailDayError) {
        func place(_ name: String) throws(RetailDayError) -> Int {
            guard let index = heading.fields.firstIndex(of: name) else {
                throw RetailDayError(file: file, line: heading.line, column: name, reason: "the column is missing")
            }
            return index
        }
        self.file = file
        invoice = try place("InvoiceNo")
        sku = try place("StockCode")
        name = try place("Description")
        quantity = try place("Quantity")
        date = try place("InvoiceDate")
        price = try place("UnitPrice")
        customer = try place("CustomerID")
        count = heading.fields.count
    }
}

/// One line of a file.
struct RetailRow {
    /// No line of an invoice is larger; a receipt's quantity could not hold it either.
    private static let quantityMaximum = 9_999_999

    let line: Int
    let invoice: String
    let sku: String
    let name: String
    /// Whole pieces; negative when they come back.
    let quantity: Int
    let at: Instant
    let price: Money
    let customer: String?

    init(_ record: CSVRecord, _ columns: RetailColumns) throws(RetailDayError) {
        func bad(_ column: String, _ reason: String) -> RetailDayError {
            RetailDayError(file: columns.file, line: record.line, column: column, reason: reason)
        }
        guard record.fields.count == columns.count else {
            throw RetailDayError(
                file: columns.file, line: record.line, column: nil,
                reason: "\(record.fields.count) fields where the heading has \(columns.count)")
        }
        line = record.line
        invoice = record.fields[columns.invoice]
        guard ReceiptKey.isNumber(invoice) else { throw bad("InvoiceNo", "\(invoice) is no receipt number") }
        sku = record.fields[columns.sku]
        guard !sku.isEmpty else { throw bad("StockCode", "is empty") }
        name = record.fields[columns.name]
        let pieces = record.fields[columns.quantity]
        guard let quantity = Int(pieces), quantity != 0, quantity.magnitude <= Self.quantityMaximum else {
            throw bad("Quantity", "\(pieces) is no number of pieces")
        }
        self.quantity = quantity
        let date = record.fields[columns.date]
        // The file has local time without a zone; taken as UTC it at least keeps its order and its day.
        guard let at = Instant(rfc3339: date.replacing(first: " ", with: "T") + "Z") else {
            throw bad("InvoiceDate", "\(date) is no time")
        }
        self.at = at
        let digits = record.fields[columns.price]
        do throws(DecimalError) {
            price = try Money.parse(decimal: digits)
        } catch {
            throw bad("UnitPrice", "\(digits) is no price: \(error)")
        }
        guard price >= .zero else { throw bad("UnitPrice", "\(digits) is negative") }
        let customer = record.fields[columns.customer]
        self.customer = customer.isEmpty ? nil : customer
    }
}

extension String {
    fileprivate func replacing(first mark: Character, with other: Character) -> String {
        guard let index = firstIndex(of: mark) else { return self }
        return self[..<index] + String(other) + self[self.index(after: index)...]
    }
}
