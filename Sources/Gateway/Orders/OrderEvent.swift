import Journal
import Retail

/// Who makes a transition.
struct Actor: Sendable {
    var store: String
    var device: String
    var role: DeviceRole
    /// The person at the device, as the device names them.
    var person: String?
    /// Why, for a rejection or a cancellation.
    var reason: String?

    /// The gateway itself, when a deadline has passed.
    init(deadlineOf store: String, reason: String?) {
        self.store = store
        device = Self.gateway
        role = .operator
        self.reason = reason
    }

    static let gateway = "gateway"

    init(_ principal: Principal, person: String? = nil, reason: String? = nil) {
        store = principal.store
        device = principal.device
        role = principal.role
        self.person = person
        self.reason = reason
    }
}

/// An event that is in a device's mailbox and may be sent when the commit is on the disk.
struct OrderEvent: Sendable {
    var device: DeviceKey
    var event: DeviceEvent
}
