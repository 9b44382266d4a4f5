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
        /// Accounts that have changed.
        var accounts: [AccountUpdate] = []
        /// Promotions that the receipt made use of.
        var promotionsUsed: [String] = []
        var events: [OrderEvent] = []
    }

    /// What a receipt does to its customer.
    struct Movement {
        var person: PersonRecord
        var earned: Int64 = 0
        var spent: Int64 = 0
        /// Where the customer stands afterwards.
        var after: LoyaltyStanding?
    }

    /// What the rules made of a sale.
    struct Verdict {
        var effects: ReceiptEffects
        var judgement: Judgement
        var rules: RuleSet
        var promotionsUsed: [String]
    }

    /// The sale that a return brings back.
    private struct Original {
        var sequence: Int64
        var key: ReceiptKey
        var customer: CustomerID?
        var effects: ReceiptEffects
        var skus: [String]
    }

    let receipt: Receipt
    let text: [UInt8]
    let principal: Principal
    let bench: AccountBench
    let orders: OrderDesk

    var receivedAt: Instant { bench.clock.now }

    func run(in transaction: JournalTransaction) throws -> Outcome {
        if let stored = try transaction.receipt(receipt.key) { return try repeated(stored, transaction) }
        var outcome = Outcome()
        var marks = Set(receipt.arithmeticMarks() + quoteMarks() + clockMarks())
        let original = try original(transaction, &marks)
        // The points of a return are those of the sale's customer, whoever the return names.
        let named = original == nil ? receipt.customer : original?.customer
        let person = try resolve(named, transaction, &marks)
        let sequence = try transaction.nextReceiptSequence()
        try endHold(exceptOf: receipt.kind == .sale ? person?.id : nil, transaction, &outcome)
        var movement = person.map { Movement(person: $0) }
        var verdict: Verdict?
        switch receipt.kind {
        case .sale:
            verdict = try sell(sequence, transaction, &movement, &marks, &outcome)
            outcome.events = try payOrder(transaction, &marks)
        case .return:
            if let original { try takeBack(original, sequence, transaction, &movement, &outcome) }
        case .void:
            break
        }
        if let person = movement?.person, movement?.after == nil {
            movement?.after = try transaction.standing(
                of: person.id, account: try transaction.account(of: person.id, parts: bench.active.parts),
                programme: bench.programme(of: person), generation: bench.active.generation, at: bench.clock)
        }
        outcome.answer = answer(sequence: sequence, movement, verdict, marks)
        let stored = NewReceipt(
            sequence: sequence, key: receipt.key, kind: receipt.kind, customer: person?.id, total: receipt.total,
            receivedAt: receivedAt, body: text)
        try transaction.insert(
            stored, answer: outcome.answer, effects: verdict?.effects.encoded, judgement: verdict?.judgement.encoded)
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
    ) throws -> PersonRecord? {
        guard let named else { return nil }
        if let known = try transaction.person(named) { return known }
        marks.insert(.customerUnknown)
        return nil
    }

    // MARK: Sales

    /// Ends the receipt's hold on the points of anybody but the customer who pays: a void gives them back, and a hold
    /// that was placed for somebody else has no receipt to come any more.
    private func endHold(
        exceptOf customer: CustomerID?, _ transaction: JournalTransaction, _ outcome: inout Outcome
    ) throws {
        guard let holder = try transaction.holder(of: receipt.key), holder != customer else { return }
        outcome.accounts.append(try bench.release(receipt.key, of: holder, transaction).update)
    }

    /// Judges the sale and moves the points; notes what it did line by line, for a later return.
    private func sell(
        _ sequence: Int64, _ transaction: JournalTransaction, _ movement: inout Movement?,
        _ marks: inout Set<ReceiptMark>, _ outcome: inout Outcome
    ) throws -> Verdict {
        guard let person = movement?.person else {
            let verdict = try judge(nil, by: bench.active.set.everyoneElse, transaction).verdict
            try count(verdict.promotionsUsed, transaction, &outcome)
            return verdict
        }
        let programme = bench.programme(of: person)
        var posting = try transaction.open(person.id, parts: bench.active.parts)
        posting.entries += posting.account.points.settle(at: receivedAt)
        try bench.giveBirthdayGift(to: person, &posting)
        let shopper = try shopper(person, posting.account, programme, transaction)
        let (evaluation, verdict) = try judge(shopper, by: programme, transaction)
        let spending = try posting.account.points.commit(evaluation.spent, of: receipt.key, at: receivedAt)
        posting.entries += spending.entries
        if spending.debt > 0 { marks.insert(.pointsDebt) }
        if let hold = receipt.hold, spending.notHeld > 0 || hold != HoldIdentity(receipt.key).text {
            marks.insert(.holdMissing)
        }
        let grant = programme.grant(
            earned: evaluation.earned, by: receipt.key, at: receivedAt, secondsFromUTC: bench.clock.secondsFromUTC)
        if let grant { posting.entries += try posting.account.points.earn(grant, at: receivedAt) }
        if posting.account.purchases == 0 { posting.account.points.activateUponFirstPurchase(at: receivedAt) }
        posting.turnover = evaluation.paid
        posting.purchases = 1
        posting.promotionsUsed = verdict.promotionsUsed
        try count(verdict.promotionsUsed, transaction, &outcome)
        let sale = PostingCause.Sale(sequence: sequence, key: receipt.key)
        let update = try bench.post(
            posting, of: person, PostingCause("sale", receipt: sequence, original: sale, at: receivedAt), transaction)
        outcome.accounts.append(update)
        movement?.earned = evaluation.earned
        movement?.spent = evaluation.spent
        movement?.after = update.standing
        return verdict
    }

    private func count(
        _ promotions: [String], _ transaction: JournalTransaction, _ outcome: inout Outcome
    ) throws {
        for promotion in promotions { try transaction.countTotalUse(of: promotion) }
        outcome.promotionsUsed = promotions
    }

    /// What the rules are told of the customer.
    private func shopper(
        _ person: PersonRecord, _ account: LoyaltyAccount, _ programme: Programme, _ transaction: JournalTransaction
    ) throws -> Shopper {
        let turnover = try transaction.counted(account, of: person.id, in: programme, at: bench.clock)
        return Shopper(
            standing: Standing(
                turnover: turnover,
                pointsAvailable: account.points.available(at: receivedAt)
                    + account.points.held(for: receipt.key, at: receivedAt)),
            external: programme.needs.external ? try transaction.external(of: person.id) : nil,
            segment: person.segment, birthday: person.birthday.flatMap { CalendarDate(iso: $0) },
            purchases: account.purchases,
            promotionUses: programme.needs.customerUses ? account.promotionUses : [:])
    }

    /// Judges the sale at the till's time: a receipt that waited for the network was made in the happy hour all the same.
    private func judge(
        _ shopper: Shopper?, by programme: Programme, _ transaction: JournalTransaction
    ) throws -> (evaluation: ReceiptEvaluation, verdict: Verdict) {
        let at = min(receipt.at, receivedAt)
        var context = QuoteContext(
            store: receipt.key.store, channel: .till, at: at, secondsFromUTC: principal.calendar.secondsFromUTC(at: at),
            shopper: shopper, coupons: receipt.coupons)
        // Asked inside the transaction: of two receipts that come together, one is the last that gets it.
        context.promotionTotals = try transaction.promotionTotals(of: programme.needs.totals)
        let evaluation: ReceiptEvaluation
        do throws(QuoteError) {
            evaluation = try evaluate(
                receiptLines: receipt.lines, tenders: receipt.tenders,
                products: receipt.lines.map { BasketLine($0) }, in: context, programme: programme)
        } catch {
            throw Refusal.badField(error.field, error.reason)
        }
        let effects = zip(receipt.lines, evaluation.lines).map { line, evaluated in
            ReceiptEffects.Line(quantity: line.quantity, earned: evaluated.earned, spent: evaluated.spent)
        }
        return (
            evaluation,
            Verdict(
                effects: ReceiptEffects(lines: effects),
                judgement: Judgement(programme: programme.hash, context: context), rules: evaluation.rules,
                // A till may write any id; only those of the programme are counted.
                promotionsUsed: evaluation.promotions.filter(programme.needs.promotions.contains))
        )
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
        return Original(
            sequence: stored.sequence, key: key, customer: stored.customer, effects: effects, skus: skus)
    }

    private func takeBack(
        _ original: Original, _ sequence: Int64, _ transaction: JournalTransaction, _ movement: inout Movement?,
        _ outcome: inout Outcome
    ) throws {
        var allocation = ReturnAllocation(
            effects: original.effects, skus: original.skus,
            returned: try transaction.returnedQuantities(receipt: original.sequence))
        for (index, line) in receipt.lines.enumerated() { try allocation.take(line, at: index) }
        for part in allocation.parts {
            try transaction.addReturned(part.quantity, line: part.line, receipt: original.sequence)
        }
        guard let person = movement?.person, let buyer = original.customer else { return }
        let history = try transaction.movements(
            ofSale: original.sequence, key: original.key, customers: try transaction.lineage(of: buyer))
        var posting = try transaction.open(
            person.id, withLots: Set(history.compactMap(\.lot)), parts: bench.active.parts)
        posting.entries = try posting.account.points.takeBack(
            earned: allocation.earned, spent: allocation.spent, of: original.key, history: history, at: receivedAt,
            secondsFromUTC: bench.clock.secondsFromUTC)
        // What was paid back counts as what was paid: without the part that was points.
        posting.turnover = try Money.zero.subtracting(try paid())
        let sale = PostingCause.Sale(sequence: original.sequence, key: original.key)
        let update = try bench.post(
            posting, of: person, PostingCause("return", receipt: sequence, original: sale, at: receivedAt), transaction)
        outcome.accounts.append(update)
        movement?.earned = -allocation.earned
        movement?.spent = -allocation.spent
        movement?.after = update.standing
    }

    private func paid() throws -> Money {
        do throws(QuoteError) {
            return try moneyPaid(receipt.lines, tenders: receipt.tenders)
        } catch {
            throw Refusal.badField(error.field, error.reason)
        }
    }

    // MARK: The answer

    private func answer(
        sequence: Int64, _ movement: Movement?, _ verdict: Verdict?, _ marks: Set<ReceiptMark>
    ) -> [UInt8] {
        var points: ReceiptPoints?
        var tierName: String?
        if let movement, let after = movement.after {
            points = ReceiptPoints(
                earned: movement.earned, spent: movement.spent, balance: after.available, pending: after.pending,
                debt: after.debt)
            tierName = tier(for: after.turnover, in: bench.programme(of: movement.person)).name
        }
        return ReceiptReply(
            key: receipt.key, kind: receipt.kind, receivedAt: receivedAt, sequence: sequence,
            customer: movement?.person.id, points: points, tier: tierName,
            rules: movement == nil ? nil : verdict.map { RuleSetReference($0.rules) },
            marks: ReceiptMark.allCases.filter(marks.contains)
        ).text
    }
}

extension RuleSetReference {
    init(_ rules: RuleSet) {
        self.init(id: rules.id, version: rules.version, hash: rules.hash)
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
