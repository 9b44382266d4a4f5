import LineProtocol
import Loyalty
import Retail

/// What is known of a customer who stands in front of a seller, and what follows from it.
///
/// The rules are those of the protocol's specification, in its order: what has to be done comes before what could be said,
/// and what passes soon before what stays.
struct SellersView {
    struct Expiring {
        var points: Int64
        var lastDay: CalendarDate
    }

    /// A birthday within so many days is mentioned.
    private static let birthdayDays: Int64 = 7
    /// Points that burn within so many days are offered for spending.
    private static let burningDays: Int64 = 14
    /// A tier is near when not more than this part of its threshold is missing.
    private static let nearTierPart: Int64 = 10
    /// After so many days a customer has been away.
    private static let awayDays: Int64 = 30

    /// The day on the store's calendar.
    var today: CalendarDate
    /// Day and month count.
    var birthday: CalendarDate?
    /// The points that burn next.
    var expiring: Expiring?
    var tier: TierProgress
    /// What the first personal offer says.
    var offer: String?
    /// The day of the last sale.
    var lastSale: CalendarDate?
    /// Open orders in this store, the oldest first.
    var orders: [(key: OrderKey, state: OrderState)]

    /// The first rule that applies; nil when none does.
    func nextStep(_ texts: FloorTexts) -> NextStep? {
        orderStep(texts) ?? birthdayStep(texts) ?? burningStep(texts) ?? tierStep(texts) ?? offerStep(texts)
            ?? awayStep(texts)
    }

    private func orderStep(_ texts: FloorTexts) -> NextStep? {
        if let ready = orders.first(where: { [.ready, .paid].contains($0.state) }) {
            return NextStep(id: "hand_over", text: texts.handOver(ready.key.order), order: ready.key)
        }
        let unfinished: [OrderState] = [.new, .delivered, .accepted, .picking]
        guard let order = orders.first(where: { unfinished.contains($0.state) }) else { return nil }
        return NextStep(id: "finish_order", text: texts.finish(order.key.order), order: order.key)
    }

    private func birthdayStep(_ texts: FloorTexts) -> NextStep? {
        guard let birthday, let next = nextBirthday(birthday) else { return nil }
        let days = next.daysSinceEpoch - today.daysSinceEpoch
        guard days <= Self.birthdayDays else { return nil }
        return NextStep(id: "birthday", text: days == 0 ? texts.birthdayToday : texts.birthday(on: next))
    }

    /// The birthday that comes next, today's included; 29 February is kept on the 28th in years that have none.
    private func nextBirthday(_ birthday: CalendarDate) -> CalendarDate? {
        [today.year, today.year + 1].lazy.compactMap { year in
            CalendarDate(year: year, month: birthday.month, day: birthday.day)
                ?? CalendarDate(year: year, month: birthday.month, day: birthday.day - 1)
        }.first { $0 >= today }
    }

    private func burningStep(_ texts: FloorTexts) -> NextStep? {
        guard let expiring, expiring.lastDay.daysSinceEpoch - today.daysSinceEpoch <= Self.burningDays else {
            return nil
        }
        return NextStep(id: "burning_points", text: texts.burning(expiring.points, expiring.lastDay))
    }

    private func tierStep(_ texts: FloorTexts) -> NextStep? {
        guard let next = tier.next, let missing = tier.missing,
            missing.minorUnits <= next.threshold.minorUnits / Self.nearTierPart
        else { return nil }
        return NextStep(id: "next_tier", text: texts.nextTier(next.name, missing))
    }

    private func offerStep(_ texts: FloorTexts) -> NextStep? {
        offer.map { NextStep(id: "offer", text: texts.offer($0)) }
    }

    private func awayStep(_ texts: FloorTexts) -> NextStep? {
        guard let lastSale, today.daysSinceEpoch - lastSale.daysSinceEpoch > Self.awayDays else { return nil }
        return NextStep(id: "welcome_back", text: texts.welcomeBack(lastSale))
    }
}
