import Journal
import LineProtocol
import Loyalty
import Retail

/// One receipt on its way into the journal; runs on the writer's thread, inside the transaction.
struct ReceiptRecording: Sendable {
    /// What the transaction leaves for after the commit.
    struct Outcome: Sendable {
        var answer: [UInt8] = []
        /// Set when the key holds another content: that one is kept too, and the till is told.
        var conflict: Refusal?
        var balance: (customer: CustomerID, points: Int64, turnover: Money)?
        var events: [OrderEvent] = []
    }

    /// What a receipt does to its customer.
    private struct Movement {
        var customer: CustomerID
        var earned: Int64 = 0
        var spent: Int64 = 0
        var turnover = Money.zero
        var points: Int64 { earned - spent }
        var isNothing: Bool { points == 0 && turnover == .zero }
    }

    /// The sale that a return brings back.
    private struct Original {
        var sequence: Int64
        var customer: CustomerID?
        var effects: ReceiptEffects
        var skus: [String]
    }

    let receipt: Receipt
    let text: [UInt8]
    let principal: Principal
    let programme: Programme
    let receivedAt: Instant
    let orders: OrderDesk

    func run(in transaction: JournalTransaction) throws -> Outcome {
        if let stored = try transaction.receipt(receipt.key) { return try repeated(stored, transaction) }
        var outcome = Outcome()
        var marks = Set(receipt.arithmeticMarks() + quoteMarks() + clockMarks())
        let original = try original(transaction, &marks)
        // The points of a return are those of the sale's customer, whoever the return names.
        let named = original == nil ? receipt.customer : original?.customer
        let customer = try resolve(named, transaction, &marks)
        let sequence = try transaction.nextReceiptSequence()
        var movement = customer.map { Movement(customer: $0) }
        var effects: ReceiptEffects?
        switch receipt.kind {
        case .sale:
            effects = try sell(transaction, &movement)
            outcome.events = try payOrder(transaction, &marks)
        case .return:
            if let original { try takeBack(original, transaction, &movement) }
        case .void:
            break
        }
        if let movement { outcome.balance = try apply(movement, sequence, transaction) }
        outcome.answer = answer(sequence: sequence, movement: movement, balance: outcome.balance, marks: marks)
        let stored = NewReceipt(
            sequence: sequence, key: receipt.key, kind: receipt.kind, customer: customer, total: receipt.total,
            receivedAt: receivedAt, body: text)
        try transaction.insert(stored, answer: outcome.answer, effects: effects?.encoded)
        try transaction.enqueueReceipt(sequence, key: receipt.key, at: receivedAt)
        return outcome
    }

    // MARK: The same key again

    private func repeated(_ stored: StoredReceipt, _ transaction: JournalTransaction) throws -> Outcome {
        var outcome = Outcome()
        outcome.answer = stored.answer
        if stored.kind == receipt.kind, isSame(stored.body) { return outcome }
        if try !transaction.conflicts(receipt: stored.sequence).contains(where: isSame) {
            try transaction.insertConflict(
                receipt: stored.sequence, kind: receipt.kind, body: text, at: receivedAt)
        }
        var refusal = Refusal(
            .conflict, "another receipt is stored under this key; both are kept for a person to look at")
        refusal.key = receipt.key.text
        refusal.receivedAt = stored.receivedAt
        outcome.conflict = refusal
        return outcome
    }

    /// A till may write the same receipt with other white space or members in another order when it sends it again.
    private func isSame(_ body: [UInt8]) -> Bool {
        body == text || body.withUnsafeBytes { left in text.withUnsafeBytes { jsonContentsEqual(left, $0) } }
    }

    // MARK: Marks

    private func quoteMarks() -> [ReceiptMark] {
        guard let text = receipt.quote else { return [] }
        // By the till's time: a receipt that waited for the network was made while the quote held.
        guard let quote = QuoteIdentity(text: text), receipt.at <= quote.validUntil else { return [.quoteUnknown] }
        return quote.matches(receipt) ? [] : [.quoteDiffers]
    }

    private func clockMarks() -> [ReceiptMark] {
        let difference = receivedAt.millisecondsSinceEpoch - receipt.at.millisecondsSinceEpoch
        return abs(difference) > Int64(ProtocolLimits.clockDifferenceMilliseconds) ? [.clock] : []
    }

    private func resolve(
        _ named: CustomerID?, _ transaction: JournalTransaction, _ marks: inout Set<ReceiptMark>
    ) throws -> CustomerID? {
        guard let named else { return nil }
        if let known = try transaction.survivor(of: named) { return known }
        marks.insert(.customerUnknown)
        return nil
    }

    // MARK: Sales

