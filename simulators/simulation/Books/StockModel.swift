import Retail

/// What a store has of its goods: what was counted, less what was sold and handed over since, as receipts and orders tell it.
final class StockModel {
    /// What every store begins with.
    static let counted: Int64 = 10_000_000
    static let products = ["KETTLE", "MUG", "TEAPOT"]

    /// Thousandths that were counted last, by store and product.
    private var counts: [String: Int64] = [:]

    func count(_ store: String, _ sku: String) -> Int64 { counts["\(store)/\(sku)"] ?? Self.counted }

    func set(_ thousandths: Int64, _ store: String, _ sku: String) { counts["\(store)/\(sku)"] = thousandths }

    /// What STOCK must say of a product in a store.
    ///
    /// - Parameters:
    ///   - moved: what stored receipts took off the shelves (below zero) or put there, in thousandths.
    ///   - orders: those of the store, as they stand.
    func expected(
        _ store: String, _ sku: String, moved: Int64, orders: [OrderModel]
    ) -> (available: Quantity, reserved: Quantity) {
        var onHand = count(store, sku) + moved
        var reserved: Int64 = 0
        for order in orders {
            let goods = order.lines(at: order.last.number).reduce(Int64(0)) { sum, line in
                line.sku == sku ? sum + line.quantity * 1_000 : sum
            }
            switch order.last.state {
            case "rejected", "expired", "cancelled", "paid": break
            // What a sale has paid has left with its receipt.
            case "handed_over": if order.isPrepaid { onHand -= goods }
            default: reserved += goods
            }
        }
        return (Quantity(thousandths: onHand - reserved), Quantity(thousandths: reserved))
    }
}
