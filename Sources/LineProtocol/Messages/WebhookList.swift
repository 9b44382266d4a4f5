import Retail

/// A webhook as the operator sees it; its secret is told nobody.
public struct WebhookEntry: MessageBody {
    /// How a website is told.
    public enum State: String, CaseIterable, Sendable {
        /// As it should be, or with orders that the site does not take.
        case active
        /// The site cannot be reached, or asks for a pause.
        case paused
        /// The site answered 410: it wants to be told nothing more.
        case stopped
        /// The website's device was revoked.
        case revoked
    }

    /// An order that the site does not take.
    public struct Order: MessageBody {
        /// The website's id of the order.
        public var order: String
        /// The number of the transition that is not acknowledged.
        public var number: Int64
        /// Attempts so far.
        public var attempts: Int
        /// When it is tried next.
        public var nextAttemptAt: Instant
        /// Why the last attempt failed.
        public var lastError: String

        /// Makes an entry.
        public init(order: String, number: Int64, attempts: Int, nextAttemptAt: Instant, lastError: String) {
            self.order = order
            self.number = number
            self.attempts = attempts
            self.nextAttemptAt = nextAttemptAt
            self.lastError = lastError
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            order = try fields.idText("order")
            number = try fields.integer("number", in: 1...Int64.max)
            attempts = try fields.count("attempts")
            nextAttemptAt = try fields.instant("next_attempt_at")
            lastError = try fields.text("last_error", min: 0, max: ProtocolLimits.noteCharacters)
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("order", order)
            writer.field("number", number)
            writer.field("attempts", attempts)
            writer.field("next_attempt_at", nextAttemptAt)
            writer.field("last_error", lastError)
        }
    }

    /// The store of the website's device.
    public var store: String
    /// The website's device.
    public var site: String
    /// Where its orders' changes are posted.
    public var url: String
    /// How it is told.
    public var state: State
    /// Only changes to these states; nil for all.
    public var states: [OrderState]?
    /// When the hook was added.
    public var addedAt: Instant
    /// The place in the feed up to which the site has acknowledged everything.
    public var deliveredThrough: Int64
    /// Changes that it has not acknowledged.
    public var waiting: Int
    /// When the oldest of them was made; nil when there is none.
    public var oldestAt: Instant?
    /// When it last acknowledged one; nil when it never has.
    public var acknowledgedAt: Instant?
    /// Why the last attempt that failed did; nil when none has.
    public var lastError: String?
    /// When that was.
    public var failedAt: Instant?
    /// When something is tried next; nil when nothing waits, or nothing will be tried.
    public var nextAttemptAt: Instant?
    /// How many orders the site does not take.
    public var failing: Int
    /// The first of them.
    public var failingOrders: [Order]

    /// Makes an entry.
    public init(
        store: String, site: String, url: String, state: State, states: [OrderState]?, addedAt: Instant,
        deliveredThrough: Int64, waiting: Int, oldestAt: Instant?, acknowledgedAt: Instant?, lastError: String?,
        failedAt: Instant?, nextAttemptAt: Instant?, failing: Int, failingOrders: [Order]
    ) {
        self.store = store
        self.site = site
        self.url = url
        self.state = state
        self.states = states
        self.addedAt = addedAt
        self.deliveredThrough = deliveredThrough
        self.waiting = waiting
        self.oldestAt = oldestAt
        self.acknowledgedAt = acknowledgedAt
        self.lastError = lastError
        self.failedAt = failedAt
        self.nextAttemptAt = nextAttemptAt
        self.failing = failing
        self.failingOrders = failingOrders
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        store = try fields.idText("store")
        site = try fields.idText("site")
        url = try fields.text("url", max: ProtocolLimits.webhookURLCharacters)
        state = try fields.choice("state")
        states = try fields.optionalChoices("states")
        addedAt = try fields.instant("added_at")
        deliveredThrough = try fields.integer("delivered_through", in: 0...Int64.max)
        waiting = try fields.count("waiting")
        oldestAt = try fields.optionalInstant("oldest_at")
        acknowledgedAt = try fields.optionalInstant("acknowledged_at")
        lastError = try fields.optionalNoteText("last_error")
        failedAt = try fields.optionalInstant("failed_at")
        nextAttemptAt = try fields.optionalInstant("next_attempt_at")
        failing = try fields.count("failing")
        failingOrders = try fields.bodies("failing_orders", limit: ProtocolLimits.webhookFailingOrders)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        func nullable(_ name: StaticString, _ instant: Instant?) {
            if let instant { writer.field(name, instant) } else { writer.nullField(name) }
        }
        writer.field("store", store)
        writer.field("site", site)
        writer.field("url", url)
        writer.field("state", state.rawValue)
        if let states { writer.field("states", states.map(\.rawValue)) } else { writer.nullField("states") }
        writer.field("added_at", addedAt)
        writer.field("delivered_through", deliveredThrough)
        writer.field("waiting", waiting)
        nullable("oldest_at", oldestAt)
        nullable("acknowledged_at", acknowledgedAt)
        writer.nullableField("last_error", lastError)
        nullable("failed_at", failedAt)
        nullable("next_attempt_at", nextAttemptAt)
        writer.field("failing", failing)
        writer.field("failing_orders", failingOrders)
    }
}

/// The reply to WEBHOOK_LIST.
public struct WebhookListReply: MessageBody {
    /// All webhooks, by store and site.
    public var webhooks: [WebhookEntry]

    /// Makes a reply.
    public init(webhooks: [WebhookEntry]) {
        self.webhooks = webhooks
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        webhooks = try fields.bodies("webhooks", limit: ProtocolLimits.webhooks)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("webhooks", webhooks)
    }
}
