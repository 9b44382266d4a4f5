import Retail

/// What a quote is made in. It does not change while the quote is made, and so is shared and not copied.
final class QuoteSetting: Sendable {
    let programme: Programme
    let context: QuoteContext
    let time: StoreTime
    /// The tier before this purchase, which rates it; `nil` for a walk-in.
    let tier: Tier?

    init(_ context: QuoteContext, programme: Programme) {
        self.programme = programme
        self.context = context
        time = StoreTime(context.at, secondsFromUTC: context.secondsFromUTC)
        tier = context.shopper.map { Loyalty.tier(for: $0.standing.turnover, in: programme) }
    }
}

/// A quote while it is being made: the steps change it one after the other.
struct QuoteRun {
    let setting: QuoteSetting
    let marks: ProductMarks
    var lines: [WorkingLine] = []
    var applied: [AppliedPromotion] = []
    var grants: [PointsGrant] = []
    var missingGifts: [String] = []
    /// Writes down every step, when somebody asked for it.
    var recorder: TraceRecorder?
    /// What the promotion that is being tried may touch, and what it would take. Kept to be used again.
    var touched: [Int] = []
    var shares: [LineShare] = []

    /// Prices the lines and takes off what the till itself took.
    init(
        _ basket: [BasketLine], in context: QuoteContext, programme: Programme
    ) throws(QuoteError) {
        guard context.spend >= 0 else { throw .spendNegative }
        setting = QuoteSetting(context, programme: programme)
        var marks = ProductMarks(lines: basket.count)
        var lines: [WorkingLine] = []
        lines.reserveCapacity(basket.count)
        for index in basket.indices {
            lines.append(try WorkingLine(basket[index], at: index, programme: programme, marks: &marks))
        }
        self.marks = marks
        self.lines = lines
        touched.reserveCapacity(basket.count)
        shares.reserveCapacity(basket.count)
    }

    var programme: Programme { setting.programme }

    /// The tier before this purchase; `nil` for a walk-in.
    var tier: Tier? { setting.tier }

    var subtotal: Int64 {
        get throws(QuoteError) { try sum(lines.lazy.map(\.gross)) }
    }

    var total: Int64 {
        get throws(QuoteError) { try sum(lines.lazy.map(\.left)) }
    }
}

/// Points that a promotion gives; how many is known when the lines cost what they cost in the end.
struct PointsGrant {
    /// The promotion's place in the programme's order.
    let place: Int
    let lines: [Int]
}

func sum(_ amounts: some Sequence<Int64>) throws(QuoteError) -> Int64 {
    guard let total = Int64(exactly: amounts.reduce(Int128(0)) { $0 + Int128($1) }) else {
        throw .overflow(line: nil)
    }
    return total
}
