import Retail

/// Something that upstream must learn, in the order it happened.
package struct OutboxEntry: Sendable {
    /// Rises with every entry and is never used twice.
    package var sequence: Int64
    /// `store/till`, or the store alone: within one stream the order is kept.
    package var stream: String
    /// The idempotency key: upstream keeps one of each.
    package var id: String
    /// `receipt`, `customer.enrolled`, `order.state`.
    package var type: String
    /// One JSON object; empty for a receipt, whose body is its own row's.
    package var body: [UInt8]
    package var receipt: RelayedReceipt?
    package var createdAt: Instant
}

/// A receipt as the relay needs it.
package struct RelayedReceipt: Sendable {
    package var sequence: Int64
    package var key: ReceiptKey
    package var kind: ReceiptKind
    package var customer: CustomerID?
    /// The customer's id in the retailer's other systems.
    package var customerExternal: String?
    package var receivedAt: Instant
    package var body: [UInt8]
    package var answer: [UInt8]
}

/// How much of a stream upstream has not confirmed.
package struct Backlog: Sendable, Equatable {
    package var unsent: Int64
    package var oldestAt: Instant?

    /// A backlog of `unsent` entries, the oldest of which was written at `oldestAt`.
    package init(unsent: Int64, oldestAt: Instant?) {
        self.unsent = unsent
        self.oldestAt = oldestAt
    }
}

extension JournalView {
    /// The oldest entries, in order, up to `limit` of them.
    package func outbox(limit: Int) throws(SQLError) -> [OutboxEntry] {
        try statement(
            """
            SELECT o.sequence, o.stream, o.id, o.type, o.body, o.created_at,
                   r.sequence, r.store, r.till, r.shift, r.number, r.kind, r.customer, r.received_at, r.body, r.answer,
                   (WITH RECURSIVE lineage (id, step) AS (
                        SELECT r.customer, 0
                        UNION ALL
                        SELECT c.merged_into, step + 1 FROM customer c JOIN lineage ON c.id = lineage.id
                        WHERE c.merged_into IS NOT NULL AND step < 64)
                    SELECT i.value FROM lineage JOIN customer_identifier i ON i.customer = lineage.id
                    WHERE i.kind = 'external' ORDER BY lineage.step DESC, i.value LIMIT 1)
            FROM outbox o LEFT JOIN receipt r ON r.sequence = o.receipt
            ORDER BY o.sequence LIMIT ?
            """
        ).bind(limit).all { row in
            OutboxEntry(
                sequence: row.integer(0), stream: row.text(1), id: row.text(2), type: row.text(3), body: row.blob(4),
                receipt: RelayedReceipt(row: row), createdAt: Instant(millisecondsSinceEpoch: row.integer(5)))
        }
    }

    /// What is unsent of one stream, or of all.
    package func backlog(stream: String? = nil) throws(SQLError) -> Backlog {
        let read: (SQLRow) -> Backlog = { row in
            Backlog(
                unsent: row.integer(0),
                oldestAt: row.integerOrNil(1).map(Instant.init(millisecondsSinceEpoch:)))
        }
        let found =
            if let stream {
                try statement("SELECT count(*), min(created_at) FROM outbox WHERE stream = ?").bind(stream).first(read)
            } else {
                try statement("SELECT count(*), min(created_at) FROM outbox").first(read)
            }
        return found ?? Backlog(unsent: 0, oldestAt: nil)
    }

    /// How many entries upstream refused for good.
    package func quarantineCount() throws(SQLError) -> Int64 {
        try statement("SELECT count(*) FROM quarantine").first { $0.integer(0) } ?? 0
    }
}

extension JournalTransaction {
    /// Queues a stored receipt for upstream.
    package func enqueueReceipt(_ sequence: Int64, key: ReceiptKey, at instant: Instant) throws(SQLError) {
        try statement(
            "INSERT INTO outbox (stream, id, type, receipt, created_at) VALUES (?, ?, 'receipt', ?, ?)"
        )
        .bind(key.store + "/" + key.till).bind(key.text).bind(sequence).bind(instant.millisecondsSinceEpoch)
        .run()
    }

    /// Queues any other fact for upstream.
    package func enqueue(
        type: String, id: String, stream: String, body: [UInt8], at instant: Instant
    ) throws(SQLError) {
        try statement("INSERT INTO outbox (stream, id, type, body, created_at) VALUES (?, ?, ?, ?, ?)")
            .bind(stream).bind(id).bind(type).bind(body).bind(instant.millisecondsSinceEpoch)
            .run()
    }

    /// Upstream has it.
    package func confirm(outbox sequence: Int64) throws(SQLError) {
        try statement("DELETE FROM outbox WHERE sequence = ?").bind(sequence).run()
    }

    /// Upstream refuses it for good: it waits for the operator, the others go on.
    package func quarantine(outbox sequence: Int64, reason: String, at instant: Instant) throws(SQLError) {
        try statement(
            """
            INSERT INTO quarantine (sequence, stream, id, type, receipt, body, created_at, reason, refused_at)
            SELECT sequence, stream, id, type, receipt, body, created_at, ?, ? FROM outbox WHERE sequence = ?
            """
        )
        .bind(reason).bind(instant.millisecondsSinceEpoch).bind(sequence)
        .run()
        try confirm(outbox: sequence)
    }
}

extension RelayedReceipt {
    fileprivate init?(row: SQLRow) {
        guard let sequence = row.integerOrNil(6) else { return nil }
        self.init(
            sequence: sequence,
            key: ReceiptKey(
                store: row.text(7), till: row.text(8), shift: Int(row.integer(9)), number: row.text(10)),
            kind: ReceiptKind(rawValue: row.text(11)) ?? .sale,
            customer: row.integerOrNil(12).map(CustomerID.init(number:)),
            customerExternal: row.textOrNil(16),
            receivedAt: Instant(millisecondsSinceEpoch: row.integer(13)), body: row.blob(14), answer: row.blob(15))
    }
}
