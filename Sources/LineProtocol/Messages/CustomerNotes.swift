import Retail

/// NOTE_ADD: something worth knowing the next time.
public struct NoteAdd: MessageBody {
    /// The app's own id of the note.
    public var note: String
    /// The customer.
    public var customer: CustomerID
    /// What is noted.
    public var text: String
    /// Who writes it.
    public var person: String?

    /// Makes a request.
    public init(note: String, customer: CustomerID, text: String, person: String? = nil) {
        self.note = note
        self.customer = customer
        self.text = text
        self.person = person
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        note = try fields.idText("note")
        customer = try fields.customerID("customer_id")
        text = try fields.text("text", max: ProtocolLimits.noteCharacters)
        person = try fields.optionalNameText("person")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("note", note)
        writer.field("customer_id", customer.text)
        writer.field("text", text)
        writer.optionalField("person", person)
    }

    /// The reply.
    public struct Reply: MessageBody {
        /// The note.
        public var note: String
        /// When it was stored.
        public var receivedAt: Instant

        /// Makes a reply.
        public init(note: String, receivedAt: Instant) {
            self.note = note
            self.receivedAt = receivedAt
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            note = try fields.idText("note")
            receivedAt = try fields.instant("received_at")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("note", note)
            writer.field("received_at", receivedAt)
        }
    }
}

/// A note on a customer's card.
public struct CustomerNote: MessageBody {
    /// The writer's own id of the note.
    public var note: String
    /// What is noted.
    public var text: String
    /// When it was written.
    public var at: Instant
    /// Who wrote it.
    public var person: String?
    /// The store in which it was written.
    public var store: String

    /// Makes a note.
    public init(note: String, text: String, at: Instant, person: String? = nil, store: String) {
        self.note = note
        self.text = text
        self.at = at
        self.person = person
        self.store = store
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        note = try fields.idText("note")
        text = try fields.text("text", max: ProtocolLimits.noteCharacters)
        at = try fields.instant("at")
        person = try fields.optionalNameText("person")
        store = try fields.idText("store")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("note", note)
        writer.field("text", text)
        writer.field("at", at)
        writer.optionalField("person", person)
        writer.field("store", store)
    }
}
