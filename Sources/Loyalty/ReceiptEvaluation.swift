import Retail

/// The points of one line of a receipt.
public struct EvaluatedLine: Hashable, Sendable {
    /// Points that the line earned: its part of the receipt's points.
    public let earned: Int64
    /// Points that the line cost: its part of the points spent.
    public let spent: Int64
}

/// The points of a receipt that was paid.
public struct ReceiptEvaluation: Hashable, Sendable {
    /// The lines, in the receipt's order; a return reverses them line by line.
    public let lines: [EvaluatedLine]
    /// Points that the receipt earned.
    public let earned: Int64
    /// Points that the receipt says were spent.
    public let spent: Int64
    /// What was paid in money on all lines, excluded products too: what the receipt adds to the turnover.
    public let paid: Money
    /// The tier that the receipt was rated by.
    public let tier: Tier
    /// The rules that were applied.
    public let rules: RuleSet
}

/// Evaluates a receipt that was paid: the money has changed hands, so what counts is what the receipt says.
///
/// The base is the amounts of the eligible lines as the receipt gives them, less what was paid with points (points that
/// the till took as a payment are split over the eligible lines like a discount). Points are rated on the sum by the
/// tier that the customer had before this receipt, rounded down once, and split back over the lines. Amounts below zero
/// count as zero: a strange receipt earns less, but is not lost.
///
/// The points spent are the value of the discounts of origin `points` and the payments of kind `points`, in whole
/// points; a point that was begun counts as spent.
///
/// - Parameters:
///   - receiptLines: the lines of a sale.
///   - tenders: the payments of the sale.
///   - customer: the customer's standing before this receipt.
///   - at: the moment at which the rules are judged.
/// - Throws: `overflow` when the points or what was paid do not fit into 64 bits.
public func evaluate(
    receiptLines: [ReceiptLine], tenders: [Tender] = [], customer: Standing, programme: Programme, at: Instant
) throws(QuoteError) -> ReceiptEvaluation {
    let current = tier(for: customer.turnover, in: programme)
    var bases = receiptLines.map { line in
        programme.isEligible(line.sku) ? max(0, line.amount.minorUnits) : 0
    }
    let tendered = try pointsTendered(tenders)
    let payable = bases.reduce(Int128(0)) { $0 + Int128($1) }
    let tenderedParts = payable > 0 ? split(Int64(min(Int128(tendered), payable)), over: bases) : []
    for (index, part) in tenderedParts.enumerated() { bases[index] -= part }

    guard let earned = earnedPoints(bases: bases, rate: current.earnRate, pointValue: programme.pointValue) else {
        throw .overflow(line: nil)
    }
    let spent = try pointsSpent(receiptLines, tendered: tendered, tenderedParts: tenderedParts, programme: programme)
    return ReceiptEvaluation(
        lines: zip(earned, spent).map { EvaluatedLine(earned: $0, spent: $1) }, earned: earned.reduce(0, +),
        spent: spent.reduce(0, +), paid: try moneyPaid(receiptLines, pointsTendered: tendered), tier: current,
        rules: programme.rules)
}

private func moneyPaid(_ lines: [ReceiptLine], pointsTendered: Int64) throws(QuoteError) -> Money {
    let amounts = lines.reduce(Int128(0)) { $0 + Int128(max(0, $1.amount.minorUnits)) }
    guard let paid = Int64(exactly: max(0, amounts - Int128(pointsTendered))) else { throw .overflow(line: nil) }
    return Money(minorUnits: paid)
}

private func pointsTendered(_ tenders: [Tender]) throws(QuoteError) -> Int64 {
    let sum = tenders.reduce(Int128(0)) { sum, tender in
        tender.kind == LineDiscount.pointsOrigin ? sum + Int128(max(0, tender.amount.minorUnits)) : sum
    }
    guard let tendered = Int64(exactly: sum) else { throw .overflow(line: nil) }
    return tendered
}

/// The points that each line cost, split over the value that points paid of it.
private func pointsSpent(
    _ lines: [ReceiptLine], tendered: Int64, tenderedParts: [Int64], programme: Programme
) throws(QuoteError) -> [Int64] {
    guard !lines.isEmpty else { return [] }
    var values: [Int64] = []
    values.reserveCapacity(lines.count)
    var sum = Int128(0)
    for (index, line) in lines.enumerated() {
        let discounted = line.discounts.reduce(Int128(0)) { sum, discount in
            discount.origin == LineDiscount.pointsOrigin ? sum + Int128(max(0, discount.amount.minorUnits)) : sum
        }
        sum += discounted
        let value = discounted + Int128(tenderedParts.isEmpty ? 0 : tenderedParts[index])
        guard let narrow = Int64(exactly: value) else { throw .overflow(line: index) }
        values.append(narrow)
    }
    let pointValue = Int128(programme.pointValue.minorUnits)
    guard let points = Int64(exactly: (sum + Int128(tendered) + pointValue - 1) / pointValue) else {
        throw .overflow(line: nil)
    }
    return split(points, over: values)
}
