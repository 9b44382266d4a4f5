import Retail

/// The points of one line of a receipt.
public struct EvaluatedLine: Hashable, Sendable {
    /// Points that the line earned: its part of the receipt's points, extra points included.
    public let earned: Int64
    /// Points that the line cost: its part of the points spent.
    public let spent: Int64
    /// What was paid for the line in money.
    public let paid: Money
}

/// The points of a receipt that was paid.
public struct ReceiptEvaluation: Hashable, Sendable {
    /// The lines, in the receipt's order; a return reverses them line by line.
    public let lines: [EvaluatedLine]
    /// Points that the receipt earned, extra points included.
    public let earned: Int64
    /// Points that promotions and mechanics gave on top of the tier's rate.
    public let extra: [ExtraPoints]
    /// Points that the receipt says were spent.
    public let spent: Int64
    /// What was paid in money on all lines, excluded products too: what the receipt adds to the turnover.
    public let paid: Money
    /// The promotions that count as used: those that the receipt names, and those that gave points.
    public let promotions: [String]
    /// The tier that the receipt was rated by; `nil` for a walk-in.
    public let tier: Tier?
    /// The rules that were applied.
    public let rules: RuleSet
}

/// Evaluates a receipt of a customer of whom nothing but the standing is known; see the form with a context.
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
    try evaluate(
        receiptLines: receiptLines, tenders: tenders, products: receiptLines.map { BasketLine($0) },
        in: QuoteContext(store: "", at: at, shopper: Shopper(standing: customer)), programme: programme)
}

/// Evaluates a receipt that was paid: the money has changed hands, so what counts is what the receipt says.
///
/// The base is the amounts of the lines that earn as the receipt gives them, less what was paid with points (points
/// that the till took as a payment are split over those lines like a discount). Points are rated on the sum by the
/// tier that the customer had before this receipt, rounded down once, and split back over the lines. Amounts below zero
/// count as zero: a strange receipt earns less, but is not lost.
///
/// Which promotions give points on top is worked out as for a quote of the same basket; how many they give follows from
/// what was paid.
///
/// The points spent are the value of the discounts of origin `points` and the payments of kind `points`, in whole
/// points; a point that was begun counts as spent.
///
/// - Parameters:
///   - receiptLines: the lines of a sale.
///   - tenders: the payments of the sale.
///   - products: the same lines as a basket, with what the catalogue knows of the products.
///   - context: where, when and for whom; without a customer nothing is earned. Its points to spend are not looked at.
/// - Throws: `overflow` when the points or what was paid do not fit into 64 bits.
public func evaluate(
    receiptLines: [ReceiptLine], tenders: [Tender] = [], products: [BasketLine], in context: QuoteContext,
    programme: Programme
) throws(QuoteError) -> ReceiptEvaluation {
    try evaluation(of: receiptLines, tenders, products, context, programme, recorded: false).0
}

/// The same evaluation together with every step that led to it: what each promotion would have taken from the basket, or why
/// it did not apply, and how the points came about.
public func explainedEvaluation(
    receiptLines: [ReceiptLine], tenders: [Tender] = [], products: [BasketLine], in context: QuoteContext,
    programme: Programme
) throws(QuoteError) -> (evaluation: ReceiptEvaluation, trace: QuoteTrace?) {
    try evaluation(of: receiptLines, tenders, products, context, programme, recorded: true)
}

private func evaluation(
    of receiptLines: [ReceiptLine], _ tenders: [Tender], _ products: [BasketLine], _ context: QuoteContext,
    _ programme: Programme, recorded: Bool
) throws(QuoteError) -> (ReceiptEvaluation, QuoteTrace?) {
    precondition(products.count == receiptLines.count, "every line of the receipt has its product")
    var context = context
    context.spend = 0
    let tendered = try pointsTendered(tenders)
    var run = try QuoteRun(
        paid: receiptLines, products: products, in: context, programme: programme, recorded: recorded)
    let tenderedParts = run.takeTender(tendered)
    let earned = try run.earnPoints()
    let spent = try pointsSpent(receiptLines, tendered: tendered, tenderedParts: tenderedParts, programme: programme)
    let evaluation = ReceiptEvaluation(
        lines: receiptLines.indices.map { index in
            EvaluatedLine(
                earned: earned.ofLines[index], spent: spent[index], paid: Money(minorUnits: run.lines[index].left))
        },
        earned: earned.earned, extra: earned.extra, spent: spent.reduce(0, +),
        paid: try moneyPaid(receiptLines, pointsTendered: tendered),
        promotions: promotionsUsed(receiptLines, extra: earned.extra), tier: run.tier, rules: programme.rules)
    return (evaluation, run.recorder?.trace)
}