    /// Notes what the sale did line by line, for a later return; a walk-in's lines earn nothing.
    private func sell(_ transaction: JournalTransaction, _ movement: inout Movement?) throws -> ReceiptEffects {
        guard let customer = movement?.customer else {
            return ReceiptEffects(
                lines: receipt.lines.map { ReceiptEffects.Line(quantity: $0.quantity, earned: 0, spent: 0) })
        }
        let balance = try transaction.balance(of: customer)
        let evaluation = try evaluation(
            of: Standing(turnover: balance.turnover, pointsAvailable: max(0, balance.points)))
        movement?.earned = evaluation.earned
        movement?.spent = evaluation.spent
        movement?.turnover = evaluation.paid
        return ReceiptEffects(
            lines: zip(receipt.lines, evaluation.lines).map { line, evaluated in
                ReceiptEffects.Line(quantity: line.quantity, earned: evaluated.earned, spent: evaluated.spent)
            })
    }

    private func evaluation(of standing: Standing) throws -> ReceiptEvaluation {
        do throws(QuoteError) {
            return try evaluate(
                receiptLines: receipt.lines, tenders: receipt.tenders, customer: standing, programme: programme,
                at: receivedAt)
        } catch {
            throw Refusal.badField(error.field, error.reason)
        }
    }

    private func payOrder(
        _ transaction: JournalTransaction, _ marks: inout Set<ReceiptMark>
    ) throws -> [OrderEvent] {
        guard let key = receipt.order else { return [] }
        guard var order = try transaction.order(key), order.store == principal.store else {
            marks.insert(.orderUnknown)
            return []
        }
        do {
            let actor = Actor(principal, person: receipt.cashier?.id)
            return try orders.pay(&order, by: actor, at: receivedAt, transaction)
        } catch is OrderRefusal {
            // The money has changed hands: the receipt stands, and a person looks at the order.
            marks.insert(.orderState)
            return []
        }
    }

    // MARK: Returns

    private func original(_ transaction: JournalTransaction, _ marks: inout Set<ReceiptMark>) throws -> Original? {
        guard receipt.kind == .return else { return nil }
        guard let key = receipt.original, let stored = try transaction.receipt(key), stored.kind == .sale,
            let effects = stored.effects.flatMap({ ReceiptEffects($0) }),
            case let skus = stored.body.withUnsafeBytes({ soldSKUs($0) }), skus.count == effects.lines.count
        else {
            marks.insert(.originalUnknown)
            return nil
        }
        return Original(sequence: stored.sequence, customer: stored.customer, effects: effects, skus: skus)
    }

    private func takeBack(
        _ original: Original, _ transaction: JournalTransaction, _ movement: inout Movement?
    ) throws {
        var allocation = ReturnAllocation(
            effects: original.effects, skus: original.skus,
            returned: try transaction.returnedQuantities(receipt: original.sequence))
        for (index, line) in receipt.lines.enumerated() { try allocation.take(line, at: index) }
        for part in allocation.parts {
            try transaction.addReturned(part.quantity, line: part.line, receipt: original.sequence)
        }
        movement?.earned = -allocation.earned
        movement?.spent = -allocation.spent
        // What was paid back counts as what was paid: without the part that was points.
        let paid = try evaluation(of: Standing(turnover: .zero, pointsAvailable: 0)).paid
        movement?.turnover = try Money.zero.subtracting(paid)
    }

    // MARK: The customer's balance and the answer

    private func apply(
        _ movement: Movement, _ sequence: Int64, _ transaction: JournalTransaction
    ) throws -> (customer: CustomerID, points: Int64, turnover: Money) {
        guard !movement.isNothing else {
            let balance = try transaction.balance(of: movement.customer)
            return (movement.customer, balance.points, balance.turnover)
        }
        let balance = try transaction.append(
            LedgerEntry(
                customer: movement.customer, points: movement.points, turnover: movement.turnover,
                reason: receipt.kind.rawValue, receipt: sequence, at: receivedAt))
        return (movement.customer, balance.points, balance.turnover)
    }

    private func answer(
        sequence: Int64, movement: Movement?, balance: (customer: CustomerID, points: Int64, turnover: Money)?,
        marks: Set<ReceiptMark>
    ) -> [UInt8] {
        var points: ReceiptPoints?
        if let movement, let balance {
            points = ReceiptPoints(earned: movement.earned, spent: movement.spent, balance: balance.points)
        }
        return ReceiptReply(
            key: receipt.key, kind: receipt.kind, receivedAt: receivedAt, sequence: sequence,
            customer: movement?.customer, points: points,
            tier: balance.map { tier(for: $0.turnover, in: programme).name },
            marks: ReceiptMark.allCases.filter(marks.contains)
        ).text
    }
}

/// The products of a stored sale, line by line, read from the till's own text.
private func soldSKUs(_ body: UnsafeRawBufferPointer) -> [String] {
    // The text was read strictly when it came; what cannot be read now has no lines to return to.
    let read = try? withJSON(body) { receipt in
        receipt["lines"].map { lines in lines.elements.map { $0["sku"]?.string() ?? "" } }
    }
    return (read ?? nil) ?? []
}
