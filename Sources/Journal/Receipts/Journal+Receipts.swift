import Retail

/// A receipt that was accepted, with the answer that was given.
package struct StoredReceipt: Sendable {
    package var sequence: Int64
    package var kind: ReceiptKind
    package var customer: CustomerID?
    package var receivedAt: Instant
    /// The till's message as it came, byte for byte.
    package var body: [UInt8]
    /// The gateway's answer as it went, byte for byte.
    package var answer: [UInt8]
    /// What each line did to the points, as the gateway wrote it down.
    package var effects: [UInt8]?
    /// What the rules were told when they judged it, as the gateway wrote it down.
    package var judgement: [UInt8]?
}

/// A receipt about to be stored.
package struct NewReceipt: Sendable {
    package var sequence: Int64
    package var key: ReceiptKey
    package var kind: ReceiptKind
    package var customer: CustomerID?
    /// As it stands on the receipt; of a correction with the sign of its direction.
    package var total: Money
    package var receivedAt: Instant
    package var body: [UInt8]

    /// A receipt with every field given.
    package init(
        sequence: Int64, key: ReceiptKey, kind: ReceiptKind, customer: CustomerID?, total: Money, receivedAt: Instant,
        body: [UInt8]
    ) {
        self.sequence = sequence
        self.key = key
        self.kind = kind
        self.customer = customer
        self.total = total
        self.receivedAt = receivedAt
        self.body = body
    }
}

extension JournalView {
    /// The receipt stored under a key.
    package func receipt(_ key: ReceiptKey) throws(SQLError) -> StoredReceipt? {
        try statement(
            """
            SELECT sequence, kind, customer, received_at, body, answer, effects, judgement FROM receipt
            WHERE store = ? AND till = ? AND shift = ? AND number = ?
            """
        )
        .bind(key.store).bind(key.till).bind(key.shift).bind(key.number)
        .first { row in
            StoredReceipt(
                sequence: row.integer(0), kind: ReceiptKind(rawValue: row.text(1)) ?? .sale,
                customer: row.integerOrNil(2).map(CustomerID.init(number:)),
                receivedAt: Instant(millisecondsSinceEpoch: row.integer(3)),
                body: row.blob(4), answer: row.blob(5), effects: row.blobOrNil(6), judgement: row.blobOrNil(7))
        }
    }

    /// Whether a receipt is stored under a key.
    package func hasReceipt(_ key: ReceiptKey) throws(SQLError) -> Bool {
        try statement("SELECT 1 FROM receipt WHERE store = ? AND till = ? AND shift = ? AND number = ?")
            .bind(key.store).bind(key.till).bind(key.shift).bind(key.number)
            .first { $0.integer(0) } != nil
    }

    /// How much of each line of a receipt has come back so far: line number (from 1) to quantity.
    package func returnedQuantities(receipt sequence: Int64) throws(SQLError) -> [Int: Quantity] {
        var returned: [Int: Quantity] = [:]
        try statement("SELECT line, quantity FROM returned_line WHERE receipt = ?").bind(sequence).forEach { row in
            returned[Int(row.integer(0))] = Quantity(thousandths: row.integer(1))
        }
        return returned
    }

    /// Other contents that came under a stored receipt's key and wait for a person.
    package func conflicts(receipt sequence: Int64) throws(SQLError) -> [[UInt8]] {
        try statement("SELECT body FROM receipt_conflict WHERE receipt = ? ORDER BY id").bind(sequence)
            .all { $0.blob(0) }
    }

    /// How many receipts there are.
    package func receiptCount() throws(SQLError) -> Int64 {
        try statement("SELECT count(*) FROM receipt").first { $0.integer(0) } ?? 0
    }
}

extension JournalTransaction {
    /// The sequence that the next receipt gets: rises by one with every receipt and is never used twice.
    package func nextReceiptSequence() throws(SQLError) -> Int64 {
        let last: Int64
        if let known = numbers.lastReceipt {
            last = known
        } else {
            last = try statement("SELECT max(sequence) FROM receipt").first { $0.integer(0) } ?? 0
            numbers.lastReceipt = last
        }
        return last + 1
    }

    /// Stores a receipt with the answer that its till gets, so that a repeated request gets the same bytes for as long as
    /// it is kept.
    package func insert(
        _ receipt: NewReceipt, answer: [UInt8], effects: [UInt8]?, judgement: [UInt8]? = nil
    ) throws(SQLError) {
        try statement(
            """
            INSERT INTO receipt (sequence, store, till, shift, number, kind, customer, total, received_at, body, answer,
                                 effects, judgement)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        .bind(receipt.sequence).bind(receipt.key.store).bind(receipt.key.till).bind(receipt.key.shift)
        .bind(receipt.key.number).bind(receipt.kind.rawValue).bind(receipt.customer?.number)
        .bind(receipt.total.minorUnits).bind(receipt.receivedAt.millisecondsSinceEpoch).bind(receipt.body)
        .bind(answer).bind(effects).bind(judgement)
        .run()
        numbers.lastReceipt = receipt.sequence
    }

    /// Keeps a second content that came under a stored key.
    package func insertConflict(
        receipt sequence: Int64, kind: ReceiptKind, body: [UInt8], at instant: Instant
    ) throws(SQLError) {
        try statement("INSERT INTO receipt_conflict (receipt, kind, body, received_at) VALUES (?, ?, ?, ?)")
            .bind(sequence).bind(kind.rawValue).bind(body).bind(instant.millisecondsSinceEpoch)
            .run()
    }

    /// Notes that more of a sold line has come back.
    package func addReturned(_ quantity: Quantity, line: Int, receipt sequence: Int64) throws(SQLError) {
        try statement(
            """
            INSERT INTO returned_line (receipt, line, quantity) VALUES (?, ?, ?)
            ON CONFLICT (receipt, line) DO UPDATE SET quantity = quantity + excluded.quantity
            """
        )
        .bind(sequence).bind(line).bind(quantity.thousandths)
        .run()
    }
}
