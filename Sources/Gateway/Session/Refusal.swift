import Journal
import LineProtocol
import Loyalty
import Retail

/// An error reply: the code, and the body that says what it is about.
@dynamicMemberLookup
struct Refusal: Error {
    var code: ErrorCode
    var body: ErrorBody

    init(_ code: ErrorCode, _ message: String) {
        self.code = code
        body = ErrorBody(message: message)
    }

    init(_ error: FieldError) {
        code = error.code
        body = ErrorBody(error)
    }

    init(_ error: JSONSyntaxError) {
        code = .badJSON
        body = ErrorBody(error)
    }

    /// What the journal's error means to a client.
    init(store error: any Error) {
        switch error {
        case let refusal as Refusal:
            self = refusal
        case JournalError.busy(let limit):
            self.init(.busy, "more than \(limit) changes are waiting; nothing was done")
            body.retryAfterMilliseconds = 200
        case let error as PointsError:
            self.init(error)
        case let error as JournalError:
            self.init(.storeUnavailable, "the store does not take writes at present, nothing was done: \(error)")
            body.retryAfterMilliseconds = 1_000
        case let error as SQLError:
            self.init(.storeUnavailable, "the store cannot be used at present; nothing was done")
            body.reason = "\(error)"
            body.retryAfterMilliseconds = 1_000
        default:
            self.init(.internal, "the gateway failed, the request may be sent again: \(error)")
        }
    }

    /// The members of the body, as if they were the refusal's own.
    subscript<Value>(dynamicMember member: WritableKeyPath<ErrorBody, Value>) -> Value {
        get { body[keyPath: member] }
        set { body[keyPath: member] = newValue }
    }

    static func badField(_ field: String, _ reason: String) -> Refusal {
        Refusal(FieldError.bad(field, reason))
    }

    static var unknownCustomer: Refusal {
        var refusal = Refusal(.unknownCustomer, "customer_id names no customer")
        refusal.field = "customer_id"
        return refusal
    }

    static func tooSlow(_ what: String, within milliseconds: Int) -> Refusal {
        var refusal = Refusal(.tooSlow, "\(what) within \(milliseconds) ms")
        refusal.limit = milliseconds
        return refusal
    }

    static func tooManyConnections(limit: Int) -> Refusal {
        var refusal = Refusal(.limit, "the device has \(limit) connections already")
        refusal.limit = limit
        refusal.field = "device"
        return refusal
    }
}
