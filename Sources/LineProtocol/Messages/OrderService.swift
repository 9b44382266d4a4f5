import Retail

/// How an order stands against what its store has promised.
public struct OrderService: MessageBody {
    /// A person should have taken it by then.
    public var acceptBy: Instant
    /// The goods should wait for the customer by then.
    public var readyBy: Instant
    /// When a till's software, or a person, had it.
    public var deliveredAt: Instant?
    /// When a person took it.
    public var acceptedAt: Instant?
    /// When the goods waited for the customer.
    public var readyAt: Instant?
    /// When the customer had them.
    public var handedOverAt: Instant?
    /// Whether one of the promises was broken: kept too late, or overdue while the order is open.
    public var isLate: Bool

    /// Makes a statement.
    public init(
        acceptBy: Instant, readyBy: Instant, deliveredAt: Instant?, acceptedAt: Instant?, readyAt: Instant?,
        handedOverAt: Instant?, isLate: Bool
    ) {
        self.acceptBy = acceptBy
        self.readyBy = readyBy
        self.deliveredAt = deliveredAt
        self.acceptedAt = acceptedAt
        self.readyAt = readyAt
        self.handedOverAt = handedOverAt
        self.isLate = isLate
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        acceptBy = try fields.instant("accept_by")
        readyBy = try fields.instant("ready_by")
        deliveredAt = try fields.optionalInstant("delivered_at")
        acceptedAt = try fields.optionalInstant("accepted_at")
        readyAt = try fields.optionalInstant("ready_at")
        handedOverAt = try fields.optionalInstant("handed_over_at")
        isLate = try fields.bool("late")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("accept_by", acceptBy)
        writer.field("ready_by", readyBy)
        writer.optionalField("delivered_at", deliveredAt)
        writer.optionalField("accepted_at", acceptedAt)
        writer.optionalField("ready_at", readyAt)
        writer.optionalField("handed_over_at", handedOverAt)
        writer.field("late", isLate)
    }
}

/// ORDER_SERVICE: how fast stores deal with orders, against what they have promised.
public struct OrderServiceRequest: MessageBody {
    /// Only this store; nil means all.
    public var store: String?
    /// Orders pushed from then on.
    public var from: Instant
    /// Orders pushed before that; nil means until now.
    public var until: Instant?

    /// Makes a request.
    public init(store: String? = nil, from: Instant, until: Instant? = nil) {
        self.store = store
        self.from = from
        self.until = until
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        store = try fields.optionalIDText("store")
        from = try fields.instant("from")
        until = try fields.optionalInstant("until")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.optionalField("store", store)
        writer.field("from", from)
        writer.optionalField("until", until)
    }
}

/// The reply to ORDER_SERVICE.
public struct OrderServiceReply: MessageBody {
    /// How long something took, over the orders where it has happened.
    public struct Leg: MessageBody {
        /// How many orders came so far.
        public var orders: Int
        /// Half of them took no longer, in milliseconds; nil when there are none.
        public var medianMilliseconds: Int64?
        /// Nine of ten took no longer, in milliseconds.
        public var ninetiethMilliseconds: Int64?
        /// The slowest, in milliseconds.
        public var slowestMilliseconds: Int64?

        /// Statistics of durations in any order, in milliseconds.
        public init(_ durations: [Int64]) {
            let sorted = durations.sorted()
            orders = sorted.count
            guard let slowest = sorted.last else { return }
            // The smallest value that is at least as large as so many of all.
            func percentile(_ percent: Int) -> Int64 { sorted[(sorted.count * percent + 99) / 100 - 1] }
            medianMilliseconds = percentile(50)
            ninetiethMilliseconds = percentile(90)
            slowestMilliseconds = slowest
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            orders = try fields.count("orders")
            medianMilliseconds = try fields.optionalInteger("p50_ms", in: 0...Int64.max)
            ninetiethMilliseconds = try fields.optionalInteger("p90_ms", in: 0...Int64.max)
            slowestMilliseconds = try fields.optionalInteger("max_ms", in: 0...Int64.max)
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("orders", orders)
            writer.optionalField("p50_ms", medianMilliseconds)
            writer.optionalField("p90_ms", ninetiethMilliseconds)
            writer.optionalField("max_ms", slowestMilliseconds)
        }
    }

    /// An open order that breaks a promise.
    public struct Late: MessageBody {
        /// The order.
        public var key: OrderKey
        /// Its store.
        public var store: String
        /// Its state now.
        public var state: OrderState
        /// When it was pushed.
        public var createdAt: Instant
        /// When what it waits for was due.
        public var dueAt: Instant

        /// Names an order.
        public init(key: OrderKey, store: String, state: OrderState, createdAt: Instant, dueAt: Instant) {
            self.key = key
            self.store = store
            self.state = state
            self.createdAt = createdAt
            self.dueAt = dueAt
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            key = OrderKey(source: try fields.idText("source"), order: try fields.idText("order"))
            store = try fields.idText("store")
            state = try fields.choice("state")
            createdAt = try fields.instant("created_at")
            dueAt = try fields.instant("due_at")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("source", key.source)
            writer.field("order", key.order)
            writer.field("store", store)
            writer.field("state", state.rawValue)
            writer.field("created_at", createdAt)
            writer.field("due_at", dueAt)
        }
    }

    /// Orders of the period; at most `ProtocolLimits.serviceOrders`, the oldest first.
    public var orders: Int
    /// From the push until a till's software had it.
    public var delivered: Leg
    /// From the push until a person took it.
    public var accepted: Leg
    /// From the push until the goods waited.
    public var ready: Leg
    /// From there until the customer had them.
    public var handedOver: Leg
    /// Orders that a person took within the promise.
    public var acceptedInTime: Int
    /// Orders whose goods waited within the promise.
    public var readyInTime: Int
    /// Open orders that break a promise, the oldest first; at most `ProtocolLimits.orderListPage`.
    public var late: [Late]

    /// Makes a reply.
    public init(
        orders: Int, delivered: Leg, accepted: Leg, ready: Leg, handedOver: Leg, acceptedInTime: Int,
        readyInTime: Int, late: [Late]
    ) {
        self.orders = orders
        self.delivered = delivered
        self.accepted = accepted
        self.ready = ready
        self.handedOver = handedOver
        self.acceptedInTime = acceptedInTime
        self.readyInTime = readyInTime
        self.late = late
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        orders = try fields.count("orders")
        delivered = try fields.body("delivered")
        accepted = try fields.body("accepted")
        ready = try fields.body("ready")
        handedOver = try fields.body("handed_over")
        acceptedInTime = try fields.count("accepted_in_time")
        readyInTime = try fields.count("ready_in_time")
        late = try fields.bodies("late", minimum: 0, limit: ProtocolLimits.orderListPage)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("orders", orders)
        writer.field("delivered", delivered)
        writer.field("accepted", accepted)
        writer.field("ready", ready)
        writer.field("handed_over", handedOver)
        writer.field("accepted_in_time", acceptedInTime)
        writer.field("ready_in_time", readyInTime)
        writer.field("late", late)
    }
}
