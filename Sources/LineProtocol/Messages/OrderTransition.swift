import Retail

/// One transition of an order: the reply to the requests that make one, and the event `order.changed`.
public struct TransitionReply: MessageBody {
    /// The order.
    public var key: OrderKey
    /// The state after the transition.
    public var state: OrderState
    /// The number of the transition within the order, from 1.
    public var number: Int64
    /// When the gateway made it.
    public var at: Instant
    /// Who made it.
    public var by: TransitionActor
    /// Why, where the request gave a reason.
    public var reason: String?

    /// Makes a transition.
    public init(
        key: OrderKey, state: OrderState, number: Int64, at: Instant, by: TransitionActor, reason: String? = nil
    ) {
        self.key = key
        self.state = state
        self.number = number
        self.at = at
        self.by = by
        self.reason = reason
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        key = OrderKey(source: try fields.idText("source"), order: try fields.idText("order"))
        state = try fields.choice("state")
        number = try fields.integer("number", in: 1...Int64.max)
        at = try fields.instant("at")
        by = try fields.body("by")
        reason = try fields.optionalNoteText("reason")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("source", key.source)
        writer.field("order", key.order)
        writer.field("state", state.rawValue)
        writer.field("number", number)
        writer.field("at", at)
        writer.field("by", by)
        writer.optionalField("reason", reason)
    }
}

/// EVENT order.withdrawn: an offer to this till was taken back.
public struct OrderWithdrawn: MessageBody {
    /// The order.
    public var key: OrderKey
    /// Why, in one word.
    public var reason: String

    /// Makes an event.
    public init(key: OrderKey, reason: String) {
        self.key = key
        self.reason = reason
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        key = OrderKey(source: try fields.idText("source"), order: try fields.idText("order"))
        reason = try fields.idText("reason")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("source", key.source)
        writer.field("order", key.order)
        writer.field("reason", reason)
    }
}

/// EVENT order.reminder: somebody should do something about an order.
public struct OrderReminder: MessageBody {
    /// The order.
    public var key: OrderKey
    /// What it waits for, in one word: `late`, `consent` or `cancel`.
    public var reason: String
    /// Its state now.
    public var state: OrderState
    /// The number of its last transition.
    public var number: Int64
    /// When it is or was due.
    public var dueAt: Instant

    /// Makes an event.
    public init(key: OrderKey, reason: String, state: OrderState, number: Int64, dueAt: Instant) {
        self.key = key
        self.reason = reason
        self.state = state
        self.number = number
        self.dueAt = dueAt
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        key = OrderKey(source: try fields.idText("source"), order: try fields.idText("order"))
        reason = try fields.idText("reason")
        state = try fields.choice("state")
        number = try fields.integer("number", in: 1...Int64.max)
        dueAt = try fields.instant("due_at")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("source", key.source)
        writer.field("order", key.order)
        writer.field("reason", reason)
        writer.field("state", state.rawValue)
        writer.field("number", number)
        writer.field("due_at", dueAt)
    }
}
