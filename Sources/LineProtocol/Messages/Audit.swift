/// The reply to AUDIT: whether the books add up.
public struct AuditReply: MessageBody {
    /// Something that does not agree.
    public struct Finding: MessageBody {
        /// What kind of contradiction.
        public var kind: String
        /// Where.
        public var key: String
        /// What does not agree.
        public var message: String

        /// Makes a finding.
        public init(kind: String, key: String, message: String) {
            self.kind = kind
            self.key = key
            self.message = message
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            kind = try fields.idText("kind")
            key = try fields.text("key", min: 0, max: ProtocolLimits.nameCharacters)
            message = try fields.text("message", min: 0, max: ProtocolLimits.noteCharacters)
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("kind", kind)
            writer.field("key", key)
            writer.field("message", message)
        }
    }

    /// How many of what were read: `customers`, `receipts`, `orders`, `lots`, `holds`, ...; and what the store owes in
    /// points: `points_liability` that can be spent, `points_pending` that become active later.
    public var checked: [String: Int64]
    /// What does not agree; empty when everything adds up.
    public var findings: [Finding]

    /// Makes a reply.
    public init(checked: [String: Int64], findings: [Finding]) {
        self.checked = checked
        self.findings = findings
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        let counts = try fields.object("checked")
        checked = [:]
        for member in counts.object.members {
            guard let name = member.name.string(), let count = member.value.int64(), count >= 0 else {
                throw counts.bad(member.value, "must be a whole number, 0 or more")
            }
            checked[name] = count
        }
        findings = try fields.bodies("findings", limit: ProtocolLimits.lineBytes)
    }

    /// Writes the members; the counts by name, so that two replies can be compared.
    public func writeMembers(to writer: ByteWriter) {
        writer.name("checked")
        writer.beginObject()
        for (name, count) in checked.sorted(by: { $0.key < $1.key }) {
            writer.name(text: name)
            writer.value(count)
        }
        writer.endObject()
        writer.field("findings", findings)
    }
}
