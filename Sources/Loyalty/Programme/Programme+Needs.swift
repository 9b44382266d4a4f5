import Retail

/// What a programme asks about customers beyond turnover and points: what is not asked need not be looked up.
public struct ProgrammeNeeds: Hashable, Sendable {
    /// Some promotion is limited in the number of receipts of one customer.
    public let customerUses: Bool
    /// The promotions that are limited in the number of receipts of all customers.
    public let totals: Set<String>
    /// Some promotion is meant for single customers.
    public let external: Bool

    /// The ids of all promotions.
    public let promotions: Set<String>

    init(_ promotions: [Promotion]) {
        self.promotions = Set(promotions.map(\.id))
        customerUses = promotions.contains { $0.conditions.limitPerCustomer != nil }
        totals = Set(promotions.filter { $0.conditions.limitTotal != nil }.map(\.id))
        external = promotions.contains { $0.conditions.customers != nil }
    }
}

/// A promotion that is meant for one customer, as it is told at the till.
public struct PersonalPromotion: Hashable, Sendable {
    /// The promotion's id.
    public let id: String
    /// Its name, or its id when it has none.
    public let title: String
    /// The last day on which it applies, on the store's calendar; `nil`: open.
    public let lastDay: CalendarDate?
}

/// Personal promotions by the external id of the customer whom they are for.
struct PersonalPromotions: Sendable {
    private let byCustomer: [String: [Promotion]]

    init(_ promotions: [Promotion]) {
        var byCustomer: [String: [Promotion]] = [:]
        for promotion in promotions {
            for customer in promotion.conditions.customers ?? [] { byCustomer[customer, default: []].append(promotion) }
        }
        self.byCustomer = byCustomer
    }

    func of(_ external: String) -> [Promotion] { byCustomer[external] ?? [] }
}

extension Programme {
    /// The promotions that are meant for this customer and that the next visit to this store could use: they have begun and
    /// not ended, and are for the store, the customer's segment and tier, and not used up. Weekdays, hours, coupons and the
    /// basket are not looked at.
    ///
    /// - Parameters:
    ///   - shopper: a customer whose id in the chain's own system is known.
    ///   - context: where and when, and the uses of all customers; its own customer is not looked at.
    public func personalPromotions(of shopper: Shopper, in context: QuoteContext) -> [PersonalPromotion] {
        guard let external = shopper.external else { return [] }
        let tier = Loyalty.tier(for: shopper.standing.turnover, in: self)
        return personal.of(external).compactMap { promotion in
            let conditions = promotion.conditions
            guard conditions.isOpen(to: shopper, tier: tier, in: context, id: promotion.id) else { return nil }
            let lastDay = conditions.until?.end(secondsFromUTC: context.secondsFromUTC).adding(milliseconds: -1)
            return PersonalPromotion(
                id: promotion.id, title: promotion.title,
                lastDay: lastDay.map { CalendarDate($0, secondsFromUTC: context.secondsFromUTC) })
        }
    }
}

extension Conditions {
    fileprivate func isOpen(to shopper: Shopper, tier: Tier, in context: QuoteContext, id: String) -> Bool {
        let offset = context.secondsFromUTC
        if let from, from.beginning(secondsFromUTC: offset) > context.at { return false }
        if let until, until.end(secondsFromUTC: offset) <= context.at { return false }
        if let stores, !stores.contains(context.store) { return false }
        if let segments, !(shopper.segment.map(segments.contains) ?? false) { return false }
        if let tiers, !tiers.contains(tier.name) { return false }
        if isFirstPurchase, shopper.purchases > 0 { return false }
        if let limitPerCustomer, shopper.promotionUses[id, default: 0] >= limitPerCustomer { return false }
        if let limitTotal, context.promotionTotals[id, default: 0] >= limitTotal { return false }
        return true
    }
}
