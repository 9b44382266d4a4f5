import Retail

/// A change from upstream that changed nothing, and why.
package struct RefusedChange: Sendable, Equatable {
    /// Rises with every refusal; 0 before it is stored.
    package var number: Int64 = 0
    package var id: String
    package var type: String
    /// The change as it came; nil when it was too long to be kept.
    package var body: [UInt8]?
    /// An error code of the protocol.
    package var code: String
    package var field: String?
    package var reason: String
    /// What it names and is not known yet: with it, the change is applied by itself.
    package var waitsFor: String?
    package var refusedAt: Instant

    /// A refusal.
    package init(
        id: String, type: String, body: [UInt8]?, code: String, field: String?, reason: String, waitsFor: String?,
        refusedAt: Instant
    ) {
        self.id = id
        self.type = type
        self.body = body
        self.code = code
        self.field = field
        self.reason = reason
        self.waitsFor = waitsFor
        self.refusedAt = refusedAt
    }
}

extension JournalView {
    /// Changes that were refused, the oldest first, without their bodies.
    package func refusedChanges(after number: Int64, limit: Int) throws(SQLError) -> [RefusedChange] {
        try statement(
            """
            SELECT number, id, type, NULL, code, field, reason, waits_for, refused_at FROM refused_change
            WHERE number > ? ORDER BY number LIMIT ?
            """
        ).bind(number).bind(limit).all(RefusedChange.init(row:))
    }

    /// One of them, with its body.
    package func refusedChange(_ id: String) throws(SQLError) -> RefusedChange? {
        try statement(
            """
            SELECT number, id, type, body, code, field, reason, waits_for, refused_at FROM refused_change WHERE id = ?
            """
        ).bind(id).first(RefusedChange.init(row:))
    }

    /// Those that wait for something, in the order in which they came.
    package func refusedChanges(waitingFor need: String, limit: Int) throws(SQLError) -> [RefusedChange] {
        try statement(
            """
            SELECT number, id, type, body, code, field, reason, waits_for, refused_at FROM refused_change
            WHERE waits_for = ? ORDER BY number LIMIT ?
            """
        ).bind(need).bind(limit).all(RefusedChange.init(row:))
    }

    /// The number of the newest; 0 when there is none.
    package func lastRefusedChange() throws(SQLError) -> Int64 {
        try statement("SELECT max(number) FROM refused_change").first { $0.integer(0) } ?? 0
    }

    /// How many are kept.
    package func refusedChangeCount() throws(SQLError) -> Int64 {
        try statement("SELECT count(*) FROM refused_change").first { $0.integer(0) } ?? 0
    }

    /// Whether any waits for something.
    package func hasWaitingChanges() throws(SQLError) -> Bool {
        try statement("SELECT EXISTS (SELECT 1 FROM refused_change WHERE waits_for IS NOT NULL)")
            .first { $0.bool(0) } ?? false
    }
}

extension JournalTransaction {
    /// A refusal that was not known, and what had to give way to it.
    package struct KeptRefusal: Sendable, Equatable {
        package var number: Int64
        /// Refusals that are not kept any more, without their bodies.
        package var dropped: [RefusedChange]
    }

    /// Keeps a refusal. The same change refused again for the same reason stays as it is; beyond the limit the oldest
    /// give way, but corrections of points never do: they are money.
    ///
    /// - Returns: nil when it is not news.
    package func keep(_ change: RefusedChange, limit: Int) throws(SQLError) -> KeptRefusal? {
        if let known = try refusedChange(change.id), known.reason == change.reason, known.waitsFor == change.waitsFor {
            return nil
        }
        try statement(
            """
            INSERT OR REPLACE INTO refused_change (id, type, body, code, field, reason, waits_for, refused_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        .bind(change.id).bind(change.type).bind(change.body).bind(change.code).bind(change.field)
        .bind(change.reason).bind(change.waitsFor).bind(change.refusedAt.millisecondsSinceEpoch)
        .run()
        let number = lastInsertedRow
        let dropped = try statement(
            """
            DELETE FROM refused_change WHERE number <= ? AND type <> 'points'
            RETURNING number, id, type, NULL, code, field, reason, waits_for, refused_at
            """
        ).bind(number - Int64(limit)).all(RefusedChange.init(row:))
        return KeptRefusal(number: number, dropped: dropped)
    }

    /// It was applied after all, or is of no interest any more.
    ///
    /// - Returns: whether it was there.
    @discardableResult
    package func forgetRefusedChange(_ id: String) throws(SQLError) -> Bool {
        try statement("DELETE FROM refused_change WHERE id = ? RETURNING 1").bind(id).first { _ in true } ?? false
    }
}

extension RefusedChange {
    fileprivate init(row: SQLRow) {
        self.init(
            id: row.text(1), type: row.text(2), body: row.blobOrNil(3), code: row.text(4), field: row.textOrNil(5),
            reason: row.text(6), waitsFor: row.textOrNil(7),
            refusedAt: Instant(millisecondsSinceEpoch: row.integer(8)))
        number = row.integer(0)
    }
}
