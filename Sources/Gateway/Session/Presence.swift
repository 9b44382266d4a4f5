import LineProtocol
import Locking
import Retail

/// What a device is known by: its name is its own only within its store.
struct DeviceKey: Hashable, Sendable {
    var store: String
    var name: String
}

/// Who is connected: where events for a device go, and which tills an order can be offered to.
final class Presence: Sendable {
    private struct Place {
        var role: DeviceRole
        /// The newest last: events go there.
        var sessions: [Session]

        mutating func add(_ session: Session, as role: DeviceRole) {
            self.role = role
            sessions.append(session)
        }
    }

    private let places = Mutex<[DeviceKey: Place]>([:])
    private let seen = Mutex<[DeviceKey: Instant]>([:])

    private let connectionsPerDevice: Int

    init(connectionsPerDevice: Int) {
        self.connectionsPerDevice = connectionsPerDevice
    }

    /// Adds a session that has proved whose it is; false when the device has as many as it may have.
    func register(_ session: Session, as principal: Principal, at now: Instant) -> Bool {
        seen.withLock { $0[principal.key] = now }
        return places.withLock { places in
            // Changed where it is: a device may have many sessions.
            let count = places[principal.key]?.sessions.count ?? 0
            guard count < connectionsPerDevice else { return false }
            places[principal.key, default: Place(role: principal.role, sessions: [])].add(session, as: principal.role)
            return true
        }
    }

    /// What the end of a session leaves of its device.
    enum Leaving {
        /// It had ended before, or events did not go there.
        case nothing
        /// The device has no other session.
        case gone
        /// Events went there, and go to this session now.
        case handsOver(to: Session)
    }

    /// Forgets a session that has ended.
    func unregister(_ session: Session, of principal: Principal) -> Leaving {
        places.withLock { places in
            guard var place = places[principal.key],
                let index = place.sessions.firstIndex(where: { $0 === session })
            else { return .nothing }
            let wasLast = index == place.sessions.count - 1
            place.sessions.remove(at: index)
            places[principal.key] = place.sessions.isEmpty ? nil : place
            guard let heir = place.sessions.last else { return .gone }
            return wasLast ? .handsOver(to: heir) : .nothing
        }
    }

    /// When a device last said HELLO; nil when it has not since the gateway started.
    func lastSeen(_ device: DeviceKey) -> Instant? { seen.withLock { $0[device] } }

    /// The connected devices of a store in one role, by name.
    func connected(store: String, role: DeviceRole) -> [String] {
        places.withLock { places in
            places.filter { $0.key.store == store && $0.value.role == role }.map(\.key.name).sorted()
        }
    }

    /// The session that a device's events go to.
    func session(of device: DeviceKey) -> Session? {
        places.withLock { $0[device]?.sessions.last }
    }

    /// Every session of a device.
    func sessions(of device: DeviceKey) -> [Session] {
        places.withLock { $0[device]?.sessions ?? [] }
    }

    /// Every session there is.
    func all() -> [Session] {
        places.withLock { $0.values.flatMap(\.sessions) }
    }
}
