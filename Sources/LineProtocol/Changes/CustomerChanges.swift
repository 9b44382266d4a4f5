import Retail

/// What a partial record says of one field.
public enum FieldChange<Value: Hashable & Sendable>: Hashable, Sendable {
    /// Nothing: the field is absent.
    case unchanged
    /// There is none any more: the field is null.
    case removed
    /// This.
    case set(Value)

    /// The value after the change.
    ///
    /// - Parameter isFull: whether the record says everything there is, so that what it does not name is not there.
    public func applied(to known: Value?, isFull: Bool) -> Value? {
        switch self {
        case .unchanged: isFull ? nil : known
        case .removed: nil
        case .set(let value): value
        }
    }
}

/// A change of type `customer`, and the answer to a question for one customer: what upstream knows of a person.
public struct CustomerChange: MessageBody {
    /// What a customer who is new to the gateway begins with.
    public struct Opening: MessageBody {
        /// Points that can be spent.
        public var points: Int64
        /// Purchases minus returns so far.
        public var turnover: Money
        /// Corrections up to this moment are in the balance already.
        public var asOf: Instant

        /// A balance.
        public init(points: Int64, turnover: Money = .zero, asOf: Instant) {
            self.points = points
            self.turnover = turnover
            self.asOf = asOf
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            points = try fields.optionalPoints("points") ?? 0
            turnover = try fields.optionalNonNegativeMoney("turnover") ?? .zero
            asOf = try fields.instant("as_of")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("points", points)
            writer.field("turnover", turnover)
            writer.field("as_of", asOf)
        }
    }

    /// The id in upstream.
    public var external: String
    /// What else leads to the person, normalised; identifiers are added and moved, never taken away.
    public var identifiers: [CustomerIdentifier]
    /// Whether the fields that are absent are empty upstream; else they are not spoken of.
    public var isFull: Bool
    /// The name as it may be shown on a till.
    public var name: FieldChange<String>
    /// The segment, which chooses the programme.
    public var segment: FieldChange<String>
    /// The date of birth.
    public var birthday: FieldChange<CalendarDate>
    /// All consents.
    public var consents: FieldChange<[String]>
    /// The balance of a customer who is new here.
    public var opening: Opening?

