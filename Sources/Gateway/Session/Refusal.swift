import LineProtocol
import Retail

/// An error reply: the code, a sentence for the technician, and what it is about.
struct Refusal: Error {
    var code: ErrorCode
    var message: String
    var field: String?
    var reason: String?
    var limit: Int?
    var state: String?
    var number: Int?
    var till: String?
    var key: String?
    var receivedAt: Instant?
    var offset: Int?
    var retryAfterMilliseconds: Int?
    var fields: [String]?
    var supported: [Int]?

    init(_ code: ErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ error: FieldError) {
        self.init(error.code, "\(error.field): \(error.reason)")
        field = error.field
        reason = error.reason
        limit = error.limit
    }

    init(_ error: JSONSyntaxError) {
        self.init(.badJSON, "the text behind the tag is not one JSON object: \(error.reason.rawValue)")
        offset = error.offset
        reason = error.reason.rawValue
    }

    /// Writes the reply's JSON object.
    func write(to writer: ByteWriter) {
        writer.beginObject()
        writer.field("message", message)
        writer.optionalField("field", field)
        writer.optionalField("reason", reason)
        writer.optionalField("limit", limit)
        writer.optionalField("state", state)
        writer.optionalField("number", number)
        writer.optionalField("till", till)
        writer.optionalField("key", key)
        writer.optionalField("received_at", receivedAt)
        writer.optionalField("offset", offset)
        writer.optionalField("retry_after_ms", retryAfterMilliseconds)
        if let fields { writer.field("fields", fields) }
        if let supported {
            writer.name("supported")
            writer.beginArray()
            for version in supported { writer.value(version) }
            writer.endArray()
        }
        writer.endObject()
    }

    static func badField(_ field: String, _ reason: String) -> Refusal {
        Refusal(FieldError(code: .badField, field: field, reason: reason))
    }
}
