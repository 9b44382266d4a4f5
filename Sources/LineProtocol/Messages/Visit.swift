import Retail

/// Why a visit may end without a sale, as a store lists it.
public struct VisitReason: MessageBody {
    /// What VISIT names.
    public var id: String
    /// What the seller reads.
    public var text: String

    /// Makes a reason.
    public init(id: String, text: String) {
        self.id = id
        self.text = text
    }

    /// A reason as somebody has written it into settings; nil when the id is no id text or the text no name text.
    public init?(checking id: String, text: String) {
        let isID =
            (1...ProtocolLimits.idCharacters).contains(id.utf8.count)
            && id.utf8.allSatisfy { $0 > Ascii.space && $0 < 0x7F && $0 != Ascii.slash }
        guard isID, (1...ProtocolLimits.nameCharacters).contains(text.unicodeScalars.count) else { return nil }
        self.init(id: id, text: text)
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        id = try fields.idText("id")
        text = try fields.nameText("text")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("id", id)
        writer.field("text", text)
    }
}

/// VISIT: a customer left without buying.
public struct Visit: MessageBody {
    /// The app's own id of the visit.
    public var visit: String
    /// Why, an id of the store's list.
    public var reason: String
    /// When it ended.
    public var at: Instant
    /// The customer, if one was identified.
    public var customer: CustomerID?
    /// What was looked at.
    public var products: [String]
    /// The seller.
    public var person: String?
    /// In the seller's words.
    public var note: String?

    /// Makes a request.
    public init(
        visit: String, reason: String, at: Instant, customer: CustomerID? = nil, products: [String] = [],
        person: String? = nil, note: String? = nil
    ) {
        self.visit = visit
        self.reason = reason
        self.at = at
        self.customer = customer
        self.products = products
        self.person = person
        self.note = note
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        visit = try fields.idText("visit")
        reason = try fields.idText("reason")
        at = try fields.instant("at")
        customer = try fields.optionalCustomerID("customer_id")
        products = try fields.optionalSKUTextArray("skus", limit: ProtocolLimits.visitProducts) ?? []
        person = try fields.optionalNameText("person")
        note = try fields.optionalNoteText("note")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("visit", visit)
        writer.field("reason", reason)
        writer.field("at", at)
        writer.optionalField("customer_id", customer?.text)
        if !products.isEmpty { writer.field("skus", products) }
        writer.optionalField("person", person)
        writer.optionalField("note", note)
    }

    /// The reply.
    public struct Reply: MessageBody {
        /// The visit.
        public var visit: String
        /// When it was stored.
        public var receivedAt: Instant

        /// Makes a reply.
        public init(visit: String, receivedAt: Instant) {
            self.visit = visit
            self.receivedAt = receivedAt
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            visit = try fields.idText("visit")
            receivedAt = try fields.instant("received_at")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("visit", visit)
            writer.field("received_at", receivedAt)
        }
    }
}
