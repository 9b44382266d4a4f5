import LineProtocol
import Loyalty
import Retail

/// Answers "who is this customer" from memory, while the line is being handled.
struct Identification: Sendable {
    let directory: CustomerDirectory
    let programmes: Programmes
    let promotionTotals: PromotionTotals
    let clock: any WallClock

    /// Writes the answer to IDENTIFY; false when the message leads to nobody.
    func answer(_ body: FieldReader, for principal: Principal, to writer: ByteWriter) throws(Refusal) -> Bool {
        guard let customer = try find(body) else { return false }
        return try write(customer, for: principal, to: writer)
    }

    /// Writes a known customer as one object; false when the id leads to nobody.
    func write(
        _ customer: CustomerID, created: Bool? = nil, for principal: Principal, to writer: ByteWriter
    ) throws(Refusal) -> Bool {
        let active = programmes.active
        let clock = principal.calendar.clock(at: clock.now())
        let found: Void? = try directory.read(customer, at: clock) { facts in
            writer.beginObject()
            let programme = active.programme(forSegment: facts.segment)
            CustomerAnswer.writeMembers(
                of: facts, programme: programme,
                in: CustomerAnswer.Place(store: principal.store, clock: clock, promotionTotals: promotionTotals),
                to: writer)
            writer.optionalField("created", created)
            writer.endObject()
        }
        return found != nil
    }

    /// The answer to a request that waited for the disk.
    func answer(_ customer: CustomerID, created: Bool? = nil, for principal: Principal) throws(Refusal) -> [UInt8] {
        let writer = ByteWriter(capacity: 512)
        guard try write(customer, created: created, for: principal, to: writer) else {
            throw Refusal(.internal, "the customer \(customer.text) was stored and cannot be read")
        }
        return Array(writer.bytes)
    }

    /// The customer whom the message means, when a birthday's gift is due that the books do not have yet.
    func customerDueForGift(_ body: FieldReader, for principal: Principal) throws(Refusal) -> CustomerID? {
        let active = programmes.active
        guard active.hasBirthdayGifts, let customer = try find(body) else { return nil }
        let clock = principal.calendar.clock(at: clock.now())
        let due: CustomerID?? = try directory.read(customer, at: clock) { facts in
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
        // A scanned card comes alone and in its stored form: no string has to be made of it.
        if body.object.count == 1, let card = body.value("card")?.plainUTF8, Self.isNormalisedCard(card) {
            return try directory.customer(.card, card)
        }
        let message: Identify
        do { message = try Identify(body) } catch { throw Refusal(error) }
        switch message.subject {
        case .identifier(let identifier): return try directory.customer(identifier)
        case .customer(let customer): return customer
        }
    }

    private static func isNormalisedCard(_ value: UnsafeRawBufferPointer) -> Bool {
        (4...32).contains(value.count) && value.allSatisfy(isAlphanumeric)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }
}
