import LineProtocol
import Loyalty
import Retail

/// Writes what IDENTIFY and ENROL say of a customer.
enum CustomerAnswer {
    /// Writes the members of the answer; the object's braces are the caller's.
    static func writeMembers(
        of facts: CustomerFacts, programme: ActiveProgramme, at clock: StoreClock, to writer: ByteWriter
    ) {
        // The profile is a run of members that was written when the customer last changed.
        writer.rawValue(facts.profile)
        programme.writeStanding(turnover: facts.standing.turnover, to: writer)
        writer.name("points")
        writer.beginObject()
        writePoints(of: facts.standing, at: clock, to: writer)
        writer.endObject()
        writer.field("birthday", isBirthday(facts, clock.today))
        writer.name("offers")
        writer.beginArray()
        writeOffers(to: facts.external, programme.programme, at: clock, to: writer)
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
        to external: UnsafeRawBufferPointer, _ programme: Programme, at clock: StoreClock, to writer: ByteWriter
    ) {
        guard programme.needs.external, !external.isEmpty else { return }
        let offers = programme.personalPromotions(
            of: String(decoding: external, as: UTF8.self), at: clock.now, secondsFromUTC: clock.secondsFromUTC)
        for offer in offers.prefix(ProtocolLimits.jsonObjectMembers) {
            PersonalOffer(id: offer.id, text: offer.title, until: offer.lastDay).write(to: writer)
        }
    }

    /// 29 February is kept on the 28th in years that have none.
    static func isBirthday(_ facts: CustomerFacts, _ today: CalendarDate) -> Bool {
        guard let birthday = facts.birthday else { return false }
        if Int(birthday.month) == today.month, Int(birthday.day) == today.day { return true }
        guard birthday.month == 2, birthday.day == 29, today.month == 2, today.day == 28 else { return false }
        return CalendarDate(year: today.year, month: 2, day: 29) == nil
    }
}

extension LoyaltyStanding {
    /// The last day on which the points that burn next can be spent.
    func lastDay(secondsFromUTC: Int) -> CalendarDate {
        CalendarDate(expiresAt.adding(milliseconds: -1), secondsFromUTC: secondsFromUTC)
    }
}
