import Retail

/// A receipt of a customer, as it was stored.
package struct CustomerReceipt: Sendable {
    package var key: ReceiptKey
    package var kind: ReceiptKind
    /// The till's message as it came, byte for byte.
    package var body: [UInt8]
}

/// A note about a customer, as it was stored.
package struct StoredNote: Sendable {
    package var store: String
    /// The app's message byte for byte.
    package var body: [UInt8]
    package var receivedAt: Instant
}

extension JournalView {
    /// A customer who was not merged into another, and everybody who was merged into them.
    package func everybody(behind survivor: CustomerID) throws(SQLError) -> [CustomerID] {
        try statement(
            """
            WITH RECURSIVE people (id) AS (
                SELECT ?
                UNION
                SELECT c.id FROM customer c JOIN people ON c.merged_into = people.id)
            SELECT id FROM people
            """
        ).bind(survivor.number).all { CustomerID(number: $0.integer(0)) }
    }

    /// The last sales and returns of a customer, the newest first.
    package func lastReceipts(of customer: CustomerID, limit: Int) throws(SQLError) -> [(Int64, CustomerReceipt)] {
        try statement(
            """
            SELECT sequence, store, till, shift, number, kind, body FROM receipt
            WHERE customer = ? AND kind IN ('sale', 'return') ORDER BY sequence DESC LIMIT ?
            """
        ).bind(customer.number).bind(limit).all { row in
            let key = ReceiptKey(
                store: row.text(1), till: row.text(2), shift: Int(row.integer(3)), number: row.text(4))
            return (
                row.integer(0),
                CustomerReceipt(key: key, kind: ReceiptKind(rawValue: row.text(5)) ?? .sale, body: row.blob(6))
            )
        }
    }

    /// Open orders in a store that are a customer's own, the oldest first.
    package func openOrders(of customer: CustomerID, store: String, limit: Int) throws(SQLError) -> [StoredOrder] {
        try statement(
            """
            SELECT o.id, o.source, o.number, o.source_store, o.store, o.state, o.state_number, o.offered_to, o.holder,
                   o.prepaid, o.body, o.created_at, o.changed_at, o.pickup_until, o.escalated_at
            FROM order_customer c JOIN pickup_order o ON o.id = c.pickup_order
            WHERE c.customer = ? AND o.store = ?
              AND o.state NOT IN ('handed_over', 'rejected', 'expired', 'cancelled')
            ORDER BY o.id LIMIT ?
            """
        ).bind(customer.number).bind(store).bind(limit).all(StoredOrder.init(row:))
    }

    /// Open orders in a store whose customer is called under this number, the oldest first.
    ///
    /// - Parameter phone: in E.164 form.
    package func openOrders(calledAt phone: String, store: String, limit: Int) throws(SQLError) -> [StoredOrder] {
        try statement(
            """
            SELECT o.id, o.source, o.number, o.source_store, o.store, o.state, o.state_number, o.offered_to, o.holder,
                   o.prepaid, o.body, o.created_at, o.changed_at, o.pickup_until, o.escalated_at
            FROM order_customer c JOIN pickup_order o ON o.id = c.pickup_order
            WHERE c.phone = ? AND o.store = ?
              AND o.state NOT IN ('handed_over', 'rejected', 'expired', 'cancelled')
            ORDER BY o.id LIMIT ?
            """
        ).bind(phone).bind(store).bind(limit).all(StoredOrder.init(row:))
    }

    /// The last notes about a customer, the newest first.
    package func notes(of customer: CustomerID, limit: Int) throws(SQLError) -> [(Int64, StoredNote)] {
        try statement(
            "SELECT id, store, body, received_at FROM customer_note WHERE customer = ? ORDER BY id DESC LIMIT ?"
        ).bind(customer.number).bind(limit).all { row in
            (
                row.integer(0),
                StoredNote(
                    store: row.text(1), body: row.blob(2), receivedAt: Instant(millisecondsSinceEpoch: row.integer(3)))
            )
        }
    }
}

extension JournalTransaction {
    /// Notes whose an order is, so that the customer's card finds it.
    ///
    /// - Parameter phone: in E.164 form.
    package func setCustomer(
        ofOrder order: Int64, _ customer: CustomerID?, phone: String?
    ) throws(SQLError) {
        guard customer != nil || phone != nil else {
            try statement("DELETE FROM order_customer WHERE pickup_order = ?").bind(order).run()
            return
        }
        try statement("INSERT OR REPLACE INTO order_customer (pickup_order, customer, phone) VALUES (?, ?, ?)")
            .bind(order).bind(customer?.number).bind(phone).run()
    }
}
