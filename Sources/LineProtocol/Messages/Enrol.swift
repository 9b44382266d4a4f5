import Retail

/// ENROL: find the customer whom these identifiers lead to, or make one. It is safe to repeat.
public struct Enrol: MessageBody {
    /// The name as it may be shown on a till.
    public var name: String?
    /// Card, phone, e-mail and another system's number, at most one of each and at least one in all; normalised.
    public var identifiers: [CustomerIdentifier]
    /// The date of birth.
    public var birthday: CalendarDate?
    /// The segment; the store's default if absent.
    public var segment: String?
    /// What the person consented to.
    public var consents: [String]

    /// An app's token comes from the app and enrols nobody.
    private static let kinds: [CustomerIdentifier.Kind] = [.card, .phone, .email, .external]

    /// Makes a request.
    public init(
        name: String? = nil, identifiers: [CustomerIdentifier], birthday: CalendarDate? = nil,
        segment: String? = nil, consents: [String] = []
    ) {
        self.name = name
        self.identifiers = identifiers
        self.birthday = birthday
        self.segment = segment
        self.consents = consents
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        name = try fields.optionalNameText("name")
        identifiers = []
        for kind in Self.kinds {
            if let identifier = try fields.optionalIdentifier(kind) { identifiers.append(identifier) }
        }
        guard !identifiers.isEmpty else { throw .missing(fields.path("card")) }
        birthday = try fields.optionalDate("birthday")
        segment = try fields.optionalIDText("segment")
        consents = try fields.optionalIDTextArray("consents", limit: ProtocolLimits.consents) ?? []
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.optionalField("name", name)
        for identifier in identifiers { writer.field(identifier) }
        writer.optionalField("birthday", birthday?.iso)
        writer.optionalField("segment", segment)
        if !consents.isEmpty { writer.field("consents", consents) }
    }
}

/// The reply to ENROL.
public struct EnrolReply: MessageBody {
    /// The customer, as IDENTIFY would answer.
    public var customer: CustomerReply
    /// Whether the customer was made by this request.
    public var isCreated: Bool

    /// Makes a reply.
    public init(customer: CustomerReply, isCreated: Bool) {
        self.customer = customer
        self.isCreated = isCreated
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        customer = try CustomerReply(fields)
        isCreated = try fields.bool("created")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        customer.writeMembers(to: writer)
        writer.field("created", isCreated)
    }
}
