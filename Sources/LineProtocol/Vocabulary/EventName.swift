/// What the gateway sends on its own.
public enum EventName: UInt8, CaseIterable, Sendable {
    /// The gateway is about to close the connection; not numbered.
    case drain
    /// An order is offered to this till; sent again until the order is acknowledged.
    case orderOffered
    /// An order has another state.
    case orderChanged
    /// An offer to this till was taken back.
    case orderWithdrawn
    /// A deadline of an order is near or has passed.
    case orderReminder
    /// A basket from the shop floor is offered to this till; sent again until the event is acknowledged.
    case basketOffered
    /// A basket has another state.
    case basketChanged
    /// The store's tasks have changed; not numbered.
    case tasksChanged

    /// The name as it stands on the wire.
    public var name: StaticString {
        switch self {
        case .drain: "drain"
        case .orderOffered: "order.offered"
        case .orderChanged: "order.changed"
        case .orderWithdrawn: "order.withdrawn"
        case .orderReminder: "order.reminder"
        case .basketOffered: "basket.offered"
        case .basketChanged: "basket.changed"
        case .tasksChanged: "tasks.changed"
        }
    }

    /// The event with this name on the wire, or nil if this version of the program knows none.
    public init?(_ name: UnsafeRawBufferPointer) {
        guard let event = Self.allCases.first(where: { sameText($0.name, name) }) else { return nil }
        self = event
    }
}
