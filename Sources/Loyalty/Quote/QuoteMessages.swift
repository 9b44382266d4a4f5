import Retail

/// What the texts of a quote speak of.
struct QuoteTotals {
    let asked: Int64
    let spendable: Int64
    let spent: Int64
    let earned: Int64
    let tier: Tier?
    let progress: TierProgress?
    let total: Money
    let missingGifts: [String]
}

/// The texts for both displays: gifts, what can be spent, what is earned, what is missing, what burns soon.
func messages(
    _ totals: QuoteTotals, shopper: Shopper?, programme: Programme, language: Language
) -> [Message] {
    let texts = language.texts
    let currency = programme.currency
    var messages: [Message] = []
    messages.reserveCapacity(totals.missingGifts.count + messagesUsually)
    for gift in totals.missingGifts { messages.append(Message(audience: .cashier, text: texts.giftAvailable(gift))) }
    if totals.asked > totals.spent {
        messages.append(Message(audience: .cashier, text: texts.spendingCut(totals.asked, to: totals.spent)))
    } else if totals.asked == 0, totals.spendable > 0 {
        messages.append(Message(audience: .cashier, text: texts.spendingPossible(totals.spendable)))
    }
    guard let tier = totals.tier, let progress = totals.progress else { return messages }
    if totals.spent > 0 {
        messages.append(Message(audience: .customer, text: texts.spending(totals.spent)))
    }
    if totals.earned > 0 {
        messages.append(Message(audience: .customer, text: texts.earning(totals.earned)))
    }
    if progress.tier.threshold > tier.threshold {
        messages.append(Message(audience: .cashier, text: texts.tierReached(progress.tier.name)))
        messages.append(Message(audience: .customer, text: texts.tierReached(progress.tier.name)))
    }
    if let next = progress.next, let missing = progress.missing {
        messages.append(Message(audience: .customer, text: texts.tierMissing(next.name, missing, currency)))
    }
    if let threshold = programme.thresholds.first(where: { $0.amount > totals.total }) {
        let missing = Money(minorUnits: threshold.amount.minorUnits - totals.total.minorUnits)
        messages.append(Message(audience: .customer, text: texts.thresholdMissing(missing, currency)))
    }
    if let expiring = shopper?.expiring, expiring.points > 0 {
        messages.append(Message(audience: .customer, text: texts.expiring(expiring.points, expiring.lastDay)))
    }
    return messages
}

/// How many there are beside those of gifts, as a rule: room for them is made at once.
private let messagesUsually = 4
