/// PROGRAMME_PUT: these programmes replace all that were in force, or none of them does.
public struct ProgrammePut: MessageBody {
    /// The documents as they came, each one JSON object.
    public var programmes: [JSONText]

    /// Makes a request.
    public init(programmes: [JSONText]) {
        self.programmes = programmes
    }

    /// Takes the fields; what stands in the documents is not looked at.
    public init(_ fields: FieldReader) throws(FieldError) {
        programmes = try fields.array("programmes", limit: ProtocolLimits.programmes) { programme in
            JSONText(programme.object)
        }
        guard !programmes.isEmpty else { throw fields.bad("programmes", "must not be empty") }
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.name("programmes")
        writer.beginArray()
        for programme in programmes { programme.bytes.withUnsafeBytes { writer.rawValue($0) } }
        writer.endArray()
    }
}

/// The reply to PROGRAMME_LIST, PROGRAMME_PUT and PROGRAMME_RELOAD: what is in force now.
public struct ProgrammeListReply: MessageBody {
    /// Where the programmes in force came from.
    public enum Source: String, CaseIterable, Sendable {
        /// The gateway's own, for want of others.
        case builtIn = "built_in"
        /// Files that the gateway was started with.
        case files
        /// PROGRAMME_PUT.
        case sent
    }

    /// One programme in force.
    public struct Programme: MessageBody {
        /// The programme.
        public var id: String
        /// Its version.
        public var version: Int
        /// The hash of its content.
        public var hash: String
        /// The segments that it is for; nil when it is for everybody whom no other names.
        public var segments: [String]?
        /// How many tiers it has.
        public var tiers: Int
        /// How many promotions it has.
        public var promotions: Int

        /// Makes a summary.
        public init(id: String, version: Int, hash: String, segments: [String]?, tiers: Int, promotions: Int) {
            self.id = id
            self.version = version
            self.hash = hash
            self.segments = segments
            self.tiers = tiers
            self.promotions = promotions
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            id = try fields.idText("id")
            version = try fields.count("version")
            hash = try fields.text("hash", max: 128)
            segments = try fields.optionalIDTextArray("segments", limit: ProtocolLimits.lineBytes)
            tiers = try fields.count("tiers")
            promotions = try fields.count("promotions")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("id", id)
            writer.field("version", version)
            writer.field("hash", hash)
            if let segments { writer.field("segments", segments) } else { writer.nullField("segments") }
            writer.field("tiers", tiers)
            writer.field("promotions", promotions)
        }
    }

    /// Where they came from.
    public var source: Source
    /// The programmes in force.
    public var programmes: [Programme]

    /// Makes a reply.
    public init(source: Source, programmes: [Programme]) {
        self.source = source
        self.programmes = programmes
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        source = try fields.choice("source")
        programmes = try fields.bodies("programmes", limit: ProtocolLimits.programmes)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("source", source.rawValue)
        writer.field("programmes", programmes)
    }
}
