import Retail

/// STATUS: what became of a request whose answer did not arrive.
public struct Status: MessageBody {
    /// What is asked about.
    public enum Subject: Hashable, Sendable {
        /// A receipt.
        case receipt(ReceiptKey)
        /// An order; without a source it is one of the website that asks.
        case order(String, source: String?)
    }

    /// What is asked about.
    public var subject: Subject

    /// Makes a request.
    public init(_ subject: Subject) {
        self.subject = subject
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        let key = try fields.optionalReceiptKey("key")
        let order = try fields.optionalIDText("order")
        switch (key, order) {
        case (let key?, nil): subject = .receipt(key)
        case (nil, let order?): subject = .order(order, source: try fields.optionalIDText("source"))
        case (nil, nil): throw .missing(fields.path("key"))
        case (_?, _?): throw fields.bad("order", "give either key or order")
        }
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        switch subject {
        case .receipt(let key):
            writer.field("key", key.text)
        case .order(let order, let source):
            writer.field("order", order)
            writer.optionalField("source", source)
        }
    }
}

/// The reply to STATUS.
public struct StatusReply: MessageBody {
    /// How far the gateway is with a request.
    public enum State: String, CaseIterable, Sendable {
        /// It was done and is safe.
        case stored
        /// It is under way.
        case pending
        /// The gateway has never seen it.
        case unknown
    }

    /// How far the gateway is.
    public var state: State
    /// The verb of the request that was stored.
    public var verb: String?
    /// The answer exactly as it was given the first time.
    public var reply: JSONText?

    /// Makes a reply.
    public init(state: State, verb: String? = nil, reply: JSONText? = nil) {
        self.state = state
        self.verb = verb
        self.reply = reply
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        state = try fields.choice("state")
        verb = try fields.optionalText("verb", max: ProtocolLimits.verbCharacters)
        reply = try fields.optionalObject("reply").map { JSONText($0.object) }
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("state", state.rawValue)
        writer.optionalField("verb", verb)
        writer.optionalField("reply", reply)
    }
}
