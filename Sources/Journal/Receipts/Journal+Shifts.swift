import Retail

/// A shift of a till, as it was opened and closed.
package struct StoredShift: Sendable {
    /// What the till has sent to open it, what it was answered, and when.
    package var opened: (body: [UInt8], answer: [UInt8], at: Instant)?
    /// What the till has sent to close it, and when.
    package var closed: (body: [UInt8], at: Instant)?
}

/// What a shift's figures take from a receipt.
package struct ShiftReceipt: Sendable {
    package var number: String
    package var kind: ReceiptKind
    /// As it stands on the receipt; of a correction with its sign.
    package var total: Money
}

extension JournalView {
    /// What is stored of a shift; nil when it was neither opened nor closed.
    package func shift(_ key: ShiftKey) throws(SQLError) -> StoredShift? {
        try statement(
            """
            SELECT open_body, open_answer, opened_at, close_body, closed_at FROM till_shift
            WHERE store = ? AND till = ? AND shift = ?
            """
        )
        .bind(key.store).bind(key.till).bind(key.shift)
        .first { row in
            var shift = StoredShift()
            if let at = row.integerOrNil(2) {
                shift.opened = (row.blob(0), row.blob(1), Instant(millisecondsSinceEpoch: at))
            }
            if let at = row.integerOrNil(4) { shift.closed = (row.blob(3), Instant(millisecondsSinceEpoch: at)) }
            return shift
        }
    }

    /// The receipts of a shift, ordered by their numbers as texts.
    package func receipts(of key: ShiftKey) throws(SQLError) -> [ShiftReceipt] {
        try statement(
            "SELECT number, kind, total FROM receipt WHERE store = ? AND till = ? AND shift = ? ORDER BY number"
        )
        .bind(key.store).bind(key.till).bind(key.shift)
        .all { row in
            ShiftReceipt(
                number: row.text(0), kind: ReceiptKind(rawValue: row.text(1)) ?? .sale,
                total: Money(minorUnits: row.integer(2)))
        }
    }

    /// Numbers that are waited for although their receipts are here.
    func shiftFindings() throws(SQLError) -> [AuditFinding] {
        try statement(
            """
            SELECT m.store, m.till, m.shift, m.number FROM shift_missing m
            JOIN receipt r ON r.store = m.store AND r.till = m.till AND r.shift = m.shift AND r.number = m.number
            LIMIT 100
            """
        ).all { row in
            AuditFinding(
                kind: "shift", key: "\(row.text(0))/\(row.text(1))/\(row.integer(2))/\(row.text(3))",
                message: "is stored, and counts as missing in its shift")
        }
    }
}

extension JournalTransaction {
    /// Notes that a till has opened a shift.
    package func openShift(
        _ key: ShiftKey, body: [UInt8], answer: [UInt8], at instant: Instant
    ) throws(SQLError) {
        try statement(
            """
            INSERT INTO till_shift (store, till, shift, open_body, open_answer, opened_at) VALUES (?, ?, ?, ?, ?, ?)
            """
        )
        .bind(key.store).bind(key.till).bind(key.shift).bind(body).bind(answer)
        .bind(instant.millisecondsSinceEpoch)
        .run()
    }

    /// Notes that a till has closed a shift, and which of its receipts are still to come.
    ///
    /// - Parameter missing: nil when the till does not say which receipts it has.
    package func closeShift(
        _ key: ShiftKey, body: [UInt8], missing: [String]?, at instant: Instant
    ) throws(SQLError) {
        let completed = missing?.isEmpty == true ? instant.millisecondsSinceEpoch : nil
        try statement(
            """
            INSERT INTO till_shift (store, till, shift, close_body, closed_at, completed_at) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (store, till, shift) DO UPDATE
            SET close_body = excluded.close_body, closed_at = excluded.closed_at, completed_at = excluded.completed_at
            """
        )
        .bind(key.store).bind(key.till).bind(key.shift).bind(body).bind(instant.millisecondsSinceEpoch)
        .bind(completed)
        .run()
        for number in missing ?? [] {
            try statement("INSERT INTO shift_missing (store, till, shift, number) VALUES (?, ?, ?, ?)")
                .bind(key.store).bind(key.till).bind(key.shift).bind(number)
                .run()
        }
    }

    /// Notes that a receipt has arrived; true when it was the last that its closed shift has waited for.
    package func noteArrival(_ key: ReceiptKey, at instant: Instant) throws(SQLError) -> Bool {
        let isAwaited =
            try statement("SELECT 1 FROM shift_missing WHERE store = ? AND till = ? AND shift = ? AND number = ?")
            .bind(key.store).bind(key.till).bind(key.shift).bind(key.number)
            .first { _ in true } ?? false
        guard isAwaited else { return false }
        try statement("DELETE FROM shift_missing WHERE store = ? AND till = ? AND shift = ? AND number = ?")
            .bind(key.store).bind(key.till).bind(key.shift).bind(key.number)
            .run()
        let hasMore =
            try statement("SELECT 1 FROM shift_missing WHERE store = ? AND till = ? AND shift = ? LIMIT 1")
            .bind(key.store).bind(key.till).bind(key.shift)
            .first { _ in true } ?? false
        guard !hasMore else { return false }
        try statement("UPDATE till_shift SET completed_at = ? WHERE store = ? AND till = ? AND shift = ?")
            .bind(instant.millisecondsSinceEpoch).bind(key.store).bind(key.till).bind(key.shift)
            .run()
        return true
    }
}
