import LineProtocol
import Loyalty
import Retail

/// Answers "who is this customer" from memory, while the line is being handled.
struct Identification: Sendable {
    let directory: CustomerDirectory
    let programmes: Programmes
    let clock: any WallClock

    /// Writes the answer to IDENTIFY.
    func answer(_ body: FieldReader, for principal: Principal, to writer: ByteWriter) throws(Refusal) {
        guard let customer = try find(body), try write(customer, for: principal, to: writer) else {
            throw Refusal(.notFound, "no customer with this identifier is known")
        }
    }

    /// Writes a known customer as one object; false when the id leads to nobody.
    func write(
        _ customer: CustomerID, created: Bool? = nil, for principal: Principal, to writer: ByteWriter
    ) throws(Refusal) -> Bool {
        let programme = programmes.active
        let today = principal.calendar.date(at: clock.now())
        let found: Void? = try directory.read(customer) { facts in
            writer.beginObject()
            CustomerAnswer.writeMembers(of: facts, programme: programme, today: today, to: writer)
            writer.optionalField("created", created)
            writer.endObject()
        }
        return found != nil
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
