import Retail

/// What an app has recorded under an id of its own.
package struct FloorRecord: Sendable {
    /// The app's message byte for byte.
    package var body: [UInt8]
    package var receivedAt: Instant
}

extension JournalView {
    /// The visit that an app has recorded under this id.
    package func visit(_ visit: String, store: String, app: String) throws(SQLError) -> FloorRecord? {
        try statement("SELECT body, received_at FROM visit WHERE store = ? AND app = ? AND visit = ?")
            .bind(store).bind(app).bind(visit).first(FloorRecord.init(row:))
    }

    /// The note that an app has written under this id.
    package func note(_ note: String, store: String, app: String) throws(SQLError) -> FloorRecord? {
        try statement("SELECT body, received_at FROM customer_note WHERE store = ? AND app = ? AND note = ?")
            .bind(store).bind(app).bind(note).first(FloorRecord.init(row:))
    }
}

extension JournalTransaction {
    /// Stores a visit.
    package func insertVisit(
        _ visit: String, store: String, app: String, body: [UInt8], at instant: Instant
    ) throws(SQLError) {
        try statement("INSERT INTO visit (store, app, visit, body, received_at) VALUES (?, ?, ?, ?, ?)")
            .bind(store).bind(app).bind(visit).bind(body).bind(instant.millisecondsSinceEpoch).run()
    }

    /// Stores a note; of those about one customer only so many are kept, and the oldest give way.
    package func insertNote(
        _ note: String, store: String, app: String, about customer: CustomerID, body: [UInt8], keeping limit: Int,
        at instant: Instant
    ) throws(SQLError) {
        try statement(
            "INSERT INTO customer_note (store, app, note, customer, body, received_at) VALUES (?, ?, ?, ?, ?, ?)"
        )
        .bind(store).bind(app).bind(note).bind(customer.number).bind(body).bind(instant.millisecondsSinceEpoch).run()
        try statement(
            """
            DELETE FROM customer_note WHERE customer = ?1 AND id <= (
                SELECT id FROM customer_note WHERE customer = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
            """
        ).bind(customer.number).bind(limit).run()
    }
}

extension FloorRecord {
    fileprivate init(row: SQLRow) {
        self.init(body: row.blob(0), receivedAt: Instant(millisecondsSinceEpoch: row.integer(1)))
    }
}
