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
    /// The guesses that the device has left, shared by all its connections.
    let allowance: DeviceAllowance

    init(
        store: String, device: String, role: DeviceRole, settings: StoreSettings, allowance: DeviceAllowance? = nil
    ) {
        self.allowance = allowance ?? DeviceAllowance(role)
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
        return Principal(store: store, device: device, role: role, settings: settings, allowance: allowance)
    }

    var key: DeviceKey { DeviceKey(store: store, name: device) }
}

/// The devices that may connect, by what they prove themselves with.
package final class DeviceRegistry: Sendable {
    /// A device, the revoked ones too, and what it has left of its guesses.
    private struct Entry {
        var device: DeviceRecord
        var allowance: DeviceAllowance
    }

    private struct Table {
        var byFingerprint: [String: Entry] = [:]
        var byTokenHash: [[UInt8]: Entry] = [:]
        /// Every device there is.
        var all: [DeviceKey: Entry] = [:]

        mutating func put(_ entry: Entry) {
            let device = entry.device
            let key = DeviceKey(store: device.store, name: device.name)
            forgetCredentials(of: key)
            all[key] = entry
            guard device.revokedAt == nil else { return }
            if let fingerprint = device.fingerprint { byFingerprint[fingerprint] = entry }
            if let hash = device.tokenHash { byTokenHash[hash] = entry }
        }

        /// What the device has proved itself with so far is nobody's any more.
        mutating func forgetCredentials(of key: DeviceKey) {
            guard let known = all[key]?.device else { return }
            if let fingerprint = known.fingerprint, byFingerprint[fingerprint]?.device.isNamed(key) == true {
                byFingerprint[fingerprint] = nil
            }
            if let hash = known.tokenHash, byTokenHash[hash]?.device.isNamed(key) == true { byTokenHash[hash] = nil }
        }
    }

    private let table = Mutex(Table())
    private let stores: StoreDirectory
    private let guessing: GuessLimits

    /// An empty registry: nobody may connect.
    package init(stores: StoreDirectory, guessing: GuessLimits = GuessLimits()) {
        self.stores = stores
        self.guessing = guessing
    }

    /// Fills the registry from the journal at start.
    package func load(from journal: Journal) throws {
        let devices = try journal.read { try $0.devices() }
        table.withLock { table in
            for device in devices { table.put(entry(device)) }
        }
    }

    /// Adds a device or replaces its credential.
    package func put(_ device: DeviceRecord) {
        let entry = entry(device)
        table.withLock { $0.put(entry) }
    }

    private func entry(_ device: DeviceRecord) -> Entry {
        Entry(device: device, allowance: DeviceAllowance(device.role, guessing))
    }

    /// A device was revoked: it cannot connect any more.
    package func revoke(store: String, name: String, at moment: Instant) {
        table.withLock { table in
            let key = DeviceKey(store: store, name: name)
            table.forgetCredentials(of: key)
            table.all[key]?.device.revokedAt = moment
        }
    }

    /// The device that owns a certificate which the TLS handshake has verified; nil when it is unknown or revoked, or when
    /// the certificate names another device than the one that it was registered for.
    func device(with certificate: PeerCertificate) -> Principal? {
        guard let entry = table.withLock({ $0.byFingerprint[certificate.fingerprint] }),
            entry.device.isNamed(by: certificate)
        else { return nil }
        return principal(entry)
    }

    /// Why a verified certificate is nobody's, for the log: the client is not told what is known here.
    func objection(to certificate: PeerCertificate) -> CertificateObjection {
        table.withLock { table in
            if let owner = table.byFingerprint[certificate.fingerprint]?.device {
                return .registeredForAnother(DeviceKey(store: owner.store, name: owner.name), owner.role)
            }
            guard let known = table.all[DeviceKey(store: certificate.store, name: certificate.device)]?.device else {
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
        guard let entry = table.withLock({ $0.byTokenHash[hash] }), let stored = entry.device.tokenHash,
            constantTimeEqual(stored, hash)
        else { return nil }
        return principal(entry)
    }

    /// Whether a device that proved itself a moment ago may still connect.
    func isActive(_ principal: Principal) -> Bool {
        guard principal.role != .operator else { return true }
        return table.withLock { table in
            table.all[principal.key].map { $0.device.revokedAt == nil } ?? false
        }
    }

    private func principal(_ entry: Entry) -> Principal {
        let device = entry.device
        return Principal(
            store: device.store, device: device.name, role: device.role, settings: stores[device.store],
            allowance: entry.allowance)
    }
}

extension DeviceRecord {
    fileprivate func isNamed(_ key: DeviceKey) -> Bool { store == key.store && name == key.name }

    fileprivate func isNamed(by certificate: PeerCertificate) -> Bool {
        isNamed(DeviceKey(store: certificate.store, name: certificate.device)) && role.rawValue == certificate.role
    }
}
