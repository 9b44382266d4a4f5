import Retail

/// The limits that a client plans by.
public struct SessionLimits: MessageBody {
    /// Longest line, in bytes.
    public var lineBytes: Int
    /// Requests under way at once.
    public var pipelineRequests: Int
    /// Lines of one receipt.
    public var receiptLines: Int
    /// After so long without a byte from the client the connection is closed.
    public var idleMilliseconds: Int

    /// The limits of this version of the gateway.
    public init(
        lineBytes: Int = ProtocolLimits.lineBytes, pipelineRequests: Int = ProtocolLimits.pipelineRequests,
        receiptLines: Int = ProtocolLimits.receiptLines, idleMilliseconds: Int = ProtocolLimits.idleMilliseconds
    ) {
        self.lineBytes = lineBytes
        self.pipelineRequests = pipelineRequests
        self.receiptLines = receiptLines
        self.idleMilliseconds = idleMilliseconds
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        lineBytes = try fields.count("line_bytes")
        pipelineRequests = try fields.count("pipeline")
        receiptLines = try fields.count("receipt_lines")
        idleMilliseconds = try fields.count("idle_ms")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("line_bytes", lineBytes)
        writer.field("pipeline", pipelineRequests)
        writer.field("receipt_lines", receiptLines)
        writer.field("idle_ms", idleMilliseconds)
    }
}

/// The reply to HELLO.
public struct HelloReply: MessageBody {
    /// The version of the protocol that is spoken from here on.
    public var protocolVersion: Int
    /// The gateway's program.
    public var gateway: ProgramVersion
    /// The store that the device belongs to; nil for the operator of a gateway of several.
    public var store: String?
    /// The device's name.
    public var device: String
    /// The device's role.
    public var role: DeviceRole
    /// The store's currency, ISO 4217; nil where there is no store.
    public var currency: String?
    /// The store's time zone; nil where there is no store.
    public var timeZone: String?
    /// The gateway's clock.
    public var now: Instant
    /// The verbs that the gateway does.
    public var features: [String]
    /// What a client plans by.
    public var limits: SessionLimits
    /// For apps: why visits end without a sale, as the store lists it; empty when it has no list.
    public var visitReasons: [VisitReason]
    /// Events that wait for the device's acknowledgement and are sent again.
    public var unacknowledged: Int

    /// Makes a reply.
    public init(
        gateway: ProgramVersion, store: String?, device: String, role: DeviceRole, currency: String?,
        timeZone: String?, now: Instant, unacknowledged: Int, features: [String] = HelloReply.allVerbs,
        limits: SessionLimits = SessionLimits(), protocolVersion: Int = ProtocolLimits.protocolVersion,
        visitReasons: [VisitReason] = []
    ) {
        self.visitReasons = visitReasons
        self.protocolVersion = protocolVersion
        self.gateway = gateway
        self.store = store
        self.device = device
        self.role = role
        self.currency = currency
        self.timeZone = timeZone
        self.now = now
        self.features = features
        self.limits = limits
        self.unacknowledged = unacknowledged
    }

    /// The names of all verbs.
    public static let allVerbs: [String] = Verb.allCases.map { "\($0.name)" }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        protocolVersion = Int(try fields.integer("protocol", in: 1...Int64(Int32.max)))
        gateway = try fields.body("gateway")
        store = try fields.optionalIDText("store")
        device = try fields.idText("device")
        role = try fields.choice("role")
        currency = try fields.optionalText("currency", max: ProtocolLimits.idCharacters)
        timeZone = try fields.optionalText("time_zone", max: ProtocolLimits.idCharacters)
        now = try fields.instant("now")
        features = try fields.textArray(
            "features", limit: ProtocolLimits.jsonObjectMembers, max: ProtocolLimits.verbCharacters)
        limits = try fields.body("limits")
        visitReasons =
            try fields.optionalArray("visit_reasons", limit: ProtocolLimits.visitReasons) { reason throws(FieldError) in
                try VisitReason(reason)
            } ?? []
        unacknowledged = try fields.count("unacknowledged")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("protocol", protocolVersion)
        writer.field("gateway", gateway)
        writer.nullableField("store", store)
        writer.field("device", device)
        writer.field("role", role.rawValue)
        writer.nullableField("currency", currency)
        writer.nullableField("time_zone", timeZone)
        writer.field("now", now)
        writer.field("features", features)
        writer.field("limits", limits)
        if !visitReasons.isEmpty { writer.field("visit_reasons", visitReasons) }
        writer.field("unacknowledged", unacknowledged)
    }
}
