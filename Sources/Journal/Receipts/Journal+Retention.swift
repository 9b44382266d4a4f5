import Retail

/// What one step of removing old receipts did.
package struct RetentionStep: Sendable, Equatable {
    /// Receipts that are gone now.
    package var removed: Int
    /// Receipts that are old enough and stay, because upstream has not confirmed them.
    package var kept: Int
    /// The sequence of the last receipt that was looked at; nil when there is none to look at any more.
    package var last: Int64?

    package init(removed: Int, kept: Int, last: Int64?) {
        self.removed = removed
        self.kept = kept
        self.last = last
    }
}

/// What the next receipts are to whoever looks for old ones.
package enum RetentionLook: Sendable, Equatable {
    /// Some are old.
    case hasOld
    /// None of them says anything about those behind it, up to this sequence: a clock that was wrong has given them their
    /// times.
    case saysNothing(through: Int64)
    /// None is old, and behind them there is none either.
    case isOver
}

/// Before when receipts are old, and which times are to be believed.
private struct ReceiptAge {
    let before: Int64
    let now: Int64

    /// What came before there was a gateway was given its time by a clock that had none.
    func isOld(_ at: Int64) -> Bool { at < before && at >= JournalLimits.earliestMomentMilliseconds }

    /// Receipts lie in the order in which they came: behind one that is not old there is none, if its time can be believed.
    func isYoung(_ at: Int64) -> Bool { at >= before && at <= now }
}

extension JournalView {
    /// Bytes of the database that hold something; pages that are free and used again do not count.
    package func bytesInUse() throws(SQLError) -> Int64 {
        let pages = try statement("PRAGMA page_count").first { $0.integer(0) } ?? 0
        let free = try statement("PRAGMA freelist_count").first { $0.integer(0) } ?? 0
        let size = try statement("PRAGMA page_size").first { $0.integer(0) } ?? 0
        return (pages - free) * size
    }

    /// The sequence below which receipts may have been removed: what refers to one there need not find it.
    package func receiptsRemovedBelow() throws(SQLError) -> Int64 {
        try statement("SELECT CAST(value AS INTEGER) FROM fact WHERE name = 'receipts_removed_below'")
            .first { $0.integer(0) } ?? 0
    }

    /// When the newest of the receipts that were removed had come; nil when none was removed yet.
    package func receiptsRemovedUntil() throws(SQLError) -> Instant? {
        try statement("SELECT CAST(value AS INTEGER) FROM fact WHERE name = 'receipts_removed_until'")
            .first { Instant(millisecondsSinceEpoch: $0.integer(0)) }
    }

    /// Looks whether among the next receipts behind a sequence there is one that was received before `instant`.
    package func lookForReceipts(
        after: Int64, receivedBefore instant: Instant, at now: Instant, among limit: Int
    ) throws(SQLError) -> RetentionLook {
        let age = ReceiptAge(before: instant.millisecondsSinceEpoch, now: now.millisecondsSinceEpoch)
        let page = try statement(
            """
            SELECT sequence, received_at FROM receipt
            WHERE sequence > ? AND sequence < (SELECT max(sequence) FROM receipt) ORDER BY sequence LIMIT ?
            """
        ).bind(after).bind(limit).all { (sequence: $0.integer(0), at: $0.integer(1)) }
        guard let last = page.last else { return .isOver }
        if page.contains(where: { age.isOld($0.at) }) { return .hasOld }
        return page.contains { age.isYoung($0.at) } ? .isOver : .saysNothing(through: last.sequence)
    }

    /// Whether so much waits for upstream that nothing should be looked for in it receipt by receipt.
    package func hasLongOutbox() throws(SQLError) -> Bool {
        let found =
            try statement("SELECT count(*) FROM (SELECT 1 FROM outbox LIMIT ?)")
            .bind(JournalLimits.outboxForRetentionMaximum + 1).first { $0.integer(0) } ?? 0
        return found > JournalLimits.outboxForRetentionMaximum
    }
}

