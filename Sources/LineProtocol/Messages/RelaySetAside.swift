/// RELAY_SET_ASIDE: an event that its stream waits behind goes to quarantine by the operator's word.
public struct RelaySetAside: MessageBody {
    /// The event.
    public var id: String

    /// Makes a request.
    public init(id: String) {
        self.id = id
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        id = try fields.text("id", max: ProtocolLimits.eventIDCharacters)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("id", id)
    }

    /// The reply.
    public struct Reply: MessageBody {
        /// The event.
        public var id: String
        /// The stream that goes on behind it.
        public var stream: String

        /// Makes a reply.
        public init(id: String, stream: String) {
            self.id = id
            self.stream = stream
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            id = try fields.text("id", max: ProtocolLimits.eventIDCharacters)
            stream = try fields.text("stream", max: ProtocolLimits.eventIDCharacters)
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("id", id)
            writer.field("stream", stream)
        }
    }
}
