import Retail

/// Where a quote is asked for.
public enum Channel: String, CaseIterable, Hashable, Sendable {
    /// At a till.
    case till
    /// In the store's app.
    case app
    /// On the website.
    case web

    /// Its place among all of them, from 0.
    var number: Int {
        switch self {
        case .till: 0
        case .app: 1
        case .web: 2
        }
    }
}

/// When a promotion applies. What is not given is no condition.
public struct Conditions: Hashable, Sendable {
    /// `from`.
    public var from: PeriodBound?
    /// `until`: a moment is outside of the period, a day inside.
    public var until: PeriodBound?
    /// `weekdays`.
    public var weekdays: Set<Weekday>?
    /// `hours`.
    public var hours: DayHours?
    /// `stores`.
    public var stores: Set<String>?
    /// `channels`.
    public var channels: Set<Channel>?
    /// `segments`.
    public var segments: Set<String>?
    /// `tiers`: the customer's tier before this purchase.
    public var tiers: [String]?
    /// `customer_required`.
    public var needsCustomer = false
    /// `first_purchase`: a customer who has not bought yet.
    public var isFirstPurchase = false
    /// `birthday`.
    public var birthday: BirthdayWindow?
    /// `minimum_amount` of the selected lines, as earlier promotions left them.
    public var minimumAmount: Money?
    /// `minimum_quantity` of the selected lines together.
    public var minimumQuantity: Quantity?
    /// `coupon`: the code that must be shown.
    public var coupon: String?
    /// `limit_per_customer`: how many receipts of one customer; a walk-in cannot be counted and has none.
    public var limitPerCustomer: Int64?
    /// `limit_total`: how many receipts of all customers.
    public var limitTotal: Int64?
    /// `customers`: a personal offer for these external ids.
    public var customers: Set<String>?

    /// No condition at all.
    public init() {}

    /// Whether no walk-in can meet the conditions.
    var excludesWalkIns: Bool {
        needsCustomer || isFirstPurchase || segments != nil || tiers != nil || birthday != nil || customers != nil
            || limitPerCustomer != nil
    }
}

extension Conditions: Decodable {
    /// Reads `when`, checked.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        from = try fields.optional("from")
        until = try fields.optional("until")
        weekdays = try fields.choices("weekdays", of: Weekday.self)
        hours = try fields.optional("hours")
        stores = try fields.texts("stores").map { Set($0) }
        channels = try fields.choices("channels", of: Channel.self)
        segments = try fields.texts("segments").map { Set($0) }
        tiers = try fields.texts("tiers")
        needsCustomer = try fields.flag("customer_required")
        isFirstPurchase = try fields.flag("first_purchase")
        birthday = try fields.optional("birthday")
        minimumAmount = try fields.optionalMoney("minimum_amount")
        minimumQuantity = try fields.optionalQuantity("minimum_quantity")
        coupon = try fields.optionalText("coupon")
        limitPerCustomer = try fields.optionalInteger("limit_per_customer", in: 1...ProgrammeLimits.pointsMaximum)
        limitTotal = try fields.optionalInteger("limit_total", in: 1...ProgrammeLimits.pointsMaximum)
        customers = try fields.texts("customers").map { Set($0) }
        try fields.refuseOthers()
        if let from, let until {
            // Judged on the most generous clock: a day begins up to 14 hours before and ends up to 12 after UTC's.
            let latestEnd = until.end(secondsFromUTC: -12 * 3_600)
            guard from.beginning(secondsFromUTC: 14 * 3_600) < latestEnd else {
                throw fields.refusal("until", .endsBeforeItBegins)
            }
        }
        if case (.day(let first)?, .day(let last)?) = (from, until), last < first {
            throw fields.refusal("until", .endsBeforeItBegins)
        }
    }
}

extension DocumentFields {
    /// A whole number, or decimal digits as text: a quantity never passes through floating point.
    package func optionalQuantity(_ name: String) throws -> Quantity? {
        guard has(name) else { return nil }
        let text: String
        if let whole = try? value(name, as: Int64.self) { text = String(whole) } else { text = try value(name) }
        guard let quantity = try? Quantity.parse(decimal: text), quantity > .zero else {
            throw refusal(name, .notAQuantity)
        }
        return quantity
    }
}
