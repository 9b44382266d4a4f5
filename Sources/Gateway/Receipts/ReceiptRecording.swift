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
    struct Original {
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
    let products: ProductMemory

    var receivedAt: Instant { bench.clock.now }

    func run(in transaction: JournalTransaction) throws -> Outcome {
        if let stored = try transaction.receipt(receipt.key) { return try repeated(stored, transaction) }
        var outcome = Outcome()
        var marks = Set(receipt.arithmeticMarks() + clockMarks())
        let original = try original(transaction, &marks)
        // The points of a return are those of the sale's customer, whoever the return names.
        let named = original == nil ? receipt.customer : original?.customer
        let holder = try transaction.holder(of: receipt.key, at: receivedAt)
        let person = try resolve(named, transaction, &marks) ?? whoPays(holder, transaction)
        marks.formUnion(quoteMarks(of: receipt.customer ?? person?.id))
        let sequence = try transaction.nextReceiptSequence()
        try endHold(of: holder, unless: receipt.kind == .sale ? person?.id : nil, transaction, &outcome)
        var movement = person.map { Movement(person: $0) }
        var verdict: Verdict?
        switch receipt.kind {
        case .sale:
            verdict = try sell(sequence, transaction, &movement, &marks, &outcome)
            outcome.events = try payOrder(transaction, &marks)
            outcome.events += try sellBasket(transaction, &marks)
        case .return:
            if let original { try takeBack(original, sequence, transaction, &movement, &outcome) }
        case .correction:
            if let original = receipt.original, try transaction.receipt(original) == nil {
                marks.insert(.originalUnknown)
            }
        case .void:
            break
        }
        try StockKeeping.move(receipt, at: receivedAt, transaction)
        if let person = movement?.person, movement?.after == nil {
            movement?.after = try transaction.standing(
                of: person.id, account: try transaction.account(of: person.id, parts: bench.active.parts),
                programme: bench.programme(of: person), generation: bench.active.generation, at: bench.clock)
        }
        outcome.answer = answer(sequence: sequence, movement, verdict, marks)
        let stored = NewReceipt(
            sequence: sequence, key: receipt.key, kind: receipt.kind, customer: person?.id,
            total: receipt.kind == .correction ? receipt.netTotal : receipt.total, receivedAt: receivedAt, body: text)
        try transaction.insert(
            stored, answer: outcome.answer, effects: verdict?.effects.encoded, judgement: verdict?.judgement.encoded)
        try transaction.enqueueReceipt(sequence, key: receipt.key, at: receivedAt)
        try ShiftDesk.receiptArrived(receipt.key, at: receivedAt, transaction)
        return outcome
    }

    /// The customer whose points a sale without a customer spends, because its key holds them.
    private func whoPays(_ holder: CustomerID?, _ transaction: JournalTransaction) throws -> PersonRecord? {
        guard let holder, receipt.kind == .sale else { return nil }
        let spendsPoints =
            receipt.tenders.contains { $0.kind == LineDiscount.pointsOrigin }
            || receipt.lines.contains { $0.discounts.contains { $0.origin == LineDiscount.pointsOrigin } }
        return spendsPoints ? try transaction.person(holder) : nil
    }

    // MARK: The same key again

    private func repeated(_ stored: StoredReceipt, _ transaction: JournalTransaction) throws -> Outcome {
        var outcome = Outcome()
        outcome.answer = stored.answer
        if transaction.planted.contains(.repeatedReceiptEarns) { try earnAgain(stored, transaction, &outcome) }
        if stored.kind == receipt.kind, isSame(stored.body) { return outcome }
        if transaction.planted.contains(.conflictOverlooked) { return outcome }
        let kept = try transaction.conflicts(receipt: stored.sequence)
        if kept.count < JournalLimits.conflictsKeptPerReceipt, !kept.contains(where: isSame) {
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

    /// A planted fault.
    private func earnAgain(
        _ stored: StoredReceipt, _ transaction: JournalTransaction, _ outcome: inout Outcome
    ) throws {
        guard let customer = stored.customer, let person = try transaction.person(customer) else { return }
        let grant = Grant(points: 1, origin: .granted, activeFrom: receivedAt, expiresAt: nil)
        let again = try bench.change(person, PostingCause("again", at: receivedAt), transaction) { posting in
            posting.entries = try posting.account.points.earn(grant, at: receivedAt)
        }
        outcome.accounts.append(again)
    }

    /// A till may write the same receipt with other white space or members in another order when it sends it again.
    private func isSame(_ body: [UInt8]) -> Bool {
        body == text || body.withUnsafeBytes { left in text.withUnsafeBytes { jsonContentsEqual(left, $0) } }
    }

    // MARK: Marks

    private func quoteMarks(of customer: CustomerID?) -> [ReceiptMark] {
        guard let text = receipt.quote else { return [] }
        // By the till's time: a receipt that waited for the network was made while the quote held.
        guard let quote = QuoteIdentity(text: text), receipt.at <= quote.validUntil else { return [.quoteUnknown] }
        return quote.matches(receipt, of: customer) ? [] : [.quoteDiffers]
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
