import Retail

/// Finds the sale that a return brings back: the files do not name it, but a customer who brings everything of a return back
/// from one earlier invoice of theirs most likely means that one.
struct OriginalFinder {
    private struct Sale {
        let key: ReceiptKey
        /// Thousandths that have not come back yet, by SKU; wide, so that no file can overflow them.
        var left: [String: Int128]
    }

    private var salesOfCustomers: [String: [Sale]] = [:]

    /// A sale that may come back later.
    mutating func add(_ invoice: Invoice, key: ReceiptKey) {
        guard let customer = invoice.customer else { return }
        salesOfCustomers[customer, default: []].append(Sale(key: key, left: Self.quantities(invoice)))
    }

    /// The customer's latest sale that has everything of the return left; what the return takes is gone from it.
    mutating func original(of invoice: Invoice) -> ReceiptKey? {
        guard let customer = invoice.customer, let sales = salesOfCustomers[customer] else { return nil }
        let returned = Self.quantities(invoice)
        let found = sales.lastIndex { sale in returned.allSatisfy { sale.left[$0.key, default: 0] >= $0.value } }
        guard let found else { return nil }
        for (sku, quantity) in returned { salesOfCustomers[customer]?[found].left[sku, default: 0] -= quantity }
        return sales[found].key
    }

    private static func quantities(_ invoice: Invoice) -> [String: Int128] {
        var quantities: [String: Int128] = [:]
        for line in invoice.lines { quantities[line.sku, default: 0] += Int128(line.quantity.thousandths) }
        return quantities
    }
}
