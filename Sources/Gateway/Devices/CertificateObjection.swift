import Retail

/// What stands against a certificate that the gateway's authority has issued.
enum CertificateObjection: Hashable, CustomStringConvertible {
    /// The device it names was revoked then.
    case revoked(Instant)
    /// The device it names was given another certificate or token then.
    case replaced(Instant)
    /// The device it names has this role here.
    case otherRole(DeviceRole)
    /// Only these stores have a device of the name.
    case otherStores([String])
    /// It was registered for another device or role than it names.
    case registeredForAnother(DeviceKey, DeviceRole)
    /// Nobody of the name was ever added here.
    case unknown

    /// One sentence for the log.
    var description: String {
        switch self {
        case .revoked(let moment): "the device was revoked at \(moment.rfc3339)"
        case .replaced(let moment): "the device was given another certificate or token at \(moment.rfc3339)"
        case .otherRole(let role): "the certificate's role is wrong: the device is a \(role.rawValue) here"
        case .otherStores(let stores):
            "the certificate's store is wrong: a device of this name is known in "
                + stores.prefix(3).joined(separator: ", ")
        case .registeredForAnother(let key, let role):
            "the certificate was registered for \(key.store)/\(key.name) (\(role.rawValue)) and names another"
        case .unknown: "no device of this name was added here (device add)"
        }
    }
}
