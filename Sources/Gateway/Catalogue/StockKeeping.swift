import Journal
import LineProtocol
import Retail

/// What orders and receipts do to stock, in the transaction that stores them.
///
/// An order has its goods set aside from the push until they are paid, handed over or the order is over. The sale that
/// pays takes its own lines off the stock, whatever the order said; a prepaid order that is handed over without a sale
/// takes what was set aside for it.
enum StockKeeping {
    /// Sets aside what an order asks for, in place of what it asked for before.
    static func reserve(
        _ lines: [OrderLine], for order: StoredOrder, at now: Instant, _ transaction: JournalTransaction
    ) throws {
        var goods: [String: Int64] = [:]
        for line in lines { goods[line.sku, default: 0] += line.quantity.thousandths }
        try transaction.reserve(goods, for: order.id, store: order.store, at: now)
    }

    /// Does what an order's new state asks for.
    static func follow(_ order: StoredOrder, at now: Instant, _ transaction: JournalTransaction) throws {
        switch order.state {
        case .new, .delivered, .accepted, .picking, .ready, .claimed, .cancelRequested:
            break
        case .paid, .rejected, .expired, .cancelled:
            try transaction.reserve([:], for: order.id, store: order.store, at: now)
        case .handedOver:
            // What a sale has paid is not set aside any more, and has left the stock with it.
            let goods = try transaction.reservation(of: order.id)
            try transaction.reserve([:], for: order.id, store: order.store, at: now)
            if transaction.planted.contains(.handoverKeepsStock) { return }
            for (sku, quantity) in goods.sorted(by: { $0.key < $1.key }) {
                try transaction.moveStock(of: sku, store: order.store, by: -quantity, at: now)
            }
        }
    }

    /// Takes the goods of a sale off its store's stock, or puts those of a return on it. Voids and corrections
    /// move nothing: a correction puts the books right, not the shelves.
    static func move(_ receipt: Receipt, at now: Instant, _ transaction: JournalTransaction) throws {
        let sign: Int64
        switch receipt.kind {
        case .sale: sign = -1
        case .return: sign = 1
        case .correction where transaction.planted.contains(.correctionMovesStock): sign = -1
        case .void, .correction: return
        }
        guard try transaction.keepsStock() else { return }
        if receipt.kind == .sale, try wasHandedOverUnpaid(receipt, transaction) { return }
        for line in receipt.lines {
            try transaction.moveStock(
                of: line.sku, store: receipt.key.store, by: sign * line.quantity.thousandths, at: now)
        }
    }

    /// A receipt that a till writes after it has handed a prepaid order over: the goods left the stock then.
    private static func wasHandedOverUnpaid(
        _ receipt: Receipt, _ transaction: JournalTransaction
    ) throws -> Bool {
        guard let key = receipt.order, let order = try transaction.order(key), order.store == receipt.key.store,
            order.state == .handedOver
        else { return false }
        return try !transaction.transitions(of: order.id).contains { $0.action == OrderAction.pay.rawValue }
    }
}