/// What was paid in money for these lines: their amounts less what was paid with points as a tender.
public func moneyPaid(_ lines: [ReceiptLine], tenders: [Tender]) throws(QuoteError) -> Money {
    try moneyPaid(lines, pointsTendered: try pointsTendered(tenders))
}

extension BasketLine {
    /// The line of a basket that led to a line of a receipt, with what the receipt says of the product.
    public init(_ line: ReceiptLine) {
        let till = line.discounts.reduce(Int128(0)) { sum, discount in
            discount.origin == LineDiscount.tillOrigin ? sum + Int128(max(0, discount.amount.minorUnits)) : sum
        }
        self.init(
            sku: line.sku, quantity: line.quantity, price: line.price,
            tillDiscount: Money(minorUnits: Int64(clamping: till)), category: line.category, brand: line.brand,
            tags: line.tags, minimumPrice: line.minimumPrice)
    }
}

extension QuoteRun {
    /// A run of which the lines cost what was paid for them.
    fileprivate init(
        paid receiptLines: [ReceiptLine], products: [BasketLine], in context: QuoteContext, programme: Programme,
        recorded: Bool
    ) throws(QuoteError) {
        // A line that cannot be quoted is worth what the receipt says, but no promotion looks at it.
        let basket = products.map { $0.isSound ? $0 : BasketLine(sku: $0.sku, quantity: .one, price: .zero) }
        try self.init(basket, in: context, programme: programme)
        if recorded { recorder = TraceRecorder(QuoteTrace(basket, lines, programme: programme, tier: tier)) }
        // What promotions take off was settled at the till; points are earned by customers only.
        if recorded {
            applyPromotions()
        } else if tier != nil {
            applyPromotionsForPoints()
        }
        for index in lines.indices { lines[index].left = max(0, receiptLines[index].amount.minorUnits) }
    }

    /// Takes points that were a payment off the lines that they paid, and says how much off which: the lines that a quote
    /// takes the same points off. More than points may pay goes to the lines that they may pay first, then to the others.
    fileprivate mutating func takeTender(_ tendered: Int64) -> [Int64] {
        var parts = [Int64](repeating: 0, count: lines.count)
        guard tendered > 0, !lines.isEmpty else { return parts }
        let caps = redeemCaps
        if caps.reduce(Int128(0), { $0 + Int128($1) }) >= Int128(tendered) {
            parts = redeemed(tendered, caps)
        } else {
            var rest = tendered
            for isPayable in [true, false] where rest > 0 {
                let bases = lines.map { $0.canBePaidWithPoints == isPayable ? $0.left : 0 }
                let sum = bases.reduce(Int128(0)) { $0 + Int128($1) }
                guard sum > 0 else { continue }
                let amount = Int64(min(Int128(rest), sum))
                for (index, part) in split(amount, over: bases).enumerated() { parts[index] += part }
                rest -= amount
            }
        }
        for index in lines.indices { lines[index].left -= parts[index] }
        return parts
    }
}

extension BasketLine {
    fileprivate var isSound: Bool {
        quantity > .zero && price >= .zero && tillDiscount >= .zero && (try? gross()) != nil
    }
}

private func promotionsUsed(_ lines: [ReceiptLine], extra: [ExtraPoints]) -> [String] {
    var used = Set(extra.filter { $0.origin == .promotion }.compactMap(\.id))
    for line in lines {
        for discount in line.discounts where discount.origin == LineDiscount.promotionOrigin {
            if let id = discount.id { used.insert(id) }
        }
    }
    return used.sorted()
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
    for index in lines.indices {
        let discounted = lines[index].discounts.reduce(Int128(0)) { sum, discount in
            discount.origin == LineDiscount.pointsOrigin ? sum + Int128(max(0, discount.amount.minorUnits)) : sum
        }
        sum += discounted
        let value = discounted + Int128(tenderedParts[index])
        guard let narrow = Int64(exactly: value) else { throw .overflow(line: index) }
        values.append(narrow)
    }
    let pointValue = Int128(programme.pointValue.minorUnits)
    guard let points = Int64(exactly: (sum + Int128(tendered) + pointValue - 1) / pointValue) else {
        throw .overflow(line: nil)
    }
    return split(points, over: values)
}
