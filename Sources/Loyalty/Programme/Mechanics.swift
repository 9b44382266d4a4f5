import Retail

/// Points on enrolment.
public struct Welcome: Hashable, Sendable {
    /// When welcome points can be spent.
    public enum Usability: String, CaseIterable, Sendable {
        /// At once.
        case atOnce = "at_once"
        /// From the moment after the first purchase.
        case afterFirstPurchase = "after_first_purchase"
    }

    /// How many.
    public let points: Int64
    /// From when on they can be spent.
    public let usable: Usability
    /// Days that they live; the programme's own when not given.
    public let expiryDays: Int?
}

/// Points given once, when the website reports the registration.
public struct SiteRegistration: Hashable, Sendable {
    /// How many.
    public let points: Int64
    /// Days that they live; the programme's own when not given.
    public let expiryDays: Int?
}

/// Every nth purchase gives points, a multiplied rate, or both.
public struct EveryNth: Hashable, Sendable {
    /// Purchases n, 2n, 3n and so on.
    public let n: Int64
    /// Points on top.
    public let points: Int64
    /// What the receipt's base points are multiplied by.
    public let multiplier: BasisPoints?
}

/// What the days around a birthday bring.
public struct Birthday: Hashable, Sendable {
    /// The days on which it applies.
    public let window: BirthdayWindow
    /// What the receipt's base points are multiplied by.
    public let multiplier: BasisPoints?
    /// Percent off all products, a promotion with the id `birthday`.
    public let discount: BasisPoints?
    /// The place of the discount among the promotions.
    public let priority: Int
    /// Points given once a year, when the customer is first seen within the window.
    public let giftPoints: Int64
    /// Days that the gift lives; the programme's own when not given.
    public let expiryDays: Int?

    /// The id under which the discount shows up.
    public static let promotionID = "birthday"
}

/// A receipt above an amount earns more; of several thresholds the highest that is reached applies.
public struct Threshold: Hashable, Sendable {
    /// From this total to pay on.
    public let amount: Money
    /// Points on top.
    public let points: Int64
    /// What the receipt's base points are multiplied by.
    public let multiplier: BasisPoints?
}

extension Welcome: Decodable {
    /// Reads the mechanic, checked.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        points = try fields.integer("points", in: 1...ProgrammeLimits.pointsMaximum)
        usable = try fields.choice("usable", of: Usability.self)
        expiryDays = try fields.expiryDays()
        try fields.refuseOthers()
    }
}

extension SiteRegistration: Decodable {
    /// Reads the mechanic, checked.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        points = try fields.integer("points", in: 1...ProgrammeLimits.pointsMaximum)
        expiryDays = try fields.expiryDays()
        try fields.refuseOthers()
    }
}

extension EveryNth: Decodable {
    /// Reads the mechanic, checked.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        n = try fields.integer("n", in: 1...ProgrammeLimits.pointsMaximum)
        points = try fields.extraPoints()
        multiplier = try fields.multiplier()
        try fields.refuseOthers()
        guard points > 0 || multiplier != nil else { throw fields.refusal("points", .givesNothing) }
    }
}

extension Birthday: Decodable {
    /// Reads the mechanic, checked.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        window = try BirthdayWindow(fields)
        multiplier = try fields.multiplier()
        discount = try fields.optionalRate("discount")
        priority = Int(try fields.optionalInteger("priority", in: Promotion.priorities) ?? Promotion.priorityDefault)
        giftPoints = try fields.optionalInteger("gift_points", in: 1...ProgrammeLimits.pointsMaximum) ?? 0
        expiryDays = try fields.expiryDays()
        try fields.refuseOthers()
    }
}

extension Threshold: Decodable {
    /// Reads the mechanic, checked.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        amount = try fields.money("amount")
        points = try fields.extraPoints()
        multiplier = try fields.multiplier()
        try fields.refuseOthers()
        guard points > 0 || multiplier != nil else { throw fields.refusal("points", .givesNothing) }
    }
}

extension DocumentFields {
    func expiryDays() throws -> Int? {
        try optionalInteger("expiry_days", in: 0...ProgrammeLimits.daysMaximum).map { Int($0) }
    }

    fileprivate func extraPoints() throws -> Int64 {
        try optionalInteger("points", in: 0...ProgrammeLimits.pointsMaximum) ?? 0
    }

    /// At least ×1: a mechanic gives more, never less.
    fileprivate func multiplier() throws -> BasisPoints? {
        try optionalRate("multiplier", in: BasisPoints.whole...ProgrammeLimits.multiplierMaximum)
    }
}
