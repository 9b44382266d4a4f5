/// A field of a message that cannot be taken, and why.
public struct FieldError: Error, Hashable, Sendable {
    /// `missingField`, `badField`, `limit`, or `badJSON` for a text that is no object.
    public let code: ErrorCode
    /// The field's place in the message: `lines[3].price`; empty for the message itself.
    public let field: String
    /// What is wrong with it, in words for a technician.
    public let reason: String
    /// The limit that it exceeds, if it exceeds one.
    public let limit: Int?

    /// Makes an error.
    public init(code: ErrorCode, field: String, reason: String, limit: Int? = nil) {
        self.code = code
        self.field = field
        self.reason = reason
        self.limit = limit
    }

    /// A required field that is absent or null.
    public static func missing(_ field: String) -> FieldError {
        FieldError(code: .missingField, field: field, reason: "is required")
    }

    /// A field of the wrong type or with a value outside its range.
    public static func bad(_ field: String, _ reason: String) -> FieldError {
        FieldError(code: .badField, field: field, reason: reason)
    }

    /// A list or text that is longer than its limit.
    public static func limit(_ field: String, _ limit: Int, of unit: String) -> FieldError {
        FieldError(code: .limit, field: field, reason: "has more than \(limit) \(unit)", limit: limit)
    }
}
