import Retail

/// What kind of thing there is to do.
public enum TaskKind: String, CaseIterable, Sendable {
    /// Accept or reject an order.
    case orderAccept = "order_accept"
    /// Put the goods of a cancelled order back, and agree.
    case cancelConfirm = "cancel_confirm"
    /// Open a basket: somebody waits at the till.
    case basketOpen = "basket_open"
    /// Put an order together.
    case orderReady = "order_ready"
    /// Call the customer of an order that expires soon.
    case orderCollect = "order_collect"
}

/// Something that the store's people should do.
public struct StoreTask: MessageBody {
    /// A basket, and the till that has it.
    public struct Basket: Hashable, Sendable {
        /// The basket.
        public var reference: BasketReference
        /// The till it was sent to.
        public var till: String

        /// A basket at a till.
        public init(_ reference: BasketReference, till: String) {
            self.reference = reference
            self.till = till
        }
    }

    /// The same for as long as it is to be done.
    public var task: String
    /// What kind of thing: a ``TaskKind`` or one that is newer than this program.
    public var kind: String
    /// What to do.
    public var text: String
    /// Until when; nil when nothing presses.
    public var dueAt: Instant?
    /// For whom.
    public var customer: CustomerID?
    /// The order that it is about.
    public var order: OrderKey?
    /// The basket that it is about.
    public var basket: Basket?

    /// Makes a task.
    public init(
        task: String, kind: TaskKind, text: String, dueAt: Instant? = nil, customer: CustomerID? = nil,
        order: OrderKey? = nil, basket: Basket? = nil
    ) {
        self.task = task
        self.kind = kind.rawValue
        self.text = text
        self.dueAt = dueAt
        self.customer = customer
        self.order = order
        self.basket = basket
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        task = try fields.idText("task")
        kind = try fields.idText("kind")
        text = try fields.text("text", min: 0, max: ProtocolLimits.noteCharacters)
        dueAt = try fields.optionalInstant("due_at")
        customer = try fields.optionalCustomerID("customer_id")
        order = try fields.optionalOrderKey("order")
        if let named = try fields.optionalObject("basket") {
            basket = Basket(try BasketReference(named), till: try named.idText("till"))
        }
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("task", task)
        writer.field("kind", kind)
        writer.field("text", text)
        if let dueAt { writer.field("due_at", dueAt) } else { writer.nullField("due_at") }
        writer.nullableField("customer_id", customer?.text)
        writer.optionalField("order", order)
        guard let basket else { return }
        writer.name("basket")
        writer.beginObject()
        basket.reference.writeMembers(to: writer)
        writer.field("till", basket.till)
        writer.endObject()
    }
}

/// TASKS: what should be done next?
public struct TaskList: MessageBody {
    /// Where the last page ended.
    public var after: String?
    /// How many tasks at most.
    public var limit: Int

    /// Makes a request.
    public init(after: String? = nil, limit: Int = ProtocolLimits.tasksPage) {
        self.after = after
        self.limit = limit
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        after = try fields.pageCursor()
        limit = try fields.pageLimit(usual: ProtocolLimits.tasksPage)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.pageFields(after: after, limit: limit, usual: ProtocolLimits.tasksPage)
    }

    /// The reply.
    public struct Reply: MessageBody {
        /// The tasks of this page, the most urgent first.
        public var tasks: [StoreTask]
        /// Where the next page begins; nil when this is the last.
        public var next: String?

        /// Makes a reply.
        public init(tasks: [StoreTask], next: String?) {
            self.tasks = tasks
            self.next = next
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            tasks = try fields.bodies("tasks", limit: ProtocolLimits.tasksPage)
            next = try fields.pageCursor("next")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("tasks", tasks)
            writer.nullableField("next", next)
        }
    }
}

/// EVENT tasks.changed: how much there is to do now. It has no number and is not kept.
public struct TasksChanged: MessageBody {
    /// Tasks by kind, as far as this program knows the kinds.
    public var counts: [TaskKind: Int]
    /// All of them.
    public var total: Int

    /// Counts tasks.
    public init(counts: [TaskKind: Int]) {
        self.counts = counts
        total = counts.values.reduce(0, +)
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        total = try fields.count("total")
        let known = try fields.object("counts")
        counts = [:]
        for kind in TaskKind.allCases where known.value(kind.name) != nil {
            counts[kind] = try known.count(kind.name)
        }
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("total", total)
        writer.name("counts")
        writer.beginObject()
        for kind in TaskKind.allCases {
            if let count = counts[kind], count > 0 { writer.field(kind.name, count) }
        }
        writer.endObject()
    }
}

extension TaskKind {
    /// The kind as a member's name.
    var name: StaticString {
        switch self {
        case .orderAccept: "order_accept"
        case .cancelConfirm: "cancel_confirm"
        case .basketOpen: "basket_open"
        case .orderReady: "order_ready"
        case .orderCollect: "order_collect"
        }
    }
}
