import Journal
import LineProtocol
import Loyalty
import Retail

/// What the journal knows of a customer besides points: of this one, and of everybody who was merged into them.
struct CustomerHistory {
    /// An open order, with what was done last.
    struct Order {
        var order: StoredOrder
        var last: StoredTransition
    }

    /// The customer, merges followed.
    let customer: CustomerID
    let lots: [Lot]
    /// The newest first.
    let purchases: [CustomerPurchase]
    /// Those of one store, the oldest first.
    let orders: [Order]
    /// The newest first.
    let notes: [CustomerNote]
    /// The last one.
    let rating: RatingRecord?

    /// When the last sale was made that is known here.
    var lastSale: Instant? { purchases.filter { $0.kind == .sale }.map(\.at).max() }

    /// Reads everything; nil when there is no such customer.
    init?(of asked: CustomerID, store: String, _ view: JournalView) throws {
        guard let survivor = try view.survivor(of: asked) else { return nil }
        let people = try view.everybody(behind: survivor)
        customer = survivor
        lots = try view.account(of: survivor, parts: []).points.lots
        purchases = try Self.purchases(of: people, view)
        orders = try Self.orders(of: people, survivor, store: store, view)
        notes = try Self.notes(about: people, view)
        rating = try view.rating(of: people)
    }

    private static func purchases(of people: [CustomerID], _ view: JournalView) throws -> [CustomerPurchase] {
        let limit = ProtocolLimits.cardPurchases
        var found: [(sequence: Int64, receipt: CustomerReceipt)] = []
        for person in people { found += try view.lastReceipts(of: person, limit: limit) }
        let newest = found.sorted { $0.sequence > $1.sequence }.prefix(limit)
        // Receipts that waited at their till came later than they were made; people go by when they bought.
        let purchases = try newest.map { (sequence: $0.sequence, purchase: try CustomerPurchase($0.receipt)) }
        return purchases.sorted { left, right in
            (left.purchase.at, left.sequence) > (right.purchase.at, right.sequence)
        }.map(\.purchase)
    }

    private static func orders(
        of people: [CustomerID], _ survivor: CustomerID, store: String, _ view: JournalView
    ) throws -> [Order] {
        let limit = ProtocolLimits.cardOrders
        var found: [Int64: StoredOrder] = [:]
        for person in people {
            for order in try view.openOrders(of: person, store: store, limit: limit) { found[order.id] = order }
        }
        for case .phone(let number) in try view.identifiers(of: survivor) {
            for order in try view.openOrders(calledAt: number, store: store, limit: limit) { found[order.id] = order }
        }
        return try found.values.sorted { $0.id < $1.id }.prefix(limit).compactMap { order in
            try view.lastTransition(of: order.id).map { Order(order: order, last: $0) }
        }
    }

    private static func notes(about people: [CustomerID], _ view: JournalView) throws -> [CustomerNote] {
        let limit = ProtocolLimits.cardNotes
        var found: [(id: Int64, note: StoredNote)] = []
        for person in people { found += try view.notes(of: person, limit: limit) }
        return try found.sorted { $0.id > $1.id }.prefix(limit).map { try CustomerNote($0.note) }
    }
}

extension CustomerPurchase {
    fileprivate init(_ receipt: CustomerReceipt) throws {
        self = try receipt.body.withUnsafeBytes { text in
            try withJSON(text) { value in
                try CustomerPurchase(
                    key: receipt.key, kind: receipt.kind == .return ? .return : .sale, receipt: FieldReader(value))
            }
        }
    }
}

extension CustomerNote {
    fileprivate init(_ stored: StoredNote) throws {
        let message = try stored.body.withUnsafeBytes { text in
            try withJSON(text) { try NoteAdd(FieldReader($0)) }
        }
        self.init(
            note: message.note, text: message.text, at: stored.receivedAt, person: message.person, store: stored.store)
    }
}
