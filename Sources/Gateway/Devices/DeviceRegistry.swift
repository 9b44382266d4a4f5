import Certificates
import EventLoop
import Journal
import Locking
import Loyalty
import Retail

/// Who a session speaks for, once it has proved it.
package final class Principal: Sendable {
    /// The store of a website that serves the whole chain.
    static let everyStore = "*"

    let store: String
    let device: String
    let role: DeviceRole
    let settings: StoreSettings
    let calendar: StoreCalendar

    init(store: String, device: String, role: DeviceRole, settings: StoreSettings) {
        self.store = store
        self.device = device
        self.role = role
        self.settings = settings
        calendar = StoreCalendar(timeZone: settings.timeZone)
    }

    /// The same device, answered in the language that it asked for.
    func speaking(_ language: Language) -> Principal {
        var settings = settings
        settings.language = language
        return Principal(store: store, device: device, role: role, settings: settings)
    }

    var key: DeviceKey { DeviceKey(store: store, name: device) }
}

/// The devices that may connect, by what they prove themselves with.
package final class DeviceRegistry: Sendable {
    private struct Table {
        var byFingerprint: [String: DeviceRecord] = [:]
        var byTokenHash: [[UInt8]: DeviceRecord] = [:]
        /// Every device there is, the revoked ones too.
        var all: [DeviceKey: DeviceRecord] = [:]
    }

    private let table = Mutex(Table())
    private let stores: StoreDirectory

    /// An empty registry: nobody may connect.
    package init(stores: StoreDirectory) {
        self.stores = stores
    }

    /// Fills the registry from the journal at start.
    package func load(from journal: Journal) throws {
        for device in try journal.read({ try $0.devices() }) { put(device) }
    }

    /// Adds a device or replaces its credential.
    package func put(_ device: DeviceRecord) {
        forget(store: device.store, name: device.name)
        table.withLock { table in
            table.all[DeviceKey(store: device.store, name: device.name)] = device
            guard device.revokedAt == nil else { return }
            if let fingerprint = device.fingerprint { table.byFingerprint[fingerprint] = device }
            if let hash = device.tokenHash { table.byTokenHash[hash] = device }
        }
    }

    /// A device was revoked: it cannot connect any more.
    package func revoke(store: String, name: String, at moment: Instant) {
        forget(store: store, name: name)
        table.withLock { $0.all[DeviceKey(store: store, name: name)]?.revokedAt = moment }
    }

    private func forget(store: String, name: String) {
        table.withLock { table in
            table.byFingerprint = table.byFingerprint.filter { $0.value.store != store || $0.value.name != name }
            table.byTokenHash = table.byTokenHash.filter { $0.value.store != store || $0.value.name != name }
        }
    }

    /// The device that owns a certificate which the TLS handshake has verified; nil when it is unknown or revoked, or when
    /// the certificate names another device than the one that it was registered for.
    func device(with certificate: PeerCertificate) -> Principal? {
        guard let device = table.withLock({ $0.byFingerprint[certificate.fingerprint] }),
            device.isNamed(by: certificate)
        else { return nil }
        return principal(device)
    }

    /// Why a verified certificate is nobody's, for the log: the client is not told what is known here.
    func objection(to certificate: PeerCertificate) -> CertificateObjection {
        table.withLock { table in
            if let owner = table.byFingerprint[certificate.fingerprint] {
                return .registeredForAnother(DeviceKey(store: owner.store, name: owner.name), owner.role)
            }
            guard let known = table.all[DeviceKey(store: certificate.store, name: certificate.device)] else {
                let stores = table.all.keys.filter { $0.name == certificate.device }.map(\.store).sorted()
                return stores.isEmpty ? .unknown : .otherStores(stores)
            }
            if known.role.rawValue != certificate.role { return .otherRole(known.role) }
            if let moment = known.revokedAt { return .revoked(moment) }
            return .replaced(known.createdAt)
        }
    }

    /// The device that owns a token.
    ///
    /// Only hashes are compared: how long the comparison takes tells nothing about a token that was not presented.
    func device(withToken token: String) -> Principal? {
        let hash = sha256(Array(token.utf8))
        guard let device = table.withLock({ $0.byTokenHash[hash] }), let stored = device.tokenHash,
            constantTimeEqual(stored, hash)
        else { return nil }
        return principal(device)
    }

    /// Whether a device that proved itself a moment ago may still connect.
    func isActive(_ principal: Principal) -> Bool {
        guard principal.role != .operator else { return true }
        return table.withLock { table in
            table.all[principal.key].map { $0.revokedAt == nil } ?? false
        }
    }

    private func principal(_ device: DeviceRecord?) -> Principal? {
        device.map {
            Principal(store: $0.store, device: $0.name, role: $0.role, settings: stores[$0.store])
        }
    }
}

extension DeviceRecord {
    fileprivate func isNamed(by certificate: PeerCertificate) -> Bool {
        store == certificate.store && name == certificate.device && role.rawValue == certificate.role
    }
}

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
