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
    /// The promotions that are meant for this customer and have begun and not ended.
    ///
    /// - Parameters:
    ///   - external: the customer's id in the chain's own system.
    ///   - secondsFromUTC: the store's clock at that moment.
    public func personalPromotions(
        of external: String, at now: Instant, secondsFromUTC: Int
    ) -> [PersonalPromotion] {
        personal.of(external).compactMap { promotion in
            let conditions = promotion.conditions
            if let from = conditions.from, from.beginning(secondsFromUTC: secondsFromUTC) > now { return nil }
            let end = conditions.until?.end(secondsFromUTC: secondsFromUTC)
            if let end, end <= now { return nil }
            let lastDay = end.map { CalendarDate($0.adding(milliseconds: -1), secondsFromUTC: secondsFromUTC) }
            return PersonalPromotion(id: promotion.id, title: promotion.title, lastDay: lastDay)
        }
    }
}
