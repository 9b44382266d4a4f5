import LineProtocol
import Retail

/// Writes what IDENTIFY and ENROL say of a customer.
enum CustomerAnswer {
    /// Writes the members of the answer; the object's braces are the caller's.
    static func writeMembers(
        of facts: CustomerFacts, programme: ActiveProgramme, today: CalendarDate, to writer: ByteWriter
    ) {
        // The profile is a run of members that was written when the customer last changed.
        writer.rawValue(facts.profile)
        programme.writeStanding(turnover: facts.turnover, to: writer)
        writer.name("points")
        writer.beginObject()
        writer.field("available", facts.points)
        writer.field("held", 0)
        writer.field("pending", 0)
        writer.endObject()
        writer.field("birthday", isBirthday(facts, today))
        writer.name("offers")
        writer.beginArray()
        writer.endArray()
    }

    /// 29 February is kept on the 28th in years that have none.
    static func isBirthday(_ facts: CustomerFacts, _ today: CalendarDate) -> Bool {
        guard let birthday = facts.birthday else { return false }
        if Int(birthday.month) == today.month, Int(birthday.day) == today.day { return true }
        guard birthday.month == 2, birthday.day == 29, today.month == 2, today.day == 28 else { return false }
        return CalendarDate(year: today.year, month: 2, day: 29) == nil
    }
}
