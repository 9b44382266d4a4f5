import LineProtocol
import Loyalty
import Retail

/// Writes what IDENTIFY and ENROL say of a customer.
enum CustomerAnswer {
    /// Writes the members of the answer; the object's braces are the caller's.
    static func writeMembers(
        of facts: CustomerFacts, programme: ActiveProgramme, for principal: Principal, at clock: StoreClock,
        promotionTotals: PromotionTotals, to writer: ByteWriter
    ) {
        // The profile is a run of members that was written when the customer last changed.
        writer.rawValue(facts.profile)
        programme.writeStanding(turnover: facts.standing.turnover, to: writer)
        writer.name("points")
        writer.beginObject()
        writePoints(of: facts.standing, at: clock, to: writer)
        writer.endObject()
        writer.field("birthday", isBirthday(facts.birthday, clock.today))
        writer.name("offers")
        writer.beginArray()
        // Asked here, where nothing of the programme has to be copied for it.
        if programme.programme.needs.external, !facts.external.isEmpty {
            writeOffers(
                to: facts, programme.programme, for: principal, at: clock, promotionTotals: promotionTotals, to: writer)
        }
        writer.endArray()
    }

    private static func writePoints(of standing: LoyaltyStanding, at clock: StoreClock, to writer: ByteWriter) {
        writer.field("available", standing.available)
        writer.field("held", standing.held)
        writer.field("pending", standing.pending)
        if standing.debt > 0 { writer.field("debt", standing.debt) }
        guard standing.expiring > 0 else { return }
        writer.name("expiring")
        writer.beginObject()
        writer.field("points", standing.expiring)
        writer.field("on", standing.lastDay(secondsFromUTC: clock.secondsFromUTC).iso)
        writer.endObject()
    }

    private static func writeOffers(
        to facts: CustomerFacts, _ programme: Programme, for principal: Principal, at clock: StoreClock,
        promotionTotals: PromotionTotals, to writer: ByteWriter
    ) {
        let offers = programme.personalPromotions(
            of: Shopper(facts, needs: programme.needs, at: clock),
            in: QuoteContext(
                store: principal.store, at: clock.now, secondsFromUTC: clock.secondsFromUTC,
                promotionTotals: promotionTotals.all))
        for offer in offers.prefix(ProtocolLimits.offers) {
            PersonalOffer(id: offer.id, text: offer.title, until: offer.lastDay).write(to: writer)
        }
    }

    /// 29 February is kept on the 28th in years that have none.
    static func isBirthday(_ birthday: (month: UInt8, day: UInt8)?, _ today: CalendarDate) -> Bool {
        guard let birthday else { return false }
        if Int(birthday.month) == today.month, Int(birthday.day) == today.day { return true }
        guard birthday.month == 2, birthday.day == 29, today.month == 2, today.day == 28 else { return false }
        return CalendarDate(year: today.year, month: 2, day: 29) == nil
    }
}

extension LoyaltyStanding {
    /// The last day on which the points that burn next can be spent.
    func lastDay(secondsFromUTC: Int) -> CalendarDate {
        // Points burn at midnight in the store; half a day before it is the last day, whether it is summer time then or now.
        CalendarDate(expiresAt.adding(milliseconds: -12 * 3_600_000), secondsFromUTC: secondsFromUTC)
    }
}
