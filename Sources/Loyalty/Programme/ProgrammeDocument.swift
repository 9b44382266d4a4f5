/// A loyalty programme as it stands in its file: every value read, but not checked as a whole yet.
///
/// Decodable from YAML or JSON by the caller's decoder; `Programme(validating:hash:)` checks it. Amounts are whole
/// minor units, rates and multipliers are basis points. Fields that are not known are refused with their path: a
/// misspelt `max_redem` must not quietly become the default.
public struct ProgrammeDocument: Decodable, Hashable, Sendable {
    /// A tier as written in the file.
    public struct TierDocument: Decodable, Hashable, Sendable {
        /// `name`.
        public var name: String
        /// `threshold`: net turnover in minor units.
        public var threshold: Int64
        /// `earn_rate`: basis points.
        public var earnRate: Int
    }

    /// `id`.
    public var id: String
    /// `version`.
    public var version: Int
    /// `currency`: an ISO 4217 code.
    public var currency: String
    /// `point_value`: minor units that a point is worth; 100 when not given.
    public var pointValue: Int64
    /// `tiers`, ascending from a threshold of 0.
    public var tiers: [TierDocument]
    /// `tier_window_days`: the turnover of so many days decides; of the whole life when not given.
    public var tierWindowDays: Int?
    /// `segments` whose customers have this programme; not given: everyone else.
    public var segments: [String]?
    /// `max_redeem`: the largest part of a line that points may pay, in basis points; 0 when not given.
    public var maxRedeem: Int
    /// `excluded_skus`: products without points.
    public var excludedSKUs: [String]
    /// `earn_exclude`: products that earn nothing.
    public var earnExclude: ProductSelection?
    /// `redeem_exclude`: products that points cannot pay.
    public var redeemExclude: ProductSelection?
    /// `min_prices`: minor units for one unit of a SKU.
    public var minimumPrices: [String: Int64]
    /// `activation_days`: how long earned points stay pending; 0 when not given.
    public var activationDays: Int
    /// `expiry_days`: how long points live once they can be spent; not given: for ever.
    public var expiryDays: Int?
    /// `hold_minutes`; 15 when not given.
    public var holdMinutes: Int
    /// `quote_lifetime_ms`; 900,000 (15 minutes) when not given.
    public var quoteLifetimeMilliseconds: Int64
    /// `welcome`.
    public var welcome: Welcome?
    /// `site_registration`.
    public var siteRegistration: SiteRegistration?
    /// `every_nth`.
    public var everyNth: EveryNth?
    /// `birthday`.
    public var birthday: Birthday?
    /// `thresholds`.
    public var thresholds: [Threshold]
    /// `promotions`.
    public var promotions: [PromotionDocument]
}

extension ProgrammeDocument {
    /// Reads the document; a missing field or one of another type is the decoder's error.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        id = try fields.value("id")
        version = try fields.value("version")
        currency = try fields.value("currency")
        pointValue = try fields.optional("point_value") ?? 100
        tiers = try fields.value("tiers")
        tierWindowDays = try fields.days("tier_window_days", from: 1)
        segments = try fields.texts("segments")
        maxRedeem = try fields.optional("max_redeem") ?? 0
        excludedSKUs = try fields.optional("excluded_skus") ?? []
        earnExclude = try fields.optional("earn_exclude")
        redeemExclude = try fields.optional("redeem_exclude")
        minimumPrices = try fields.optional("min_prices") ?? [:]
        activationDays = try fields.days("activation_days", from: 0) ?? 0
        expiryDays = try fields.expiryDays()
        holdMinutes = Int(
            try fields.optionalInteger("hold_minutes", in: 1...ProgrammeLimits.holdMinutesMaximum) ?? 15)
        quoteLifetimeMilliseconds = try fields.optional("quote_lifetime_ms") ?? 900_000
        welcome = try fields.optional("welcome")
        siteRegistration = try fields.optional("site_registration")
        everyNth = try fields.optional("every_nth")
        birthday = try fields.optional("birthday")
        thresholds =
            try fields.list("thresholds", of: Threshold.self, count: 0...ProgrammeLimits.thresholdsMaximum) ?? []
        promotions =
            try fields.list("promotions", of: PromotionDocument.self, count: 0...ProgrammeLimits.promotionsMaximum)
            ?? []
        try fields.refuseOthers()
    }
}

extension DocumentFields {
    fileprivate func days(_ name: String, from minimum: Int64) throws -> Int? {
        try optionalInteger(name, in: minimum...ProgrammeLimits.daysMaximum).map { Int($0) }
    }
}

extension ProgrammeDocument.TierDocument {
    /// Reads one tier.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        name = try fields.value("name")
        threshold = try fields.value("threshold")
        earnRate = try fields.value("earn_rate")
        try fields.refuseOthers()
    }
}
