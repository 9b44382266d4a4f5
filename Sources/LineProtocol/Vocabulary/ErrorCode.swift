/// What a client may do after an error.
public enum Retry: String, CaseIterable, Sendable {
    /// The same request will be refused again.
    case never
    /// The same request may be sent again at once.
    case same
    /// The same request may be sent again after a pause: `retry_after_ms` where it is given.
    case later
}

/// The error codes of protocol version 1. `protocol-spec/errors.json` says the same to strangers.
public enum ErrorCode: UInt8, CaseIterable, Sendable {
    /// The line is not of the form `VERB SP tag [SP JSON]`.
    case malformed
    /// The line is longer than the limit of this state of the connection.
    case lineTooLong
    /// HELLO did not come, or a begun line was not completed, within its time.
    case tooSlow
    /// A request came before HELLO was answered OK; the third one closes the connection.
    case helloFirst
    /// HELLO came a second time.
    case alreadyGreeted
    /// HELLO asks for a version that the gateway does not speak.
    case badVersion
    /// No certificate of a known device and no valid token, or the device was revoked.
    case unauthenticated
    /// The role may not use the verb, or what it names belongs to somebody else.
    case forbidden
    /// Version 1 has no such verb.
    case unknownVerb
    /// A verb of version 1 that this gateway does not do yet.
    case notBuilt
    /// The text after the tag is not one JSON object within the limits.
    case badJSON
    /// A required field is absent or null.
    case missingField
    /// A field has the wrong type or a value outside its range.
    case badField
    /// A list or text is longer than its limit.
    case limit
    /// No such customer, order, product, basket or device.
    case notFound
    /// The same key was stored before with other content.
    case conflict
    /// The state does not allow this.
    case badState
    /// `based_on` is not the number of the last transition.
    case stale
    /// Another till holds the order.
    case claimed
    /// `customer_id` names no customer.
    case unknownCustomer
    /// The identifiers given lead to different customers.
    case ambiguous
    /// A queue is full; nothing was done.
    case busy
    /// Guesses come faster than a person at work makes them; no customer or coupon was looked up.
    case rateLimited
    /// The disk does not take writes; nothing was acknowledged.
    case storeUnavailable
    /// The gateway is about to restart; nothing was done.
    case draining
    /// The gateway failed; whether the request had its effect is not known.
    case `internal`

    /// The code as it stands on the wire.
    public var name: StaticString {
        switch self {
        case .malformed: "malformed"
        case .lineTooLong: "line_too_long"
        case .tooSlow: "too_slow"
        case .helloFirst: "hello_first"
        case .alreadyGreeted: "already_greeted"
        case .badVersion: "bad_version"
        case .unauthenticated: "unauthenticated"
        case .forbidden: "forbidden"
        case .unknownVerb: "unknown_verb"
        case .notBuilt: "not_built"
        case .badJSON: "bad_json"
        case .missingField: "missing_field"
        case .badField: "bad_field"
        case .limit: "limit"
        case .notFound: "not_found"
        case .conflict: "conflict"
        case .badState: "bad_state"
        case .stale: "stale"
        case .claimed: "claimed"
        case .unknownCustomer: "unknown_customer"
        case .ambiguous: "ambiguous"
        case .busy: "busy"
        case .rateLimited: "rate_limited"
        case .storeUnavailable: "store_unavailable"
        case .draining: "draining"
        case .internal: "internal"
        }
    }

    /// The code with this name on the wire, or nil if version 1 has none.
    public init?(_ name: UnsafeRawBufferPointer) {
        guard let code = Self.allCases.first(where: { sameText($0.name, name) }) else { return nil }
        self = code
    }

    /// Whether the gateway closes the connection after answering with it.
    ///
    /// `hello_first` keeps it open but for the last of `ProtocolLimits.helloFirstErrors`.
    public var closesConnection: Bool {
        switch self {
        case .lineTooLong, .tooSlow, .badVersion, .unauthenticated: true
        default: false
        }
    }

    /// What the client may do with the request that was refused.
    public var retry: Retry {
        switch self {
        case .tooSlow, .helloFirst, .internal: .same
        case .busy, .rateLimited, .storeUnavailable, .draining: .later
        default: .never
        }
    }
}
