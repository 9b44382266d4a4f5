import Retail

/// Quotes a basket: what every line costs, what was taken off it, and the points it costs and brings.
///
/// In this order: the till's own discounts, promotions by priority, the points that the customer spends, the points
/// earned on what is left to pay. A basket without a customer is priced, but has no points and no tier.
///
/// - Parameters:
///   - basket: the lines; quantities above zero, prices and discounts not below it.
///   - context: where, when and for whom.
/// - Throws: what cannot be quoted, with the field.
public func quote(
    _ basket: [BasketLine], in context: QuoteContext, programme: Programme
) throws(QuoteError) -> Quote {
    var run = try QuoteRun(basket, in: context, programme: programme)
    return try run.finish()
}

/// The same quote together with every step that led to it: what each promotion saw, took, or why it did not apply.
///
/// Tries every promotion of the programme, and so takes longer than `quote`.
public func explainedQuote(
    _ basket: [BasketLine], in context: QuoteContext, programme: Programme
) throws(QuoteError) -> (quote: Quote, trace: QuoteTrace) {
    var run = try QuoteRun(basket, in: context, programme: programme)
    let recorder = TraceRecorder(QuoteTrace(basket, run.lines, programme: programme, tier: run.tier))
    run.recorder = recorder
    return (try run.finish(), recorder.trace)
}

/// Quotes a basket of a customer of whom nothing but the standing is known, at a till of no particular store.
///
/// - Parameters:
///   - basket: the lines; quantities above zero, prices and discounts not below it.
///   - customer: the customer's standing before this purchase.
///   - spend: the points the customer asks to spend; cut to what can be spent.
///   - at: the moment at which the rules are judged.
public func quote(
    _ basket: [BasketLine], customer: Standing?, spend: Int64, programme: Programme, language: Language, at: Instant
) throws(QuoteError) -> Quote {
    let context = QuoteContext(
        store: "", at: at, shopper: customer.map { Shopper(standing: $0) }, spend: spend, language: language)
    return try quote(basket, in: context, programme: programme)
}

extension QuoteRun {
    fileprivate mutating func finish() throws(QuoteError) -> Quote {
        let context = setting.context
        let subtotal = try subtotal
        applyPromotions()
        let points = try spendPoints()
        let earned = try earnPoints()
        let total = try total
        var after: TierProgress?
        if let shopper = context.shopper {
            let turnover = try sum([shopper.standing.turnover.minorUnits, total])
            after = TierProgress(turnover: Money(minorUnits: turnover), in: programme)
        }
        let totals = QuoteTotals(
            asked: context.spend, spendable: points.spendable, spent: points.spent, earned: earned.earned, tier: tier,
            progress: after, total: Money(minorUnits: total), missingGifts: missingGifts)
        return Quote(
            lines: lines.indices.map { index in
                QuotedLine(
                    amount: Money(minorUnits: lines[index].left), taken: lines[index].taken,
                    earned: earned.ofLines[index], spent: lines[index].pointsSpent)
            },
            subtotal: Money(minorUnits: subtotal),
            // What was taken is at most the subtotal, line by line, so the difference cannot overflow.
            discount: Money(minorUnits: subtotal - total), total: Money(minorUnits: total),
            available: points.available, spendable: points.spendable, spent: points.spent, earned: earned.earned,
            base: earned.base, extra: earned.extra, promotions: applied, missingGifts: missingGifts, tier: tier,
            tierAfter: after?.tier, missingToNextTier: after?.missing,
            messages: messages(totals, shopper: context.shopper, programme: programme, language: context.language),
            rules: programme.rules,
            validUntil: context.at.adding(milliseconds: programme.quoteLifetimeMilliseconds))
    }
}