extension JournalTransaction {
    /// Removes receipts that were received before `instant`, the oldest first, with what hangs on them. A receipt that
    /// waits for upstream or lies in quarantine stays; so do one whose key another content came under, for a person to look
    /// at, and the newest of all, whose number the next one follows.
    ///
    /// - Parameters:
    ///   - after: looks at receipts behind this sequence; 0 for the oldest.
    ///   - now: what came later, by its own time, came when the clock was wrong.
    ///   - limit: looks at so many receipts at most.
    package func removeReceipts(
        after: Int64, receivedBefore instant: Instant, at now: Instant, limit: Int
    ) throws(SQLError) -> RetentionStep {
        guard try !hasLongOutbox() else { return RetentionStep(removed: 0, kept: 0, last: nil) }
        let candidates = try statement(
            """
            SELECT sequence, received_at,
                   EXISTS (SELECT 1 FROM quarantine q WHERE q.receipt = receipt.sequence)
                       OR EXISTS (SELECT 1 FROM receipt_conflict c WHERE c.receipt = receipt.sequence)
            FROM receipt WHERE sequence > ? AND sequence < (SELECT max(sequence) FROM receipt)
            ORDER BY sequence LIMIT ?
            """
        ).bind(after).bind(limit).all { (sequence: $0.integer(0), at: $0.integer(1), isWanted: $0.integer(2) != 0) }
        guard let first = candidates.first, let last = candidates.last else {
            return RetentionStep(removed: 0, kept: 0, last: nil)
        }
        let waiting = Set(
            try statement("SELECT receipt FROM outbox WHERE receipt BETWEEN ? AND ?")
                .bind(first.sequence).bind(last.sequence).all { $0.integer(0) })
        let age = ReceiptAge(before: instant.millisecondsSinceEpoch, now: now.millisecondsSinceEpoch)
        let old = candidates.filter { age.isOld($0.at) }
        let removable = old.filter { !$0.isWanted && !waiting.contains($0.sequence) }
        for receipt in removable { try remove(receipt: receipt.sequence) }
        if let newest = removable.last {
            try note("receipts_removed_below", atLeast: newest.sequence + 1)
            try note("receipts_removed_until", atLeast: removable.map(\.at).max() ?? 0)
        }
        let isOver = old.isEmpty && candidates.contains { age.isYoung($0.at) }
        return RetentionStep(
            removed: removable.count, kept: old.count - removable.count, last: isOver ? nil : last.sequence)
    }

    private func remove(receipt sequence: Int64) throws(SQLError) {
        try statement("DELETE FROM returned_line WHERE receipt = ?").bind(sequence).run()
        try statement("DELETE FROM receipt WHERE sequence = ?").bind(sequence).run()
    }

    private func note(_ name: String, atLeast value: Int64) throws(SQLError) {
        try statement(
            """
            INSERT INTO fact (name, value) VALUES (?1, ?2)
            ON CONFLICT (name) DO UPDATE SET value = max(CAST(value AS INTEGER), CAST(?2 AS INTEGER))
            """
        ).bind(name).bind(String(value)).run()
    }

    /// Notes the clock's time, for one who is about to judge ages by it. A clock that has jumped, or that nobody has seen
    /// for long, is believed a day later: until then somebody may have put it right.
    ///
    /// - Returns: whether it is believed now.
    package func seeClock(at now: Instant) throws(SQLError) -> Bool {
        let known = try statement("SELECT value FROM fact WHERE name = 'clock_seen'").first { $0.text(0) }
        let numbers = (known ?? "").split(separator: "/").compactMap { Int64($0) }
        let milliseconds = now.millisecondsSinceEpoch
        var record = (seen: milliseconds, trustedFrom: milliseconds + JournalLimits.clockDoubtMilliseconds)
        if numbers.count == 2 {
            let distance = milliseconds.subtractingReportingOverflow(numbers[0])
            let hasJumped =
                distance.overflow || distance.partialValue.magnitude > UInt64(JournalLimits.clockJumpMilliseconds)
            if !hasJumped {
                record.trustedFrom = numbers[1]
                // Noted now and then only: nobody needs it to the second.
                let isRecent = distance.partialValue.magnitude < UInt64(JournalLimits.clockNoteMilliseconds)
                if isRecent { return milliseconds >= record.trustedFrom }
            }
        }
        try statement("INSERT OR REPLACE INTO fact (name, value) VALUES ('clock_seen', ?)")
            .bind("\(record.seen)/\(record.trustedFrom)").run()
        return milliseconds >= record.trustedFrom
    }
}
