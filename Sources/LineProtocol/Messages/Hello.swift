import Retail

/// The language of what people read.
public enum MessageLanguage: String, CaseIterable, Sendable {
    /// Russian.
    case russian = "ru"
    /// English.
    case english = "en"
}

/// A program and its version, for people who look for the cause of something.
public struct ProgramVersion: MessageBody {
    /// The program's name.
    public var name: String
    /// Its version.
    public var version: String

    /// Names a program.
    public init(name: String, version: String) {
        self.name = name
        self.version = version
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        name = try fields.nameText("name")
        version = try fields.nameText("version")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("name", name)
        writer.field("version", version)
    }
}

/// HELLO: who the client is and which protocol it speaks. It comes before anything else.
public struct Hello: MessageBody {
    /// The version of the protocol that the client speaks. Whether the gateway speaks it is the gateway's to say.
    public var protocolVersion: Int
    /// The role the client takes itself for; it must be the one of its certificate or token.
    public var role: DeviceRole?
    /// The client's program.
    public var client: ProgramVersion?
    /// The secret of a device without a certificate.
    public var token: String?
    /// The language of messages for people.
    public var language: MessageLanguage?
    /// The number of the last event dealt with; acknowledges all up to it.
    public var eventsAfter: Int64?

    /// Makes a greeting.
    public init(
        protocolVersion: Int = ProtocolLimits.protocolVersion, role: DeviceRole? = nil, client: ProgramVersion? = nil,
        token: String? = nil, language: MessageLanguage? = nil, eventsAfter: Int64? = nil
    ) {
        self.protocolVersion = protocolVersion
        self.role = role
        self.client = client
        self.token = token
        self.language = language
        self.eventsAfter = eventsAfter
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        protocolVersion = Int(try fields.integer("protocol", in: 1...Int64(Int32.max)))
        role = try fields.optionalChoice("role")
        client = try fields.optionalBody("client")
        token = try fields.optionalText(
            "token", min: ProtocolLimits.tokenCharactersMinimum, max: ProtocolLimits.tokenCharacters)
        language = try fields.optionalChoice("language")
        eventsAfter = try fields.optionalInteger("events_after", in: 0...Int64.max)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("protocol", protocolVersion)
        writer.optionalField("role", role?.rawValue)
        writer.optionalField("client", client)
        writer.optionalField("token", token)
        writer.optionalField("language", language?.rawValue)
        writer.optionalField("events_after", eventsAfter)
    }
}
