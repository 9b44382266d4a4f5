import ImportFiles
import Retail

/// A file of a trading day that cannot be read.
public struct RetailDayError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The line of the file, from 1.
    public let line: Int
    /// The column, where it is one.
    public let column: String?
    /// What is wrong there.
    public let reason: String

    /// One sentence for the command line.
    public var description: String {
        "\(file), line \(line)\(column.map { ", \($0)" } ?? ""): \(reason)"
    }
}

/// One day of a retailer: its invoices in the order in which the file has them.
///
/// The columns are those of the data set "Online Retail" (`InvoiceNo, StockCode, Description, Quantity, InvoiceDate,
/// UnitPrice, CustomerID, Country`), one line of the file per line of an invoice. An invoice whose number begins with
/// `C`, or whose quantities are all negative, is a return. Prices are decimal digits, rounded half up to a penny; they
/// never become binary fractions.
public struct RetailDay: Hashable, Sendable {
    /// The file it came from.
    public let file: String
    /// The invoices.
    public let invoices: [Invoice]

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - file: its name, for errors.
    ///   - bytes: its content.
    /// - Throws: the first line that cannot be understood; nothing is guessed or skipped.
    public init(file: String, bytes: some Collection<UInt8>) throws(RetailDayError) {
        let records: [CSVRecord]
        do throws(CSVError) {
            records = try readCSV(bytes)
        } catch {
            throw RetailDayError(file: file, line: error.line, column: nil, reason: error.reason)
        }
        guard let heading = records.first else {
            throw RetailDayError(file: file, line: 1, column: nil, reason: "the file is empty")
        }
        let columns = try RetailColumns(file: file, heading: heading)
        var order: [String] = []
        var rows: [String: [RetailRow]] = [:]
        for record in records.dropFirst() {
            let row = try RetailRow(record, columns)
            if rows[row.invoice]?.append(row) == nil {
                order.append(row.invoice)
                rows[row.invoice] = [row]
            }
        }
        var invoices: [Invoice] = []
        for number in order { invoices.append(try invoice(of: rows[number] ?? [], file: file)) }
        self.file = file
        self.invoices = invoices
    }
}

/// Puts the rows of one invoice together. Where they differ in time or customer, the first one counts.
private func invoice(of rows: [RetailRow], file: String) throws(RetailDayError) -> Invoice {
    let first = rows[0]
    let isReturn = first.invoice.hasPrefix("C") || rows.allSatisfy { $0.quantity < 0 }
    if let row = rows.first(where: { isReturn != ($0.quantity < 0) }) {
        throw RetailDayError(
            file: file, line: row.line, column: "Quantity",
            reason: "sales and returns on one invoice, \(first.invoice)")
    }
    do throws(ArithmeticError) {
        var lines: [Invoice.Line] = []
        for row in rows {
            let quantity = Quantity(thousandths: Int64(row.quantity.magnitude) * Quantity.one.thousandths)
            lines.append(try Invoice.Line(sku: row.sku, name: row.name, quantity: quantity, price: row.price))
        }
        return try Invoice(
            number: first.invoice, kind: isReturn ? .return : .sale, at: first.at, customer: first.customer,
            lines: lines)
    } catch {
        throw RetailDayError(file: file, line: first.line, column: nil, reason: "an amount does not fit")
    }
}
