import Retail

/// Quotes a basket: what every line costs, what was taken off it, and the points it costs and brings.
///
/// In this order: the till's own discounts, then the points the customer spends, then the points earned on what is
/// left to pay. A basket without a customer is priced, but has no points and no tier.
///
/// - Parameters:
///   - basket: the lines; quantities above zero, prices and discounts not below it.
///   - customer: the customer's standing before this purchase.
///   - spend: the points the customer asks to spend; cut to what can be spent.
///   - at: the moment at which the rules are judged.
public func quote(
    _ basket: [BasketLine], customer: Standing?, spend: Int64, programme: Programme, language: Language, at: Instant
) throws(QuoteError) -> Quote {
    guard spend >= 0 else { throw .spendNegative }
    var lines = try pricedLines(basket, programme: programme)
    let subtotal = try sum(lines.lazy.map(\.gross))

    let available = max(0, customer?.pointsAvailable ?? 0)
    let spendable = min(available, try redeemableMaximum(lines, programme: programme))
    let spent = min(spend, spendable)
    pay(points: spent, on: &lines, programme: programme)

    let total = try sum(lines.lazy.map(\.left))
    let now = customer.map { tier(for: $0.turnover, in: programme) }
    var earned: [Int64] = []
    var turnoverAfter: Money?
    if let customer, let now {
        earned = try split(earning: now, on: lines, programme: programme)
        turnoverAfter = try adding(customer.turnover, total)
    }
    let after = turnoverAfter.map { TierProgress(turnover: $0, in: programme) }
    let totals = QuoteTotals(
        asked: spend, spendable: spendable, spent: spent, earned: earned.reduce(0, +), tier: now, progress: after)
    return Quote(
        lines: lines.enumerated().map { index, line in
            QuotedLine(
                amount: line.left, taken: line.taken, earned: earned.isEmpty ? 0 : earned[index],
                spent: line.pointsSpent)
        },
        // What was taken is at most the subtotal, line by line, so the difference cannot overflow.
        subtotal: subtotal, discount: Money(minorUnits: subtotal.minorUnits - total.minorUnits), total: total,
        available: available, spendable: spendable, spent: spent, earned: totals.earned, tier: now,
        tierAfter: after?.tier, missingToNextTier: after?.missing,
        messages: messages(totals, programme: programme, language: language), rules: programme.rules,
        validUntil: at.adding(milliseconds: programme.quoteLifetimeMilliseconds))
}

/// A line while the steps of a quote work on it: every step sees what the earlier ones left.
struct WorkingLine {
    let gross: Money
    let isEligible: Bool
    var left: Money
    var taken: [Taken] = []
    var pointsSpent: Int64 = 0

    /// Takes off as much of the amount as the line still has.
    mutating func take(_ amount: Money, origin: Taken.Origin, id: String? = nil) {
        let taking = min(amount, left)
        guard taking > .zero else { return }
        left = Money(minorUnits: left.minorUnits - taking.minorUnits)
        taken.append(Taken(origin: origin, id: id, amount: taking))
    }
}

/// Price × quantity of every line, less what the till itself takes off; no line goes below zero.
private func pricedLines(_ basket: [BasketLine], programme: Programme) throws(QuoteError) -> [WorkingLine] {
    var lines: [WorkingLine] = []
    lines.reserveCapacity(basket.count)
    for (index, item) in basket.enumerated() {
        guard item.quantity > .zero else { throw .quantityNotPositive(line: index) }
        guard item.price >= .zero else { throw .priceNegative(line: index) }
        guard item.tillDiscount >= .zero else { throw .discountNegative(line: index) }
        guard let gross = try? item.gross() else { throw .overflow(line: index) }
        var line = WorkingLine(gross: gross, isEligible: programme.isEligible(item.sku), left: gross)
        line.take(item.tillDiscount, origin: .till)
        lines.append(line)
    }
    return lines
}

/// The points that the lines let through: each eligible line its part, rounded down, together in whole points.
private func redeemableMaximum(_ lines: [WorkingLine], programme: Programme) throws(QuoteError) -> Int64 {
    var redeemable = Money.zero
    for line in lines where line.isEligible {
        guard let part = try? line.left.share(programme.maxRedeem, rounding: .down) else { throw .overflow(line: nil) }
        redeemable = try adding(redeemable, part)
    }
    return redeemable.minorUnits / programme.pointValue.minorUnits
}

/// Takes the value of the points off the eligible lines, proportionally to their amounts.
///
/// The value is split in minor units and not in whole points: a whole point can be worth more than a small line.
/// No line goes below zero, because the value is at most the sum of the amounts. The points themselves are then split
/// over what each line was relieved of, so that a return knows what each line cost.
private func pay(points: Int64, on lines: inout [WorkingLine], programme: Programme) {
    guard points > 0 else { return }
    let value = points * programme.pointValue.minorUnits
    let parts = split(value, over: lines.map { $0.isEligible ? $0.left.minorUnits : 0 })
    let pointParts = split(points, over: parts)
    for index in lines.indices {
        lines[index].take(Money(minorUnits: parts[index]), origin: .points)
        lines[index].pointsSpent = pointParts[index]
    }
}

private func split(earning tier: Tier, on lines: [WorkingLine], programme: Programme) throws(QuoteError) -> [Int64] {
    guard
        let earned = earnedPoints(
            bases: lines.map { $0.isEligible ? $0.left.minorUnits : 0 }, rate: tier.earnRate,
            pointValue: programme.pointValue)
    else { throw .overflow(line: nil) }
    return earned
}

/// The points that bases earn: rated on their sum, rounded down once, and split back over them.
///
/// `nil` when the points do not fit into 64 bits.
func earnedPoints(bases: [Int64], rate: BasisPoints, pointValue: Money) -> [Int64]? {
    guard !bases.isEmpty else { return [] }
    let base = bases.reduce(Int128(0)) { $0 + Int128($1) }
    let divisor = Int128(BasisPoints.whole) * Int128(pointValue.minorUnits)
    guard let points = Int64(exactly: base * Int128(rate.value) / divisor) else { return nil }
    return split(points, over: bases)
}

private func sum(_ amounts: some Sequence<Money>) throws(QuoteError) -> Money {
    var total = Money.zero
    for amount in amounts { total = try adding(total, amount) }
    return total
}

private func adding(_ first: Money, _ second: Money) throws(QuoteError) -> Money {
    do {
        return try first.adding(second)
    } catch {
        throw .overflow(line: nil)
    }
}
