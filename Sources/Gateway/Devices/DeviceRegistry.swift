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
    private typealias Entry = (device: DeviceRecord, allowance: DeviceAllowance)

    private struct Table {
        var byFingerprint: [String: DeviceRecord] = [:]
        var byTokenHash: [[UInt8]: DeviceRecord] = [:]
        /// The devices that may connect, and what each has left of its guesses.
        var active: [DeviceKey: DeviceAllowance] = [:]

        func entry(_ device: DeviceRecord?) -> Entry? {
            device.flatMap { device in
                active[DeviceKey(store: device.store, name: device.name)].map { (device, $0) }
            }
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
        for device in try journal.read({ try $0.devices() }) { put(device) }
    }

    /// Adds a device or replaces its credential.
    package func put(_ device: DeviceRecord) {
        remove(store: device.store, name: device.name)
        guard device.revokedAt == nil else { return }
        table.withLock { table in
            table.active[DeviceKey(store: device.store, name: device.name)] = DeviceAllowance(device.role, guessing)
            if let fingerprint = device.fingerprint { table.byFingerprint[fingerprint] = device }
            if let hash = device.tokenHash { table.byTokenHash[hash] = device }
        }
    }

    /// Forgets a device: it cannot connect any more.
    package func remove(store: String, name: String) {
        table.withLock { table in
            table.active[DeviceKey(store: store, name: name)] = nil
            table.byFingerprint = table.byFingerprint.filter { $0.value.store != store || $0.value.name != name }
            table.byTokenHash = table.byTokenHash.filter { $0.value.store != store || $0.value.name != name }
        }
    }

    /// The device that owns a certificate which the TLS handshake has verified; nil when it is unknown or revoked.
    func device(with certificate: PeerCertificate) -> Principal? {
        principal(table.withLock { $0.entry($0.byFingerprint[certificate.fingerprint]) })
    }

    /// The device that owns a token.
    ///
    /// Only hashes are compared: how long the comparison takes tells nothing about a token that was not presented.
    func device(withToken token: String) -> Principal? {
        let hash = sha256(Array(token.utf8))
        guard let entry = table.withLock({ $0.entry($0.byTokenHash[hash]) }), let stored = entry.device.tokenHash,
            constantTimeEqual(stored, hash)
        else { return nil }
        return principal(entry)
    }

    /// Whether a device that proved itself a moment ago may still connect.
    func isActive(_ principal: Principal) -> Bool {
        guard principal.role != .operator else { return true }
        return table.withLock { table in
            table.active[principal.key] != nil
        }
    }

    private func principal(_ entry: Entry?) -> Principal? {
        entry.map { device, allowance in
            Principal(
                store: device.store, device: device.name, role: device.role, settings: stores[device.store],
                allowance: allowance)
        }
    }
}
