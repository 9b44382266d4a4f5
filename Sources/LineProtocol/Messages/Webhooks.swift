import Retail

/// WEBHOOK_PUT: where a website is told of its orders.
public struct WebhookPut: MessageBody {
    /// The store of the website's device; `*` for one that serves all.
    public var store: String
    /// The website's device.
    public var site: String
    /// Where its orders' changes are posted.
    public var url: String
    /// What they are signed with; nil keeps the hook's own, or has one made for a new hook.
    public var secret: String?
    /// Whether a secret is made although the hook has one.
    public var makesSecret: Bool
    /// Only changes to these states; nil for all.
    public var states: [OrderState]?
    /// Changes after this place of the feed are posted, too, although they were made before, or posted already.
    public var after: Int64?

    /// Makes a request.
    public init(
        store: String, site: String, url: String, secret: String? = nil, makesSecret: Bool = false,
        states: [OrderState]? = nil, after: Int64? = nil
    ) {
        self.store = store
        self.site = site
        self.url = url
        self.secret = secret
        self.makesSecret = makesSecret
        self.states = states
        self.after = after
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        store = try fields.idText("store")
        site = try fields.idText("site")
        url = try fields.text("url", max: ProtocolLimits.webhookURLCharacters)
        secret = try fields.optionalText(
            "secret", min: ProtocolLimits.tokenCharactersMinimum, max: ProtocolLimits.tokenCharacters)
        makesSecret = try fields.optionalBool("new_secret") ?? false
        states = try fields.optionalChoices("states")
        after = try fields.optionalInteger("after", in: 0...Int64.max)
        if let secret, !secret.utf8.allSatisfy({ $0 > Ascii.space && $0 < 0x7F }) {
            throw fields.bad("secret", "must be printable ASCII without spaces")
        }
        if secret != nil, makesSecret { throw fields.bad("new_secret", "give either secret or new_secret") }
        if states?.isEmpty == true { throw fields.bad("states", "must not be empty") }
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("store", store)
        writer.field("site", site)
        writer.field("url", url)
        writer.optionalField("secret", secret)
        if makesSecret { writer.field("new_secret", true) }
        if let states { writer.field("states", states.map(\.rawValue)) }
        writer.optionalField("after", after)
    }

    /// The reply.
    public struct Reply: MessageBody {
        /// The store of the website's device.
        public var store: String
        /// The website's device.
        public var site: String
        /// Where its orders' changes are posted.
        public var url: String
        /// The secret, shown this once, if one was made.
        public var secret: String?
        /// Until when messages are signed with the secret before, too; nil when there is none.
        public var previousUntil: Instant?
        /// Changes that wait for the site now.
        public var waiting: Int

        /// Makes a reply.
        public init(
            store: String, site: String, url: String, secret: String?, previousUntil: Instant?, waiting: Int
        ) {
            self.store = store
            self.site = site
            self.url = url
            self.secret = secret
            self.previousUntil = previousUntil
            self.waiting = waiting
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            store = try fields.idText("store")
            site = try fields.idText("site")
            url = try fields.text("url", max: ProtocolLimits.webhookURLCharacters)
            secret = try fields.optionalText("secret", max: ProtocolLimits.tokenCharacters)
            previousUntil = try fields.optionalInstant("previous_until")
            waiting = try fields.count("waiting")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("store", store)
            writer.field("site", site)
            writer.field("url", url)
            writer.optionalField("secret", secret)
            if let previousUntil { writer.field("previous_until", previousUntil) }
            writer.field("waiting", waiting)
        }
    }
}

/// WEBHOOK_REMOVE: a website is told nothing any more.
public struct WebhookRemove: MessageBody {
    /// The website's device.
    public var site: String

    /// Makes a request.
    public init(site: String) {
        self.site = site
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        site = try fields.idText("site")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("site", site)
    }

    /// The reply.
    public struct Reply: MessageBody {
        /// The website's device.
        public var site: String
        /// Changes that it was not told.
        public var dropped: Int

        /// Makes a reply.
        public init(site: String, dropped: Int) {
            self.site = site
            self.dropped = dropped
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            site = try fields.idText("site")
            dropped = try fields.count("dropped")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("site", site)
            writer.field("dropped", dropped)
        }
    }
}

/// WEBHOOK_RETRY: what waits is tried now, whatever pauses there are.
public struct WebhookRetry: MessageBody {
    /// The website's device; nil for all.
    public var site: String?
    /// One of its orders; nil for all.
    public var order: String?

    /// Makes a request.
    public init(site: String? = nil, order: String? = nil) {
        self.site = site
        self.order = order
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        site = try fields.optionalIDText("site")
        order = try fields.optionalIDText("order")
        if order != nil, site == nil { throw .missing(fields.path("site")) }
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.optionalField("site", site)
        writer.optionalField("order", order)
    }

    /// The reply.
    public struct Reply: MessageBody {
        /// Orders with something unacknowledged that are tried now.
        public var orders: Int

        /// Makes a reply.
        public init(orders: Int) {
            self.orders = orders
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            orders = try fields.count("orders")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("orders", orders)
        }
    }
}
