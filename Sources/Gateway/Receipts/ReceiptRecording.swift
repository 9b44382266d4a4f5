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
        var earned: Int64
        var spent: Int64
        var turnover: Money
        var points: Int64 { earned - spent }
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
        var marks = receipt.arithmeticMarks() + quoteMarks() + clockMarks()
        let customer = try resolveCustomer(transaction, &marks)
        let sequence = try transaction.nextReceiptSequence()
        var effects: ReceiptEffects?
        var movement: Movement?
        switch receipt.kind {
        case .sale:
            if let customer { (movement, effects) = try sell(to: customer, transaction) }
            outcome.events = try payOrder(transaction, &marks)
        case .return:
            movement = try takeBack(transaction, &marks)
        case .void:
            break
        }
        if receipt.kind == .sale, effects == nil { effects = withoutPoints() }
        if let movement { outcome.balance = try apply(movement, sequence, transaction) }
        outcome.answer = answer(
            sequence: sequence, customer: movement?.customer ?? customer, movement: movement,
            balance: outcome.balance, marks: marks)
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
        guard let quote = QuoteIdentity(text: text) else { return [.quoteUnknown] }
        return quote.matches(receipt) ? [] : [.quoteDiffers]
    }

    private func clockMarks() -> [ReceiptMark] {
        let difference = receivedAt.millisecondsSinceEpoch - receipt.at.millisecondsSinceEpoch
        return abs(difference) > Int64(ProtocolLimits.clockDifferenceMilliseconds) ? [.clock] : []
    }

    private func resolveCustomer(
        _ transaction: JournalTransaction, _ marks: inout [ReceiptMark]
    ) throws -> CustomerID? {
        guard let named = receipt.customer else { return nil }
        if let known = try transaction.survivor(of: named) { return known }
        marks.append(.customerUnknown)
        return nil
    }

    // MARK: Sales

    private func sell(
        to customer: CustomerID, _ transaction: JournalTransaction
    ) throws -> (Movement?, ReceiptEffects?) {
        let balance = try transaction.balance(of: customer)
        let standing = Standing(turnover: balance.turnover, pointsAvailable: max(0, balance.points))
        let evaluation: ReceiptEvaluation
        do {
            evaluation = try evaluate(
                receiptLines: receipt.lines, tenders: receipt.tenders, customer: standing, programme: programme,
                at: receivedAt)
        } catch {
            throw Refusal.badField(error.field, error.reason)
        }
        let lines = zip(receipt.lines, evaluation.lines).map { line, evaluated in
            ReceiptEffects.Line(quantity: line.quantity, earned: evaluated.earned, spent: evaluated.spent)
        }
        let movement = Movement(
            customer: customer, earned: evaluation.earned, spent: evaluation.spent, turnover: receipt.total)
        return (movement, ReceiptEffects(lines: lines))
    }

    /// A walk-in's lines earn nothing, but a later return still has to know how much was sold.
    private func withoutPoints() -> ReceiptEffects {
        ReceiptEffects(
            lines: receipt.lines.map { ReceiptEffects.Line(quantity: $0.quantity, earned: 0, spent: 0) })
    }

    private func payOrder(_ transaction: JournalTransaction, _ marks: inout [ReceiptMark]) throws -> [OrderEvent] {
        guard let key = receipt.order else { return [] }
        guard var order = try transaction.order(key), order.store == principal.store else {
            marks.append(.orderUnknown)
            return []
        }
        do {
            return try orders.advance(
                &order, .pay, by: Actor(principal, person: receipt.cashier?.id), at: receivedAt, transaction
            ).events
        } catch is OrderRefusal {
            // The money has changed hands: the receipt stands, and a person looks at the order.
            marks.append(.orderState)
            return []
        }
    }

    // MARK: Returns

    private func takeBack(_ transaction: JournalTransaction, _ marks: inout [ReceiptMark]) throws -> Movement? {
        guard let key = receipt.original, let original = try transaction.receipt(key), original.kind == .sale,
            let effects = original.effects.flatMap({ ReceiptEffects($0) })
        else {
            marks.append(.originalUnknown)
            return nil
        }
        var returned = try transaction.returnedQuantities(receipt: original.sequence)
        let sold = original.body.withUnsafeBytes { SoldLines($0) }
        var earned: Int64 = 0
        var spent: Int64 = 0
        for (index, line) in receipt.lines.enumerated() {
            let number = try originalLine(of: line, at: index, among: effects, sold: sold, returned: returned)
            let effect = effects.lines[number - 1]
            let before = returned[number] ?? .zero
            let part: ReturnedLine
            do {
                part = try ReturnedLine(
                    sold: effect.quantity, returnedBefore: before, returnedNow: line.quantity)
            } catch {
                throw Refusal.badField("lines[\(index)].quantity", "more than was sold")
            }
            earned -= part.reversal(of: effect.earned)
            spent -= part.reversal(of: effect.spent)
            returned[number] = Quantity(thousandths: before.thousandths + line.quantity.thousandths)
            try transaction.addReturned(line.quantity, line: number, receipt: original.sequence)
        }
        guard let buyer = original.customer, let customer = try transaction.survivor(of: buyer) else { return nil }
        let turnover = try Money.zero.subtracting(receipt.total)
        return Movement(customer: customer, earned: earned, spent: spent, turnover: turnover)
    }

    /// The line of the original, counted from 1: as the till names it, else the first of the same SKU that has enough left.
    private func originalLine(
        of line: ReceiptLine, at index: Int, among effects: ReceiptEffects, sold: SoldLines, returned: [Int: Quantity]
    ) throws -> Int {
        if let named = line.originalLine {
            guard named <= effects.lines.count else {
                throw Refusal.badField(
                    "lines[\(index)].original_line", "the original has \(effects.lines.count) lines")
            }
            guard sold.skus[named - 1] == line.sku else {
                throw Refusal.badField("lines[\(index)].original_line", "that line of the original has another sku")
            }
            return named
        }
        let candidates = effects.lines.indices.filter { sold.skus[$0] == line.sku }
        guard let first = candidates.first else {
            throw Refusal.badField("lines[\(index)].sku", "is not on the original receipt")
        }
        let withEnough = candidates.first { candidate in
            let left = effects.lines[candidate].quantity.thousandths - (returned[candidate + 1] ?? .zero).thousandths
            return left >= line.quantity.thousandths
        }
        return (withEnough ?? first) + 1
    }

    // MARK: The customer's balance and the answer

    private func apply(
        _ movement: Movement, _ sequence: Int64, _ transaction: JournalTransaction
    ) throws -> (customer: CustomerID, points: Int64, turnover: Money)? {
        let balance = try transaction.append(
            LedgerEntry(
                customer: movement.customer, points: movement.points, turnover: movement.turnover,
                reason: receipt.kind.rawValue, receipt: sequence, at: receivedAt))
        return (movement.customer, balance.points, balance.turnover)
    }

    private func answer(
        sequence: Int64, customer: CustomerID?, movement: Movement?,
        balance: (customer: CustomerID, points: Int64, turnover: Money)?, marks: [ReceiptMark]
    ) -> [UInt8] {
        var points: ReceiptPoints?
        if let movement, let balance {
            points = ReceiptPoints(earned: movement.earned, spent: movement.spent, balance: balance.points)
        }
        return ReceiptReply(
            key: receipt.key, kind: receipt.kind, receivedAt: receivedAt, sequence: sequence, customer: customer,
            points: points, tier: balance.map { tier(for: $0.turnover, in: programme).name }, marks: marks
        ).text
    }
}

/// The SKUs of a stored sale, read from the till's own text.
private struct SoldLines {
    var skus: [String] = []

    init(_ body: UnsafeRawBufferPointer) {
        // The text was read strictly when it came; what cannot be read now has no lines to return to.
        let read = try? withJSON(body) { receipt in
            receipt["lines"].map { lines in lines.elements.map { $0["sku"]?.string() ?? "" } }
        }
        skus = (read ?? nil) ?? []
    }
}
