import Retail

/// What the programme needs to know of a customer.
public struct Standing: Hashable, Sendable {
    /// Purchases minus returns before this basket.
    public var turnover: Money
    /// Points that can be spent now: active lots less what is held.
    public var pointsAvailable: Int64

    /// A customer's standing.
    public init(turnover: Money, pointsAvailable: Int64) {
        self.turnover = turnover
        self.pointsAvailable = pointsAvailable
    }
}

/// An amount that was taken off a line, and who took it.
public struct Taken: Hashable, Sendable {
    /// Who takes something off a line.
    public enum Origin: String, CaseIterable, Sendable {
        /// The till itself (price changed by the cashier, damaged goods).
        case till
        /// A promotion.
        case promotion
        /// Points that the customer spends.
        case points
    }

    /// Who took it.
    public let origin: Origin
    /// Which of that origin, for example the promotion's id.
    public let id: String?
    /// The amount, more than zero.
    public let amount: Money
}

/// One line of a quote.
public struct QuotedLine: Hashable, Sendable {
    /// What is left to pay.
    public let amount: Money
    /// What was taken off price × quantity, in the order in which it was taken.
    public let taken: [Taken]
    /// Points that the line would earn: its part of the base points and of all extra points, which a return reverses.
    public let earned: Int64
    /// Points that the line would cost: its part of the points spent.
    public let spent: Int64
}

/// Points beyond the base points of a receipt, and who gives them.
public struct ExtraPoints: Hashable, Sendable, Codable {
    /// Who gives points beyond the tier's rate.
    public enum Origin: String, CaseIterable, Sendable, Codable {
        /// A promotion.
        case promotion
        /// The number of the purchase.
        case everyNth = "every_nth"
        /// The days around the birthday.
        case birthday
        /// The size of the receipt.
        case threshold
    }

    /// Who gives them.
    public let origin: Origin
    /// Which promotion.
    public let id: String?
    /// How many, rounded down.
    public let points: Int64
}

/// A promotion that was applied; a receipt that follows the quote counts as one use of it.
public struct AppliedPromotion: Hashable, Sendable {
    /// The promotion's id.
    public let id: String
    /// The name as shown to people.
    public let name: String?
    /// What it took off the lines.
    public let amount: Money
    /// The points that it gives.
    public internal(set) var points: Int64 = 0
}

/// A line of text for a display.
public struct Message: Hashable, Sendable {
    /// Whose display.
    public enum Audience: String, CaseIterable, Sendable {
        /// The cashier's.
        case cashier
        /// The customer's.
        case customer
    }

    /// Whose display.
    public let audience: Audience
    /// The text in the language that was asked for.
    public let text: String
}

/// What a basket would cost and bring, without any effect.
public struct Quote: Hashable, Sendable {
    /// The lines, in the order of the basket.
    public let lines: [QuotedLine]
    /// Price × quantity of all lines, before anything was taken off.
    public let subtotal: Money
    /// Everything that was taken off, points included.
    public let discount: Money
    /// What is left to pay: subtotal less discount.
    public let total: Money
    /// Points that the customer has to spend.
    public let available: Int64
    /// Points that could be spent on this basket at most.
    public let spendable: Int64
    /// Points that would be spent: what was asked for, but no more than `spendable`.
    public let spent: Int64
    /// Points that would be earned, extra points included.
    public let earned: Int64
    /// Points that the tier's rate gives.
    public let base: Int64
    /// Points that promotions and mechanics give on top, each on its own.
    public let extra: [ExtraPoints]
    /// The promotions that were applied, in their order.
    public let promotions: [AppliedPromotion]
    /// Products that are a gift, if they are put into the basket.
    public let missingGifts: [String]
    /// The customer's tier now, which this basket is rated by.
    public let tier: Tier?
    /// The tier after this purchase; it counts from the next receipt.
    public let tierAfter: Tier?
    /// What would be missing to the next tier after this purchase; `nil` at the top, and without a customer.
    public let missingToNextTier: Money?
    /// Texts for the displays.
    public let messages: [Message]
    /// The rules that were applied.
    public let rules: RuleSet
    /// Until when the quote holds.
    public let validUntil: Instant
}

/// Why a basket cannot be quoted. Lines are counted from 0, as in the fields of error replies.
public enum QuoteError: Error, Hashable, Sendable {
    /// A quantity that is not more than zero.
    case quantityNotPositive(line: Int)
    /// A price below zero.
    case priceNegative(line: Int)
    /// A discount below zero.
    case discountNegative(line: Int)
    /// Fewer than no points to spend.
    case spendNegative
    /// An amount leaves 64 bits; `nil` when it is a sum and not a line.
    case overflow(line: Int?)

    /// The field of the request that is to blame, for example `lines[3].price`.
    public var field: String {
        switch self {
        case .quantityNotPositive(let line): "lines[\(line)].quantity"
        case .priceNegative(let line): "lines[\(line)].price"
        case .discountNegative(let line): "lines[\(line)].discount"
        case .spendNegative: "spend"
        case .overflow(let line?): "lines[\(line)]"
        case .overflow(nil): "lines"
        }
    }

    /// The reason in words.
    public var reason: String {
        switch self {
        case .quantityNotPositive: "is not more than zero"
        case .priceNegative, .discountNegative, .spendNegative: "is less than zero"
        case .overflow: "the amount does not fit into 64 bits"
        }
    }
}
