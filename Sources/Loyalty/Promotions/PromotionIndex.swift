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
    private let stores: PromotionGate<String>
    private let channels: PromotionGate<Channel>
    private let segments: PromotionGate<String>
    private let tiers: PromotionGate<String>
    private let weekdays: PromotionGate<Weekday>
    private let hours: PromotionGate<Int>
    private let coupons: PromotionGate<String>
    private let customers: PromotionGate<String>
    private let withCustomer: PromotionGate<Bool>

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
        stores = PromotionGate(promotions) { $0.conditions.stores }
        channels = PromotionGate(promotions) { $0.conditions.channels }
        segments = PromotionGate(promotions) { $0.conditions.segments }
        tiers = PromotionGate(promotions) { $0.conditions.tiers }
        weekdays = PromotionGate(promotions) { PromotionIndex.weekdays($0.conditions) }
        hours = PromotionGate(promotions) { PromotionIndex.hours($0.conditions.hours) }
        coupons = PromotionGate(promotions) { $0.conditions.coupon.map { [$0] } }
        customers = PromotionGate(promotions) { $0.conditions.customers }
        withCustomer = PromotionGate(promotions) { $0.conditions.excludesWalkIns ? [true] : nil }
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
    func candidates(for lines: [WorkingLine], in context: QuoteContext, at time: StoreTime, tier: Tier?) -> PromotionSet
    {
        var set = everyProduct
        for line in lines {
            for mark in line.marks { byProduct[Int(mark)]?.add(to: &set) }
        }
        periods.narrow(&set, time.instant)
        stores.narrow(&set, CollectionOfOne(context.store))
        channels.narrow(&set, CollectionOfOne(context.channel))
        segments.narrow(&set, [context.shopper?.segment].compactMap { $0 })
        tiers.narrow(&set, [tier?.name].compactMap { $0 })
        weekdays.narrow(&set, CollectionOfOne(time.weekday))
        hours.narrow(&set, CollectionOfOne(time.minute / 60))
        coupons.narrow(&set, context.coupons)
        customers.narrow(&set, [context.shopper?.external].compactMap { $0 })
        withCustomer.narrow(&set, CollectionOfOne(context.shopper != nil))
        return set
    }
}