    /// A record of which only the id is known.
    public init(external: String, identifiers: [CustomerIdentifier] = [], isFull: Bool = false) {
        self.external = external
        self.identifiers = identifiers
        self.isFull = isFull
        name = .unchanged
        segment = .unchanged
        birthday = .unchanged
        consents = .unchanged
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        external = try fields.idText("external")
        identifiers = []
        if let list = fields.value("identifiers") {
            try fields.checkList(list, limit: ProtocolLimits.changeIdentifiers)
            for element in list.elements {
                let identifier = try fields.reader(element).typedIdentifier()
                // The external id has its own field; another of them would be another person.
                guard identifier.kind != .external else { throw fields.bad(element, "external is a field of its own") }
                if !identifiers.contains(identifier) { identifiers.append(identifier) }
            }
        }
        isFull = try fields.optionalBool("full") ?? false
        name = try fields.change("name") { reader throws(FieldError) in try reader.nameText("name") }
        segment = try fields.change("segment") { reader throws(FieldError) in try reader.idText("segment") }
        birthday = try fields.change("birthday") { reader throws(FieldError) in try reader.day("birthday") }
        consents = try fields.change("consents") { reader throws(FieldError) in
            try reader.optionalIDTextArray("consents", limit: ProtocolLimits.consents) ?? []
        }
        opening = try fields.optionalBody("opening")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("external", external)
        if isFull { writer.field("full", true) }
        if !identifiers.isEmpty {
            writer.name("identifiers")
            writer.beginArray()
            for identifier in identifiers {
                writer.beginObject()
                writer.field("kind", identifier.kind.rawValue)
                writer.field("value", identifier.value)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.change("name", name) { writer.field("name", $0) }
        writer.change("segment", segment) { writer.field("segment", $0) }
        writer.change("birthday", birthday) { writer.field("birthday", $0.iso) }
        writer.change("consents", consents) { writer.field("consents", $0) }
        writer.optionalField("opening", opening)
    }
}

/// A change of type `customer.merged`: two records upstream are one person.
public struct CustomerMergedChange: MessageBody {
    /// The id that goes on working and leads to the other.
    public var from: String
    /// The id of the person who goes on.
    public var into: String

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        from = try fields.idText("from")
        into = try fields.idText("into")
        guard from != into else { throw fields.bad("into", "is the same customer") }
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("from", from)
        writer.field("into", into)
    }
}

/// A change of type `points`: a correction, which becomes an entry of its own in the ledger.
public struct PointsChange: MessageBody {
    /// The customer's id in upstream.
    public var customer: String
    /// What the balance gains; below zero: loses.
    public var points: Int64
    /// What the turnover that counts for tiers gains; below zero: loses.
    public var turnover: Money
    /// Why, for people.
    public var reason: String
    /// The receipt that it is about.
    public var receipt: ReceiptKey?
    /// From when on points that come in can be spent; at once if absent.
    public var activeFrom: Instant?
    /// When points that come in burn; as the programme says if absent.
    public var expiresAt: Instant?

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        customer = try fields.idText("customer")
        points = fields.value("points") == nil ? 0 : try fields.points("points")
        turnover = try fields.optionalMoney("turnover") ?? .zero
        guard points != 0 || turnover != .zero else { throw fields.bad("points", "points or turnover must not be 0") }
        reason = try fields.text("reason", max: ProtocolLimits.noteCharacters)
        receipt = try fields.optionalReceiptKey("receipt")
        activeFrom = try fields.optionalInstant("active_from")
        expiresAt = try fields.optionalInstant("expires_at")
        guard let expiresAt else { return }
        if points < 0 { throw fields.bad("expires_at", "is for points that come in") }
        if let activeFrom, activeFrom >= expiresAt { throw fields.bad("expires_at", "must be after active_from") }
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("customer", customer)
        writer.field("points", points)
        if turnover != .zero { writer.field("turnover", turnover) }
        writer.field("reason", reason)
        writer.optionalField("receipt", receipt?.text)
        writer.optionalField("active_from", activeFrom)
        writer.optionalField("expires_at", expiresAt)
    }
}

/// A change of type `rating`: what a customer thought of seller and store.
public struct RatingChange: MessageBody {
    /// The customer's id in upstream.
    public var customer: String
    /// Value, time and words.
    public var rating: CustomerRating
    /// The store that it is about.
    public var store: String?
    /// The seller that it is about, as receipts name them.
    public var seller: String?

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        customer = try fields.idText("customer")
        rating = try CustomerRating(fields)
        store = try fields.optionalIDText("store")
        seller = try fields.optionalNameText("seller")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("customer", customer)
        rating.writeMembers(to: writer)
        writer.optionalField("store", store)
        writer.optionalField("seller", seller)
    }
}

extension FieldReader {
    /// A field that may be absent, null or a value.
    fileprivate func change<Value>(
        _ name: StaticString, _ read: (FieldReader) throws(FieldError) -> Value
    ) throws(FieldError) -> FieldChange<Value> {
        guard let value = object[name] else { return .unchanged }
        return value.isNull ? .removed : .set(try read(self))
    }

    /// An identifier as `{"kind":…,"value":…}`.
    fileprivate func typedIdentifier() throws(FieldError) -> CustomerIdentifier {
        let kind: CustomerIdentifier.Kind = try choice("kind")
        let raw = try text("value", max: kind.rawCharactersMaximum)
        do throws(IdentifierError) {
            return try CustomerIdentifier.normalised(kind: kind, raw)
        } catch {
            throw bad("value", error.reason)
        }
    }

    fileprivate func day(_ name: StaticString) throws(FieldError) -> CalendarDate {
        guard let date = try optionalDate(name) else { throw .missing(path(name)) }
        return date
    }
}

extension ByteWriter {
    fileprivate func change<Value>(_ name: StaticString, _ change: FieldChange<Value>, _ write: (Value) -> Void) {
        switch change {
        case .unchanged: break
        case .removed: nullField(name)
        case .set(let value): write(value)
        }
    }
}
