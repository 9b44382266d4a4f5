import Retail

/// A shift of a till, as it was opened and closed.
package struct StoredShift: Sendable {
    /// What the till has sent to open it, what it was answered, and when.
    package var opened: (body: [UInt8], answer: [UInt8], at: Instant)?
    /// What the till has sent to close it, and when.
    package var closed: (body: [UInt8], at: Instant)?
}

/// The receipts of one kind in a shift, added up.
package struct ShiftSum: Sendable, Equatable {
    package var kind: ReceiptKind
    /// How many there are.
    package var receipts: Int
    /// Their totals as they stand on them, minor units; of corrections with their sign.
    package var total: Int128
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

    /// The receipts of a shift that are kept, added up kind by kind; a kind without receipts is not among them.
    package func sums(of key: ShiftKey) throws(SQLError) -> [ShiftSum] {
        // SQLite gives up where a sum leaves 64 bits, so each total is added in two parts, which never do.
        try statement(
            """
            SELECT kind, count(*), sum(total / 1000000000), sum(total % 1000000000) FROM receipt
            WHERE store = ? AND till = ? AND shift = ? GROUP BY kind
            """
        )
        .bind(key.store).bind(key.till).bind(key.shift)
        .all { row in
            ShiftSum(
                kind: ReceiptKind(rawValue: row.text(0)) ?? .sale, receipts: Int(row.integer(1)),
                total: Int128(row.integer(2)) * 1_000_000_000 + Int128(row.integer(3)))
        }
    }

    /// The numbers of a shift's receipts that are kept, ordered as texts.
    package func receiptNumbers(of key: ShiftKey) throws(SQLError) -> [String] {
        try statement("SELECT number FROM receipt WHERE store = ? AND till = ? AND shift = ? ORDER BY number")
            .bind(key.store).bind(key.till).bind(key.shift)
            .all { $0.text(0) }
    }

    /// The numbers that a till has named when it closed the shift and whose receipts have not come since, ordered as texts.
    package func missingNumbers(of key: ShiftKey) throws(SQLError) -> [String] {
        try statement("SELECT number FROM shift_missing WHERE store = ? AND till = ? AND shift = ? ORDER BY number")
            .bind(key.store).bind(key.till).bind(key.shift)
            .all { $0.text(0) }
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
