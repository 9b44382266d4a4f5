import Retail

/// What stands behind an error code: a text for a technician, and what a program needs to go on.
///
/// Which members a code has is listed in `protocol-spec/errors.json`.
public struct ErrorBody: MessageBody {
    /// What is wrong, in English.
    public var message: String
    /// The field that cannot be taken: `lines[3].price`.
    public var field: String?
    /// What is wrong with it.
    public var reason: String?
    /// Where the JSON is broken, in bytes from its beginning.
    public var offset: Int?
    /// The limit that was exceeded.
    public var limit: Int?
    /// How many points could be had instead.
    public var available: Int64?
    /// The state that does not allow it.
    public var state: String?
    /// The number of an order's last transition.
    public var number: Int64?
    /// The till that holds the order.
    public var till: String?
    /// The key under which something else is stored.
    public var key: String?
    /// When that was received.
    public var receivedAt: Instant?
    /// After which pause the same request may be sent again.
    public var retryAfterMilliseconds: Int?
    /// The fields that lead to different customers.
    public var fields: [String]?
    /// The versions of the protocol that the gateway speaks.
    public var supported: [Int]?
    /// What asking upstream has brought; nil when the gateway asks nobody.
    public var upstream: Upstream?

    /// What asking upstream for a customer has brought.
    public enum Upstream: String, CaseIterable, Sendable {
        /// Upstream knows nobody either.
        case unknown
        /// It has not answered in time, or was not asked because it does not answer at present.
        case unanswered
    }

    /// Makes a body; what a code carries is set afterwards.
    public init(message: String) {
        self.message = message
    }

    /// The body for a field that cannot be taken.
    public init(_ error: FieldError) {
        self.init(message: error.field.isEmpty ? error.reason : "\(error.field) \(error.reason)")
        switch error.code {
        case .badJSON:
            offset = 0
            reason = error.reason
        case .limit:
            field = error.field
            limit = error.limit
        case .missingField:
            field = error.field
        default:
            field = error.field
            reason = error.reason
        }
    }

    /// The body for a text that is not the JSON the protocol takes.
    public init(_ error: JSONSyntaxError) {
        self.init(message: "\(error.reason.rawValue), at byte \(error.offset) of the JSON")
        offset = error.offset
        reason = error.reason.rawValue
    }

    /// Takes the fields.
    public init(_ reader: FieldReader) throws(FieldError) {
        let longest = ProtocolLimits.noteCharacters
        message = try reader.text("message", min: 0, max: longest)
        field = try reader.optionalText("field", min: 0, max: longest)
        reason = try reader.optionalNoteText("reason")
        offset = try reader.optionalCount("offset")
        limit = try reader.optionalInteger("limit", in: 0...Int64.max).map { Int($0) }
        available = try reader.optionalPoints("available")
        state = try reader.optionalIDText("state")
        number = try reader.optionalInteger("number", in: 1...Int64.max)
        till = try reader.optionalIDText("till")
        key = try reader.optionalText("key", max: longest)
        receivedAt = try reader.optionalInstant("received_at")
        retryAfterMilliseconds = try reader.optionalCount("retry_after_ms")
        fields = try reader.optionalIDTextArray("fields", limit: ProtocolLimits.jsonObjectMembers)
        supported = try reader.optionalVersions("supported")
        upstream = try reader.optionalChoice("upstream")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("message", message)
        writer.optionalField("field", field)
        writer.optionalField("reason", reason)
        writer.optionalField("offset", offset)
        writer.optionalField("limit", limit)
        writer.optionalField("available", available)
        writer.optionalField("state", state)
        writer.optionalField("number", number)
        writer.optionalField("till", till)
        writer.optionalField("key", key)
        writer.optionalField("received_at", receivedAt)
        writer.optionalField("retry_after_ms", retryAfterMilliseconds)
        if let fields { writer.field("fields", fields) }
        writer.optionalField("upstream", upstream?.rawValue)
        guard let supported else { return }
        writer.name("supported")
        writer.beginArray()
        for version in supported { writer.value(version) }
        writer.endArray()
    }
}

extension FieldReader {
    fileprivate func optionalCount(_ name: StaticString) throws(FieldError) -> Int? {
        try optionalInteger(name, in: 0...Int64(Int32.max)).map { Int($0) }
    }

    fileprivate func optionalVersions(_ name: StaticString) throws(FieldError) -> [Int]? {
        guard let value = value(name) else { return nil }
        try checkList(value, limit: ProtocolLimits.jsonObjectMembers)
        var versions: [Int] = []
        for element in value.elements {
            guard let version = element.int64(), version > 0 else { throw bad(element, "must be a version") }
            versions.append(Int(version))
        }
        return versions
    }
}
