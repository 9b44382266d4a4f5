import Retail

/// An amount on a line, in minor units; lines are counted from 0.
public struct TracedAmount: Hashable, Sendable, Codable {
    /// The line.
    public let line: Int
    /// The amount in minor units.
    public let amount: Int64
}

/// What became of a promotion.
public enum PromotionOutcome: Hashable, Sendable, Codable {
    /// It took these amounts off, or gave these points.
    case applied(taken: [TracedAmount], points: Int64?)
    /// It could not be applied.
    case notApplied(because: Hindrance)
    /// Another promotion of its group gives more; both benefits in minor units.
    case outdone(by: String, benefit: Int64, itsBenefit: Int64)
    /// Its lines cost no more than they must already, or too little to take anything off.
    case nothingLeftToTake
    /// Too few of its products for a whole group or bundle.
    case nothingComplete
    /// The gift is not in the basket yet.
    case giftNotInBasket(sku: String)

    private enum CodingKeys: String, CodingKey {
        case applied
        case notApplied = "not_applied"
        case outdone
        case nothingLeftToTake = "nothing_left_to_take"
        case nothingComplete = "nothing_complete"
        case giftNotInBasket = "gift_not_in_basket"
    }
}

/// One promotion: what it saw and what became of it.
public struct PromotionTrace: Hashable, Sendable, Codable {
    /// The promotion's id.
    public let id: String
    /// The name as shown to people.
    public let name: String?
    /// What it does.
    public let effect: EffectKind
    /// The lines that it selects and what they cost when its turn came.
    public let saw: [TracedAmount]
    /// What became of it.
    public internal(set) var outcome: PromotionOutcome

    init(_ promotion: Promotion, saw: [TracedAmount], outcome: PromotionOutcome) {
        id = promotion.id
        name = promotion.name
        effect = promotion.effect.kind
        self.saw = saw
        self.outcome = outcome
    }
}

/// How points were spent.
public struct SpendingTrace: Hashable, Sendable, Codable {
    /// One line.
    public struct Line: Hashable, Sendable, Codable {
        /// The line, from 0.
        public let line: Int
        /// What points may pay of it at most, in minor units.
        public let cap: Int64
        /// What they paid, in minor units.
        public let paid: Int64
        /// Whether points may pay it at all.
        public let isEligible: Bool
    }

    /// Points that the customer has to spend.
    public let available: Int64
    /// Points that the customer asked to spend.
    public let asked: Int64
    /// Points that could be spent at most.
    public let spendable: Int64
    /// Points that were spent.
    public let spent: Int64
    /// The lines.
    public let lines: [Line]
}

/// How points were earned.
public struct EarningTrace: Hashable, Sendable, Codable {
    /// The tier before this purchase.
    public let tier: String
    /// Its rate in basis points.
    public let rate: Int
    /// What was left to pay on the lines that earn, in minor units.
    public let amount: Int64
    /// What a point is worth, in minor units.
    public let pointValue: Int64
    /// The points that the rate gives.
    public let base: Int64
    /// The points on top.
    public let extra: [ExtraPoints]
    /// Lines that earn nothing, from 0.
    public let linesWithoutPoints: [Int]
}

/// Every step of a quote, as data: it can be kept with a receipt and be read a month later.
///
/// Amounts are minor units, lines are counted from 0.
public struct QuoteTrace: Hashable, Sendable, Codable {
    /// A line as it came.
    public struct Line: Hashable, Sendable, Codable {
        /// The product.
        public let sku: String
        /// How much of it, as decimal digits.
        public let quantity: String
        /// The price of one unit.
        public let price: Int64
        /// Price × quantity.
        public let gross: Int64
        /// What the till itself took off.
        public let till: Int64
        /// What the line costs at least.
        public let floor: Int64
    }

    /// The rules' id.
    public let programme: String
    /// The rules' version.
    public let version: Int
    /// The rules' hash.
    public let hash: String
    /// The currency of all amounts.
    public let currency: String
    /// The customer's tier before this purchase; `nil` for a walk-in.
    public let tier: String?
    /// The lines as they came.
    public let lines: [Line]
    /// The promotions in the order in which they were tried.
    public internal(set) var promotions: [PromotionTrace] = []
    /// How points were spent.
    public internal(set) var spending: SpendingTrace?
    /// How points were earned; `nil` for a walk-in.
    public internal(set) var earning: EarningTrace?

    init(_ basket: [BasketLine], _ lines: [WorkingLine], programme: Programme, tier: Tier?) {
        self.programme = programme.id
        version = programme.version
        hash = programme.hash
        currency = programme.currency
        self.tier = tier?.name
        self.lines = zip(basket, lines).map { item, line in
            Line(
                sku: item.sku, quantity: item.quantity.decimalText, price: item.price.minorUnits, gross: line.gross,
                till: line.taken.first?.amount.minorUnits ?? 0, floor: line.floor)
        }
    }
}
