import Journal
import LineProtocol
import Loyalty
import Retail

extension ReceiptRecording {
    /// Ends the receipt's hold on the points of anybody but the customer who pays: a void gives them back, and a hold
    /// that was placed for somebody else has no receipt to come any more.
    func endHold(
        of holder: CustomerID?, unless customer: CustomerID?, _ transaction: JournalTransaction,
        _ outcome: inout Outcome
    ) throws {
        guard let holder, holder != customer else { return }
        outcome.accounts.append(try bench.release(receipt.key, of: holder, transaction).update)
    }

    /// Judges the sale and moves the points; notes what it did line by line, for a later return.
    func sell(
        _ sequence: Int64, _ transaction: JournalTransaction, _ movement: inout Movement?,
        _ marks: inout Set<ReceiptMark>, _ outcome: inout Outcome
    ) throws -> Verdict {
        guard let person = movement?.person else {
            let (evaluation, verdict) = try judge(nil, by: bench.active.set.everyoneElse, transaction)
            if evaluation.spent > 0 { marks.insert(.holdMissing) }
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
            earned: evaluation.earned, by: receipt.key, at: receivedAt, zone: bench.clock.zone)
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
        var basket = receipt.lines.map { BasketLine($0) }
        let added = try products.complete(&basket)
        let evaluation: ReceiptEvaluation
        do throws(QuoteError) {
            evaluation = try evaluate(
                receiptLines: receipt.lines, tenders: receipt.tenders,
                products: basket, in: context, programme: programme)
        } catch {
            throw Refusal.badField(error.field, error.reason)
        }
        let effects = zip(receipt.lines, evaluation.lines).map { line, evaluated in
            ReceiptEffects.Line(
                quantity: line.quantity, earned: evaluated.earned, spent: evaluated.spent, paid: evaluated.paid)
        }
        return (
            evaluation,
            Verdict(
                effects: ReceiptEffects(lines: effects),
                judgement: Judgement(programme: programme.hash, context: context, added: added),
                rules: evaluation.rules,
                // A till may write any id; only those of the programme are counted.
                promotionsUsed: evaluation.promotions.filter(programme.needs.promotions.contains))
        )
    }

    func payOrder(
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
}
