import LineProtocol
import Retail

/// What a row of a CSV export is about.
public enum ExportRows: String, CaseIterable, Sendable {
    /// One row per receipt, voids too.
    case receipts
    /// One row per line of what was sold or came back.
    case lines
    /// One row per payment, and one for the change.
    case payments
    /// One row per tax rate of each receipt.
    case taxes
}

/// Receipts as comma-separated values. Amounts are decimal numbers with the sign of their direction: the sum of a column is
/// what a period has brought. `protocol-spec/export.md` lists the columns.
public struct CSVExport: Sendable {
    private let rows: ExportRows

    /// An export with rows of one sort.
    public init(_ rows: ExportRows) {
        self.rows = rows
    }

    /// Writes the row with the names of the columns.
    public func writeHeading(to writer: ByteWriter) {
        var row = CSVRow(writer)
        let own: [String]
        switch rows {
        case .receipts:
            own = [
                "lines", "gross", "discount", "total", "paid", "change", "tax", "points_earned", "points_spent",
                "order_source", "order", "original", "reason", "marks",
            ]
        case .lines:
            own = [
                "line", "sku", "name", "quantity", "price", "discount_till", "discount_promotion", "discount_points",
                "discount_other", "amount", "tax_rate", "tax", "category", "brand", "marking_codes", "original",
                "original_line",
            ]
        case .payments: own = ["payment", "part", "tender", "amount"]
        case .taxes: own = ["tax_rate", "tax_code", "base", "tax", "gross", "source"]
        }
        for name in Self.commonColumns + own { row.plain(name) }
        row.end()
    }

    private static let commonColumns = [
        "key", "store", "till", "shift", "number", "kind", "direction", "day", "local_time", "at", "received_at",
        "sequence", "cashier", "cashier_name", "customer_id", "customer", "currency",
    ]

    /// Writes the rows of a receipt.
    public func write(_ receipt: ExportedReceipt, to writer: ByteWriter) {
        // The same in all rows of a receipt, of which there may be hundreds.
        let common = ByteWriter(capacity: 256)
        writeCommonCells(receipt, to: common)
        switch rows {
        case .receipts: writeReceipt(receipt, CSVRow(writer, after: common))
        // Of a basket that was given up nothing was sold and nothing was paid.
        case .lines where receipt.sign != 0: writeLines(receipt) { CSVRow(writer, after: common) }
        case .payments where receipt.sign != 0: writePayments(receipt) { CSVRow(writer, after: common) }
        case .taxes where receipt.sign != 0: writeTaxes(receipt) { CSVRow(writer, after: common) }
        case .lines, .payments, .taxes: break
        }
    }

    private func writeCommonCells(_ receipt: ExportedReceipt, to writer: ByteWriter) {
        var row = CSVRow(writer)
        let entry = receipt.entry
        row.text(entry.key.text)
        row.text(entry.key.store)
        row.text(entry.key.till)
        row.plain("\(entry.key.shift)")
        row.text(entry.key.number)
        row.plain(entry.kind.rawValue)
        row.plain(receipt.request.direction?.rawValue ?? "")
        row.plain(entry.day.iso)
        row.plain(receipt.localTime)
        row.plain(receipt.request.at.rfc3339)
        row.plain(entry.receivedAt.rfc3339)
        row.plain("\(entry.sequence)")
        row.text(receipt.request.cashier?.id)
        row.text(receipt.request.cashier?.name)
        row.text(receipt.reply.customer)
        row.text(entry.customer)
        row.text(entry.currency)
    }

    private func writeReceipt(_ receipt: ExportedReceipt, _ begun: CSVRow) {
        let request = receipt.request
        let discount = sum(request.lines.flatMap { $0.content.discounts.map(\.amount) })
        let charged = sum(request.lines.map(\.content.amount))
        var row = begun
        func amount(_ sum: Int128) -> String { receipt.decimal(receipt.signed(sum)) }
        // Of a void, which has no rows of lines, none count: the column adds up to the number of those rows.
        row.plain("\(receipt.sign == 0 ? 0 : request.lines.count)")
        row.plain(amount(charged + discount))
        row.plain(amount(discount))
        row.plain(receipt.decimal(receipt.signed(request.total ?? .zero)))
        row.plain(amount(sum(request.payments.map(\.amount))))
        row.plain(receipt.decimal(receipt.signed(request.change ?? .zero)))
        row.plain(receipt.taxes.map { amount($0.amount) } ?? "")
        row.plain(receipt.reply.earned.map { "\($0)" } ?? "")
        row.plain(receipt.reply.spent.map { "\($0)" } ?? "")
        row.text(request.order?.source)
        row.text(request.order?.order)
        row.text(request.original?.text)
        row.text(request.reason)
        row.plain(receipt.reply.marks.joined(separator: " "))
        row.end()
    }

    private func writeLines(_ receipt: ExportedReceipt, _ begin: () -> CSVRow) {
        for (place, line) in receipt.request.lines.enumerated() {
            let content = line.content
            var row = begin()
            row.plain("\(place + 1)")
            row.text(content.sku)
            row.text(content.name)
            row.plain(Quantity(thousandths: receipt.sign * content.quantity.thousandths).decimalText)
            row.plain(receipt.decimal(content.price))
            let named = [LineDiscount.tillOrigin, LineDiscount.promotionOrigin, LineDiscount.pointsOrigin]
            for origin in named {
                let taken = sum(content.discounts.filter { $0.origin == origin }.map(\.amount))
                row.plain(receipt.decimal(receipt.signed(taken)))
            }
            let others = sum(content.discounts.filter { !named.contains($0.origin) }.map(\.amount))
            row.plain(receipt.decimal(receipt.signed(others)))
            row.plain(receipt.decimal(receipt.signed(content.amount)))
            row.plain(line.tax?.rate.percentText ?? "")
            row.plain(line.tax?.amount.map { receipt.decimal(receipt.signed($0)) } ?? "")
            row.text(content.category)
            row.text(content.brand)
            row.plain("\(line.marks.count)")
            row.text(receipt.request.original?.text)
            row.plain(content.originalLine.map { "\($0)" } ?? "")
            row.end()
        }
    }

    private func writePayments(_ receipt: ExportedReceipt, _ begin: () -> CSVRow) {
        for (place, payment) in receipt.request.payments.enumerated() {
            var row = begin()
            row.plain("\(place + 1)")
            row.plain("payment")
            row.text(payment.kind)
            row.plain(receipt.decimal(receipt.signed(payment.amount)))
            row.end()
        }
        guard let change = receipt.request.change, change > .zero else { return }
        var row = begin()
        row.plain("\(receipt.request.payments.count + 1)")
        row.plain("change")
        row.plain("cash")
        row.plain(receipt.decimal(-receipt.signed(change)))
        row.end()
    }

    private func writeTaxes(_ receipt: ExportedReceipt, _ begin: () -> CSVRow) {
        guard let taxes = receipt.taxes else { return }
        for tax in taxes.rates {
            var row = begin()
            row.plain(tax.rate.percentText)
            row.text(tax.code)
            row.plain(receipt.decimal(receipt.signed(tax.base)))
            row.plain(receipt.decimal(receipt.signed(tax.amount)))
            row.plain(receipt.decimal(receipt.signed(tax.base + tax.amount)))
            row.plain(taxes.isStated ? "receipt" : "lines")
            row.end()
        }
    }
}

/// Some thousand amounts at most: no sum of so many leaves 128 bits.
private func sum(_ amounts: [Money]) -> Int128 {
    amounts.reduce(0) { $0 + Int128($1.minorUnits) }
}
