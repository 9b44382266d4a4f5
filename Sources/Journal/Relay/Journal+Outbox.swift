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

/// A piece of the outbox, from its front or from behind a place in it.
package struct OutboxPage: Sendable {
    /// What was asked for, in order.
    package var entries: [OutboxEntry]
    /// The last place that was looked at: all before it is in `entries`, or of a stream that was to be passed over.
    package var through: Int64
    /// Whether there is nothing behind it.
    package var isEnd: Bool
}

extension JournalView {
    /// Places of the outbox that one look passes over at most: a stream that is held back may be very long.
    private static var placesPerLook: Int { 10_000 }

    /// The oldest entries behind a place, in order, those of some streams left out.
    ///
    /// - Parameters:
    ///   - after: the place; 0 for the front.
    ///   - excluding: streams that are passed over.
    ///   - limit: entries at most.
    ///   - bytesMaximum: of their bodies together; the first entry comes whatever its length.
    package func outboxPage(
        after: Int64 = 0, excluding: Set<String> = [], limit: Int, bytesMaximum: Int = .max
    ) throws(SQLError) -> OutboxPage {
        var page = OutboxPage(entries: [], through: after, isEnd: true)
        var wanted: [Int64] = []
        let places = try statement("SELECT sequence, stream FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?")
            .bind(after).bind(excluding.isEmpty ? limit : Self.placesPerLook)
        var seen = 0
        defer { places.finish() }
        while wanted.count < limit, let row = try places.next() {
            seen += 1
            page.through = row.integer(0)
            if excluding.isEmpty || !excluding.contains(row.text(1)) { wanted.append(page.through) }
        }
        page.isEnd = wanted.count < limit && seen < (excluding.isEmpty ? limit : Self.placesPerLook)
        var bytes = 0
        for sequence in wanted {
            guard let entry = try outboxEntry(sequence) else { continue }
            bytes += entry.bytes
            if bytes > bytesMaximum, let last = page.entries.last {
                page.through = last.sequence
                page.isEnd = false
                break
            }
            page.entries.append(entry)
        }
        return page
    }

    /// The oldest entries, in order, up to `limit` of them.
    package func outbox(limit: Int) throws(SQLError) -> [OutboxEntry] {
        try outboxPage(limit: limit).entries
    }

    /// The oldest entry of one stream.
    package func oldestEntry(ofStream stream: String) throws(SQLError) -> OutboxEntry? {
        let sequence = try statement("SELECT sequence FROM outbox WHERE stream = ? ORDER BY sequence LIMIT 1")
            .bind(stream).first { $0.integer(0) }
        guard let sequence else { return nil }
        return try outboxEntry(sequence)
    }

    private func outboxEntry(_ sequence: Int64) throws(SQLError) -> OutboxEntry? {
        let found = try statement("SELECT stream, id, type, body, created_at, receipt FROM outbox WHERE sequence = ?")
            .bind(sequence).first { row in
                (
                    entry: OutboxEntry(
                        sequence: sequence, stream: row.text(0), id: row.text(1), type: row.text(2), body: row.blob(3),
                        receipt: nil, createdAt: Instant(millisecondsSinceEpoch: row.integer(4))),
                    receipt: row.integerOrNil(5)
                )
            }
        guard var entry = found?.entry else { return nil }
        if let receipt = found?.receipt { entry.receipt = try relayedReceipt(receipt) }
        return entry
    }

    /// A receipt as the relay needs it, with the external id of its customer or of who the customer was merged into.
    func relayedReceipt(_ sequence: Int64) throws(SQLError) -> RelayedReceipt? {
        try statement(
            """
            SELECT r.sequence, r.store, r.till, r.shift, r.number, r.kind, r.customer, r.received_at, r.body, r.answer,
                   (WITH RECURSIVE lineage (id, step) AS (
                        SELECT r.customer, 0
                        UNION ALL
                        SELECT c.merged_into, step + 1 FROM customer c JOIN lineage ON c.id = lineage.id
                        WHERE c.merged_into IS NOT NULL AND step < 64)
                    SELECT i.value FROM lineage JOIN customer_identifier i ON i.customer = lineage.id
                    WHERE i.kind = 'external' ORDER BY lineage.step DESC, i.value LIMIT 1)
            FROM receipt r WHERE r.sequence = ?
            """
        ).bind(sequence).first(RelayedReceipt.init(row:))
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

    /// What the gateway is called in ids that would else be the same at two gateways of one upstream: made by chance, once
    /// in the journal's life. A copy of the journal is the same gateway.
    package func gatewayName() throws(SQLError) -> String {
        func stored() throws(SQLError) -> String? {
            try statement("SELECT value FROM fact WHERE name = 'gateway'").first { $0.text(0) }
        }
        if let name = try stored() { return name }
        try statement("INSERT INTO fact (name, value) VALUES ('gateway', 'g' || lower(hex(randomblob(8))))").run()
        return try stored() ?? ""
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

    /// The same when upstream itself has said so: an operator may have set it aside while it was on its way.
    package func confirmDelivered(outbox sequence: Int64) throws(SQLError) {
        try confirm(outbox: sequence)
        try statement("DELETE FROM quarantine WHERE sequence = ?").bind(sequence).run()
    }
}

extension OutboxEntry {
    /// About how long it is on its way upstream.
    fileprivate var bytes: Int { body.count + (receipt.map { $0.body.count + $0.answer.count } ?? 0) }
}

extension RelayedReceipt {
    fileprivate init(row: SQLRow) {
        self.init(
            sequence: row.integer(0),
            key: ReceiptKey(
                store: row.text(1), till: row.text(2), shift: Int(row.integer(3)), number: row.text(4)),
            kind: ReceiptKind(rawValue: row.text(5)) ?? .sale,
            customer: row.integerOrNil(6).map(CustomerID.init(number:)),
            customerExternal: row.textOrNil(10),
            receivedAt: Instant(millisecondsSinceEpoch: row.integer(7)), body: row.blob(8), answer: row.blob(9))
    }
}
