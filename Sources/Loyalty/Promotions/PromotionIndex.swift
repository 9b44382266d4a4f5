import Retail

/// Finds the promotions that could apply to a basket without looking at the others.
///
/// What it finds is a few too many, never too few: each is judged exactly when it is tried. The work grows with the
/// basket and with the promotions that could apply; a thousand others are sixteen words of bits.
///
/// A class for the reason for which ``PromotionBook`` is one.
final class PromotionIndex: Sendable {
    private let count: Int
    /// Promotions to which any line leads.
    private let everyProduct: PromotionSet
    /// By the number of a SKU, brand, tag or category.
    private let byProduct: [PromotionList?]
    private let periods: PeriodGate
    private let stores: PromotionTextGate
    private let channels: PromotionGate
    private let segments: PromotionTextGate
    private let tiers: PromotionTextGate
    private let weekdays: PromotionGate
    private let hours: PromotionGate
    private let coupons: PromotionTextGate
    private let customers: PromotionTextGate
    /// 1: for those who have a customer.
    private let withCustomer: PromotionGate

    /// - Parameters:
    ///   - promotions: in the order in which they are applied.
    ///   - symbols: how many numbers the products have.
    init(_ promotions: [Promotion], symbols: Int) {
        count = promotions.count
        var everyProduct = PromotionSet(count: count)
        var places = [[Int32]](repeating: [], count: symbols)
        for (place, promotion) in promotions.enumerated() {
            if let keys = promotion.keys {
                for key in keys { places[Int(key)].append(Int32(place)) }
            } else {
                everyProduct.insert(place)
            }
        }
        self.everyProduct = everyProduct
        byProduct = places.map { $0.isEmpty ? nil : PromotionList($0, of: promotions.count) }
        periods = PeriodGate(promotions)
        stores = PromotionTextGate(promotions) { $0.conditions.stores }
        channels = PromotionGate(promotions) { $0.conditions.channels?.map(\.number) }
        segments = PromotionTextGate(promotions) { $0.conditions.segments }
        tiers = PromotionTextGate(promotions) { $0.conditions.tiers }
        weekdays = PromotionGate(promotions) { PromotionIndex.weekdays($0.conditions)?.map(\.number) }
        hours = PromotionGate(promotions) { PromotionIndex.hours($0.conditions.hours) }
        coupons = PromotionTextGate(promotions) { $0.conditions.coupon.map { [$0] } }
        customers = PromotionTextGate(promotions) { $0.conditions.customers }
        withCustomer = PromotionGate(promotions) { $0.conditions.excludesWalkIns ? [1] : nil }
    }

    /// The days of the week, and for hours over midnight the mornings after them.
    private static func weekdays(_ conditions: Conditions) -> Set<Weekday>? {
        guard let weekdays = conditions.weekdays, conditions.hours?.isOverMidnight == true else {
            return conditions.weekdays
        }
        return weekdays.union(weekdays.map(\.next))
    }

    /// The hours of the day in which some minute is meant.
    private static func hours(_ hours: DayHours?) -> [Int]? {
        hours.map { hours in
            (0..<24).filter { hour in (0..<60).contains { hours.contains(minute: hour * 60 + $0) } }
        }
    }

    /// The promotions that could apply.
    func candidates(for marks: ProductMarks, in setting: QuoteSetting) -> PromotionSet {
        let shopper = setting.context.shopper
        var set = everyProduct
        for mark in marks.numbers { byProduct[Int(mark)]?.add(to: &set) }
        periods.narrow(&set, setting.time.instant)
        stores.narrow(&set, setting.context.store)
        channels.narrow(&set, setting.context.channel.number)
        segments.narrow(&set, shopper?.segment)
        tiers.narrow(&set, setting.tier?.name)
        weekdays.narrow(&set, setting.time.weekday.number)
        hours.narrow(&set, setting.time.minute / 60)
        coupons.narrow(&set, any: setting.context.coupons)
        customers.narrow(&set, shopper?.external)
        withCustomer.narrow(&set, shopper == nil ? 0 : 1)
        return set
    }
}
