import Retail

/// One line of a quoted basket.
public struct QuoteReplyLine: MessageBody {
    /// The line of the basket, counted from 1.
    public var line: Int
    /// What the line costs in the end.
    public var amount: Money
    /// What was taken off it, by whom.
    public var taken: [LineDiscount]
    /// The points that it would earn.
    public var earned: Int64
    /// The points that it would cost.
    public var spent: Int64

    /// Makes a line.
    public init(line: Int, amount: Money, taken: [LineDiscount], earned: Int64, spent: Int64 = 0) {
        self.line = line
        self.amount = amount
        self.taken = taken
        self.earned = earned
        self.spent = spent
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        line = Int(try fields.integer("line", in: 1...Int64(ProtocolLimits.basketLines)))
        amount = try fields.money("amount")
        taken = try fields.array("taken", limit: ProtocolLimits.jsonObjectMembers) { taken throws(FieldError) in
            LineDiscount(
                origin: try taken.idText("origin"), id: try taken.optionalIDText("id"),
                amount: try taken.money("amount"))
        }
        earned = try fields.points("earned")
        spent = try fields.points("spent")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("line", line)
        writer.field("amount", amount)
        writer.field("taken", taken)
        writer.field("earned", earned)
        writer.field("spent", spent)
    }
}

/// A text for a display at the till.
public struct DisplayMessage: MessageBody {
    /// Who reads it.
    public enum Audience: String, CaseIterable, Sendable {
        /// The cashier.
        case cashier
        /// The customer.
        case customer
    }

    /// Who reads it.
    public var audience: Audience
    /// What it says.
    public var text: String

    /// Makes a message.
    public init(to audience: Audience, text: String) {
        self.audience = audience
        self.text = text
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        audience = try fields.choice("to")
        text = try fields.text("text", min: 0, max: ProtocolLimits.noteCharacters)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("to", audience.rawValue)
        writer.field("text", text)
    }
}

/// Which rules were applied: with these three anyone can compute the quote again.
public struct RuleSetReference: MessageBody {
    /// The programme.
    public var id: String
    /// Its version.
    public var version: Int
    /// The hash of its content.
    public var hash: String

    /// Names a set of rules.
    public init(id: String, version: Int, hash: String) {
        self.id = id
        self.version = version
        self.hash = hash
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        id = try fields.idText("id")
        version = try fields.count("version")
        hash = try fields.text("hash", max: 128)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("id", id)
        writer.field("version", version)
        writer.field("hash", hash)
    }
}

extension ByteWriter {
    /// Writes a member that is a list of what was taken off a line.
    func field(_ name: StaticString, _ discounts: [LineDiscount]) {
        self.name(name)
        beginArray()
        for discount in discounts {
            beginObject()
            field("origin", discount.origin)
            optionalField("id", discount.id)
            field("amount", discount.amount)
            endObject()
        }
        endArray()
    }
}
