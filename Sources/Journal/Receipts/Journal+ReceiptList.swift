import Retail

/// A receipt as lists of receipts need it.
package struct ListedRow: Sendable {
    package var sequence: Int64
    package var key: ReceiptKey
    package var kind: ReceiptKind
    package var customer: CustomerID?
    package var receivedAt: Instant
    /// The till's message as it came, byte for byte.
    package var body: [UInt8]
    /// The gateway's answer as it went, byte for byte.
    package var answer: [UInt8]
}

/// What a walk along the receipts has looked at.
package struct ReceiptWalk: Sendable {
    /// The last sequence; nil when there is nothing behind it.
    package var last: Int64?
    /// When the earliest of these receipts was received, those of other stores too; nil when there was none.
    package var earliest: Instant?
}

extension JournalView {
    /// The first sequence from which on receipts were received at or after a moment, searched in halves: receipts are
    /// numbered in the order in which they came, as far as the gateway's clock was not put back.
    package func receiptSequence(receivedFrom instant: Instant) throws(SQLError) -> Int64 {
        var low: Int64 = 0
        var high = (try statement("SELECT max(sequence) FROM receipt").first { $0.integer(0) } ?? 0) + 1
        while low < high {
            let middle = low + (high - low) / 2
            let found = try statement(
                "SELECT sequence, received_at FROM receipt WHERE sequence >= ? ORDER BY sequence LIMIT 1"
            )
            .bind(middle).first { (sequence: $0.integer(0), receivedAt: $0.integer(1)) }
            if let found, found.receivedAt < instant.millisecondsSinceEpoch {
                low = found.sequence + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// The receipts behind a sequence, in order.
    ///
    /// - Parameters:
    ///   - store: only this store's; nil for all.
    ///   - limit: how many are looked at, those of other stores too.
    ///   - body: returns false when it has enough.
    package func eachReceipt(
        after sequence: Int64, store: String?, limit: Int, _ body: (ListedRow) throws -> Bool
    ) throws -> ReceiptWalk {
        let rows = try statement(
            """
            SELECT sequence, store, till, shift, number, kind, customer, received_at, body, answer FROM receipt
            WHERE sequence > ? ORDER BY sequence LIMIT ?
            """
        ).bind(sequence).bind(limit)
        defer { rows.finish() }
        var looked = 0
        var walk = ReceiptWalk(last: sequence)
        while let row = try rows.next() {
            looked += 1
            walk.last = row.integer(0)
            let receivedAt = Instant(millisecondsSinceEpoch: row.integer(7))
            walk.earliest = min(walk.earliest ?? receivedAt, receivedAt)
            if let store, row.text(1) != store { continue }
            let listed = ListedRow(
                sequence: row.integer(0),
                key: ReceiptKey(
                    store: row.text(1), till: row.text(2), shift: Int(row.integer(3)), number: row.text(4)),
                kind: ReceiptKind(rawValue: row.text(5)) ?? .sale,
                customer: row.integerOrNil(6).map(CustomerID.init(number:)),
                receivedAt: receivedAt, body: row.blob(8), answer: row.blob(9))
            guard try body(listed) else { return walk }
        }
        if looked < limit { walk.last = nil }
        return walk
    }
}
