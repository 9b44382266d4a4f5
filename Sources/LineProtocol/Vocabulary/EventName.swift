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

    /// The name as it stands on the wire.
    public var name: StaticString {
        switch self {
        case .drain: "drain"
        case .orderOffered: "order.offered"
        case .orderChanged: "order.changed"
        case .orderWithdrawn: "order.withdrawn"
        case .orderReminder: "order.reminder"
        }
    }

    /// The event with this name on the wire, or nil if this version of the program knows none.
    public init?(_ name: UnsafeRawBufferPointer) {
        guard let event = Self.allCases.first(where: { sameText($0.name, name) }) else { return nil }
        self = event
    }
}
