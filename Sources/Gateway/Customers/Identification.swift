import LineProtocol
import Loyalty
import Retail

/// Answers "who is this customer" from memory, while the line is being handled.
///
/// A class, although nothing in it changes: a request that copied its members would count references to each of them, and
/// the counts are shared by all loops.
final class Identification: Sendable {
    let directory: CustomerDirectory
    let programmes: Programmes
    let promotionTotals: PromotionTotals
    private let clock: any WallClock

    init(
        directory: CustomerDirectory, programmes: Programmes, promotionTotals: PromotionTotals, clock: any WallClock
    ) {
        self.directory = directory
        self.programmes = programmes
        self.promotionTotals = promotionTotals
        self.clock = clock
    }

    /// Writes the answer to IDENTIFY; false when the message leads to nobody.
    ///
    /// - Parameter active: the programmes in force.
    func answer(
        _ body: FieldReader, by active: ActiveProgrammes, for principal: Principal, to writer: ByteWriter
    ) throws(Refusal) -> Bool {
        guard let customer = try find(body) else { return false }
        return try write(customer, by: active, for: principal, to: writer)
    }

    /// Writes a known customer as one object; false when the id leads to nobody.
    private func write(
        _ customer: CustomerID, created: Bool? = nil, by active: ActiveProgrammes, for principal: Principal,
        to writer: ByteWriter
    ) throws(Refusal) -> Bool {
        let clock = principal.calendar.clock(at: clock.now())
        let found: Void? = try directory.read(customer, at: clock, generation: active.generation) { facts in
            writer.beginObject()
            let programme = active.programme(forSegment: facts.segment)
            CustomerAnswer.writeMembers(
                of: facts, programme: programme, for: principal, at: clock, promotionTotals: promotionTotals,
                to: writer)
            writer.optionalField("created", created)
            writer.endObject()
        }
        return found != nil
    }

    /// The answer to a request that waited for the disk.
    func answer(_ customer: CustomerID, created: Bool? = nil, for principal: Principal) throws(Refusal) -> [UInt8] {
        let writer = ByteWriter(capacity: 512)
        guard try write(customer, created: created, by: programmes.active, for: principal, to: writer) else {
            throw Refusal(.internal, "the customer \(customer.text) was stored and cannot be read")
        }
        return Array(writer.bytes)
    }

    /// The customer whom the message means, when a birthday's gift is due that the books do not have yet.
    func customerDueForGift(_ body: FieldReader, for principal: Principal) throws(Refusal) -> CustomerID? {
        let active = programmes.active
        guard active.hasBirthdayGifts, let customer = try find(body) else { return nil }
        let clock = principal.calendar.clock(at: clock.now())
        let due: CustomerID?? = try directory.read(customer, at: clock, generation: active.generation) { facts in
            guard let birthday = facts.birthdate else { return nil }
            let gift = active.programme(forSegment: facts.segment).programme.birthdayGrant(
                birthday: birthday, lastGiftYear: facts.standing.giftYear == 0 ? nil : Int(facts.standing.giftYear),
                at: clock.now, zone: clock.zone)
            return gift == nil ? nil : facts.id
        }
        return due ?? nil
    }

    /// The customer that the one identifier in the message leads to; nil when it leads to nobody.
    private func find(_ body: FieldReader) throws(Refusal) -> CustomerID? {
        // A scanned card comes alone and in its stored form, which leads to a customer as it is: no string has to be made
        // of it. What is found nowhere is looked at more closely.
        if body.object.count == 1, let card = body.value("card")?.plainUTF8, card.count <= Self.cardBytesMaximum,
            let customer = try directory.customer(.card, card)
        {
            return customer
        }
        let message: Identify
        do { message = try Identify(body) } catch { throw Refusal(error) }
        switch message.subject {
        case .identifier(let identifier): return try directory.customer(identifier)
        case .customer(let customer): return customer
        }
    }

    /// The longest card in its stored form.
    private static let cardBytesMaximum = 32
}
