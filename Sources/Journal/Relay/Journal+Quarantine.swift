import Retail

/// Something that upstream refused for good: it waits for the operator.
package struct QuarantinedEntry: Sendable {
    /// Its place in the outbox before.
    package var sequence: Int64
    package var stream: String
    package var id: String
    package var type: String
    package var reason: String
    package var refusedAt: Instant
    package var createdAt: Instant
}

extension JournalView {
    /// How many entries upstream refused for good.
    package func quarantineCount() throws(SQLError) -> Int64 {
        try statement("SELECT count(*) FROM quarantine").first { $0.integer(0) } ?? 0
    }

    /// The place of the newest entry; 0 when there is none.
    package func lastQuarantined() throws(SQLError) -> Int64 {
        try statement("SELECT coalesce(max(sequence), 0) FROM quarantine").first { $0.integer(0) } ?? 0
    }

    /// What was refused, in the order of the outbox, behind a place.
    package func quarantine(after: Int64, limit: Int) throws(SQLError) -> [QuarantinedEntry] {
        try statement(
            """
            SELECT sequence, stream, id, type, reason, refused_at, created_at FROM quarantine
            WHERE sequence > ? ORDER BY sequence LIMIT ?
            """
        ).bind(after).bind(limit).all(QuarantinedEntry.init(row:))
    }

    /// One entry as it would go upstream, and why it was refused; the newest one, should several have the id.
    package func quarantined(id: String) throws(SQLError) -> (entry: QuarantinedEntry, content: OutboxEntry)? {
        let found = try statement(
            """
            SELECT sequence, stream, id, type, reason, refused_at, created_at FROM quarantine
            WHERE id = ? ORDER BY sequence DESC LIMIT 1
            """
        ).bind(id).first(QuarantinedEntry.init(row:))
        guard let entry = found else { return nil }
        var content = OutboxEntry(
            sequence: entry.sequence, stream: entry.stream, id: entry.id, type: entry.type, body: [], receipt: nil,
            createdAt: entry.createdAt)
        let kept = try statement("SELECT body, receipt FROM quarantine WHERE sequence = ?").bind(entry.sequence)
            .first { (body: $0.blob(0), receipt: $0.integerOrNil(1)) }
        content.body = kept?.body ?? []
        if let receipt = kept?.receipt { content.receipt = try relayedReceipt(receipt) }
        return (entry, content)
    }
}

extension JournalTransaction {
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

    /// Sends an entry again; false when no such entry is in quarantine.
    ///
    /// It gets a new place at the end of the outbox. What its till recorded later has gone upstream long ago, and a place
    /// among what went before would be taken for something that upstream has.
    package func requeue(id: String) throws(SQLError) -> Bool {
        guard let entry = try quarantined(id: id)?.entry else { return false }
        try requeue(sequence: entry.sequence)
        return true
    }

    /// Sends the first entries behind a place, and not behind an end, again, in their order.
    ///
    /// - Returns: how many, and the place of the last of them.
    package func requeue(after: Int64, through end: Int64, limit: Int) throws(SQLError) -> (count: Int, last: Int64) {
        let entries = try quarantine(after: after, limit: limit).filter { $0.sequence <= end }
        for entry in entries { try requeue(sequence: entry.sequence) }
        return (entries.count, entries.last?.sequence ?? after)
    }

    private func requeue(sequence: Int64) throws(SQLError) {
        try statement(
            """
            INSERT INTO outbox (stream, id, type, receipt, body, created_at)
            SELECT stream, id, type, receipt, body, created_at FROM quarantine WHERE sequence = ?
            """
        ).bind(sequence).run()
        try statement("DELETE FROM quarantine WHERE sequence = ?").bind(sequence).run()
    }
}

extension QuarantinedEntry {
    fileprivate init(row: SQLRow) {
        self.init(
            sequence: row.integer(0), stream: row.text(1), id: row.text(2), type: row.text(3), reason: row.text(4),
            refusedAt: Instant(millisecondsSinceEpoch: row.integer(5)),
            createdAt: Instant(millisecondsSinceEpoch: row.integer(6)))
    }
}
