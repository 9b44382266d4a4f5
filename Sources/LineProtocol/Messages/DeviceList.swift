import Retail

/// A device as the operator sees it.
public struct DeviceEntry: MessageBody {
    /// Whether a device may connect.
    public enum State: String, CaseIterable, Sendable {
        /// It may.
        case active
        /// It may not any more.
        case revoked
    }

    /// The device's store.
    public var store: String
    /// Its role.
    public var role: AddableRole
    /// Its name within the store.
    public var device: String
    /// Whether it may connect.
    public var state: State
    /// When it was added.
    public var addedAt: Instant
    /// Its connections now.
    public var connections: Int
    /// Its last HELLO; nil if there was none.
    public var seenAt: Instant?

    /// Makes an entry.
    public init(
        store: String, role: AddableRole, device: String, state: State, addedAt: Instant, connections: Int,
        seenAt: Instant?
    ) {
        self.store = store
        self.role = role
        self.device = device
        self.state = state
        self.addedAt = addedAt
        self.connections = connections
        self.seenAt = seenAt
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        store = try fields.idText("store")
        role = try fields.choice("role")
        device = try fields.idText("device")
        state = try fields.choice("state")
        addedAt = try fields.instant("added_at")
        connections = try fields.count("connections")
        seenAt = try fields.optionalInstant("seen_at")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("store", store)
        writer.field("role", role.rawValue)
        writer.field("device", device)
        writer.field("state", state.rawValue)
        writer.field("added_at", addedAt)
        writer.field("connections", connections)
        if let seenAt { writer.field("seen_at", seenAt) } else { writer.nullField("seen_at") }
    }
}

/// The reply to DEVICE_LIST.
public struct DeviceListReply: MessageBody {
    /// All devices, by store, role and name.
    public var devices: [DeviceEntry]

    /// Makes a reply.
    public init(devices: [DeviceEntry]) {
        self.devices = devices
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        // A gateway has no limit of known devices; what a line holds bounds the list.
        devices = try fields.bodies("devices", limit: ProtocolLimits.lineBytes)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("devices", devices)
    }
}
