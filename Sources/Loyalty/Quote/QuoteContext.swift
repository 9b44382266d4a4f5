import Retail

/// Points of a customer that burn next.
public struct ExpiringPoints: Hashable, Sendable {
    /// How many.
    public var points: Int64
    /// The last day on which they can be spent.
    public var lastDay: CalendarDate

    /// Points and their last day.
    public init(points: Int64, lastDay: CalendarDate) {
        self.points = points
        self.lastDay = lastDay
    }
}

/// The customer of a quote: what promotions and mechanics may ask about a person.
public struct Shopper: Hashable, Sendable {
    /// Turnover and points.
    public var standing: Standing
    /// The id in the chain's own system, which personal offers name.
    public var external: String?
    /// The segment.
    public var segment: String?
    /// The day of birth.
    public var birthday: CalendarDate?
    /// How many sales there were before this one.
    public var purchases: Int64
    /// In how many earlier receipts of this customer each promotion was applied, by its id.
    public var promotionUses: [String: Int64]
    /// The points that burn next, for the display.
    public var expiring: ExpiringPoints?

    /// A customer, of whom nothing but the standing has to be known.
    public init(
        standing: Standing, external: String? = nil, segment: String? = nil, birthday: CalendarDate? = nil,
        purchases: Int64 = 0, promotionUses: [String: Int64] = [:], expiring: ExpiringPoints? = nil
    ) {
        self.standing = standing
        self.external = external
        self.segment = segment
        self.birthday = birthday
        self.purchases = purchases
        self.promotionUses = promotionUses
        self.expiring = expiring
    }
}

/// Where, when and for whom a basket is quoted. The rules read nothing else: no clock, no store.
public struct QuoteContext: Hashable, Sendable {
    /// The store.
    public var store: String
    /// Where the quote is asked for.
    public var channel: Channel
    /// The moment at which the rules are judged.
    public var at: Instant
    /// How far the store's clock is ahead of UTC at that moment.
    public var secondsFromUTC: Int
    /// The customer; `nil` for a walk-in.
    public var shopper: Shopper?
    /// The points that the customer asks to spend.
    public var spend: Int64
    /// The coupon codes that were shown.
    public var coupons: [String]
    /// In how many earlier receipts each promotion was applied, by its id.
    public var promotionTotals: [String: Int64]
    /// The language of the texts for the displays.
    public var language: Language

    /// A context; a walk-in at a till unless said otherwise.
    public init(
        store: String, channel: Channel = .till, at: Instant, secondsFromUTC: Int = 0, shopper: Shopper? = nil,
        spend: Int64 = 0, coupons: [String] = [], promotionTotals: [String: Int64] = [:],
        language: Language = .english
    ) {
        self.store = store
        self.channel = channel
        self.at = at
        self.secondsFromUTC = secondsFromUTC
        self.shopper = shopper
        self.spend = spend
        self.coupons = coupons
        self.promotionTotals = promotionTotals
        self.language = language
    }
}
