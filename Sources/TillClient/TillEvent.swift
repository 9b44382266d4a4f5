import LineProtocol

/// Something that the gateway has told on its own.
public struct TillEvent: Hashable, Sendable {
    /// What it is about, for the events that this client knows.
    public enum Content: Hashable, Sendable {
        /// This device should take the order.
        case orderOffered(OrderDetails)
        /// An order has another state.
        case orderChanged(TransitionReply)
        /// This device no longer has the order.
        case orderWithdrawn(OrderWithdrawn)
        /// Somebody should do something about an order.
        case orderReminder(OrderReminder)
        /// A basket from the shop floor was sent to this till.
        case basketOffered(BasketDetails)
        /// A basket has another state.
        case basketChanged(BasketChange)
        /// An event of another name, or with a content that cannot be read; `body` has it all.
        case other
    }

    /// The event's number, from 1; it grows by 1 from event to event, also across connections.
    public let number: Int64
    /// The name as it stands on the wire: `order.offered`.
    public let name: String
    /// What it is about.
    public let content: Content
    /// The JSON object, byte for byte.
    public let body: JSONText

    package init(
        number: Int64, name: String, kind: EventName?, body: UnsafeRawBufferPointer, reader: JSONReader
    ) {
        self.number = number
        self.name = name
        self.body = JSONText(bytes: Array(body))
        content = kind.flatMap { try? Content($0, FieldReader(reader.read(body))) } ?? .other
    }
}

extension TillEvent.Content {
    fileprivate init(_ kind: EventName, _ fields: FieldReader) throws(FieldError) {
        switch kind {
        case .orderOffered: self = .orderOffered(try OrderDetails(fields))
        case .orderChanged: self = .orderChanged(try TransitionReply(fields))
        case .orderWithdrawn: self = .orderWithdrawn(try OrderWithdrawn(fields))
        case .orderReminder: self = .orderReminder(try OrderReminder(fields))
        case .basketOffered: self = .basketOffered(try BasketDetails(fields))
        case .basketChanged: self = .basketChanged(try BasketChange(fields))
        case .drain, .tasksChanged: self = .other
        }
    }
}

/// The gateway's events in their order, each of them once. It is read from one place.
///
/// With automatic acknowledgement, asking for the next event says that the one before was dealt with: write it down first.
/// The sequence ends when the client is closed.
public struct TillEvents: AsyncSequence, Sendable {
    /// Events.
    public typealias Element = TillEvent
    /// It does not fail.
    public typealias Failure = Never

    let stream: AsyncStream<TillEvent>
    /// Told when an event was dealt with.
    let onHandled: @Sendable (Int64) -> Void

    /// Reads the events.
    public struct Iterator: AsyncIteratorProtocol {
        var base: AsyncStream<TillEvent>.Iterator
        let onHandled: @Sendable (Int64) -> Void
        var lastNumber: Int64?

        /// The next event, waited for; nil when the client was closed.
        public mutating func next() async -> TillEvent? {
            await next(isolation: nil)
        }

        /// The next event, waited for; nil when the client was closed.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> TillEvent? {
            if let lastNumber { onHandled(lastNumber) }
            let event = await base.next(isolation: actor)
            lastNumber = event?.number
            return event
        }
    }

    /// Begins reading.
    public func makeAsyncIterator() -> Iterator {
        Iterator(base: stream.makeAsyncIterator(), onHandled: onHandled)
    }
}
