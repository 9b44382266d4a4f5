import Retail

/// The devices that an operator makes known; there is no adding of operators over the wire.
public enum AddableRole: String, CaseIterable, Sendable {
    /// A till.
    case register
    /// The seller's phone.
    case app
    /// The web shop's back end.
    case website

    /// The role that such a device has.
    public var deviceRole: DeviceRole {
        switch self {
        case .register: .register
        case .app: .app
        case .website: .website
        }
    }
}

/// DEVICE_ADD: makes a device known.
public struct DeviceAdd: MessageBody {
    /// The device's store.
    public var store: String
    /// Its role.
    public var role: AddableRole
    /// Its name within the store.
    public var device: String
    /// The SHA-256 of its certificate in hexadecimal; without one a token is made.
    public var fingerprint: String?

    /// Makes a request.
    public init(store: String, role: AddableRole, device: String, fingerprint: String? = nil) {
        self.store = store
        self.role = role
        self.device = device
        self.fingerprint = fingerprint
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        store = try fields.idText("store")
        role = try fields.choice("role")
        device = try fields.idText("device")
        fingerprint = try fields.optionalIDText("fingerprint")
        guard let fingerprint else { return }
        let isHexadecimal = fingerprint.utf8.allSatisfy { Ascii.hexadecimalDigit($0) != nil && !Ascii.isUppercase($0) }
        guard fingerprint.utf8.count == 64, isHexadecimal else {
            throw fields.bad("fingerprint", "must be 64 hexadecimal digits in lower case")
        }
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("store", store)
        writer.field("role", role.rawValue)
        writer.field("device", device)
        writer.optionalField("fingerprint", fingerprint)
    }

    /// The reply.
    public struct Reply: MessageBody {
        /// The device's store.
        public var store: String
        /// Its role.
        public var role: AddableRole
        /// Its name within the store.
        public var device: String
        /// When it was added.
        public var addedAt: Instant
        /// The device's secret, shown this once, if it has no certificate.
        public var token: String?

        /// Makes a reply.
        public init(store: String, role: AddableRole, device: String, addedAt: Instant, token: String? = nil) {
            self.store = store
            self.role = role
            self.device = device
            self.addedAt = addedAt
            self.token = token
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            store = try fields.idText("store")
            role = try fields.choice("role")
            device = try fields.idText("device")
            addedAt = try fields.instant("added_at")
            token = try fields.optionalText(
                "token", min: ProtocolLimits.tokenCharactersMinimum, max: ProtocolLimits.tokenCharacters)
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("store", store)
            writer.field("role", role.rawValue)
            writer.field("device", device)
            writer.field("added_at", addedAt)
            writer.optionalField("token", token)
        }
    }
}

/// DEVICE_REVOKE: cuts a device off at once.
public struct DeviceRevoke: MessageBody {
    /// The device's name.
    public var device: String
    /// Its store, where a name stands in several.
    public var store: String?

    /// Makes a request.
    public init(device: String, store: String? = nil) {
        self.device = device
        self.store = store
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        device = try fields.idText("device")
        store = try fields.optionalIDText("store")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("device", device)
        writer.optionalField("store", store)
    }

    /// The reply.
    public struct Reply: MessageBody {
        /// The device's name.
        public var device: String
        /// When it was revoked.
        public var revokedAt: Instant
        /// How many of its connections were closed.
        public var closed: Int

        /// Makes a reply.
        public init(device: String, revokedAt: Instant, closed: Int) {
            self.device = device
            self.revokedAt = revokedAt
            self.closed = closed
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            device = try fields.idText("device")
            revokedAt = try fields.instant("revoked_at")
            closed = try fields.count("closed")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("device", device)
            writer.field("revoked_at", revokedAt)
            writer.field("closed", closed)
        }
    }
}
