import Certificates
import Journal
import LineProtocol
import Retail

/// What shop or head-office IT does with the devices of a gateway.
final class OperatorDesk: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    /// 256 bits: not to be guessed, and short enough to be typed once.
    private static let tokenBytes = 32

    private let journal: Journal
    private let devices: DeviceRegistry
    private let presence: Presence
    private let clock: any WallClock

    init(journal: Journal, devices: DeviceRegistry, presence: Presence, clock: any WallClock) {
        self.journal = journal
        self.devices = devices
        self.presence = presence
        self.clock = clock
    }

    /// Adds a device, or gives a known one a new credential; without a certificate's fingerprint a token is made.
    func addDevice(_ message: DeviceAdd, completion: @escaping Completion) {
        let token = message.fingerprint == nil ? hexadecimal(randomBytes(Self.tokenBytes)) : nil
        let device = DeviceRecord(
            store: message.store, name: message.device, role: message.role.deviceRole,
            fingerprint: message.fingerprint, tokenHash: token.map { sha256(Array($0.utf8)) }, createdAt: clock.now())
        journal.submit { transaction in
            try Self.requireFree(device, among: try transaction.devices())
            try transaction.put(device)
        } completion: { [devices] result in
            completion(
                result.mapError { Refusal(store: $0) }.map {
                    devices.put(device)
                    return DeviceAdd.Reply(
                        store: message.store, role: message.role, device: message.device, addedAt: device.createdAt,
                        token: token
                    ).text
                })
        }
    }

    /// A name belongs to one role, a certificate to one device, and a website's name to one website of all stores: orders
    /// are known by it.
    private static func requireFree(_ device: DeviceRecord, among all: [DeviceRecord]) throws {
        for known in all {
            let isSame = known.store == device.store && known.name == device.name
            let isBothWebsites = known.role == .website && device.role == .website
            let reason: String
            if isSame, known.role != device.role {
                reason = "the name belongs to a \(known.role.rawValue)"
            } else if !isSame, isBothWebsites, known.name == device.name {
                reason = "a website of another store has the name"
            } else if !isSame, let fingerprint = device.fingerprint, known.fingerprint == fingerprint {
                reason = "another device has the certificate"
            } else {
                continue
            }
            var refusal = Refusal(.conflict, reason)
            refusal.key = "\(known.store)/\(known.name)"
            refusal.receivedAt = known.createdAt
            throw refusal
        }
    }

    /// Revokes a device and cuts its connections at once.
    func revokeDevice(_ message: DeviceRevoke, completion: @escaping Completion) {
        let now = clock.now()
        journal.submit { transaction in
            let device = try Self.device(message, among: try transaction.devices())
            try transaction.revokeDevice(store: device.store, name: device.name, at: now)
            return device
        } completion: { [devices, presence, journal] result in
            completion(
                result.mapError { Refusal(store: $0) }.map { device in
                    devices.revoke(store: device.store, name: device.name, at: device.revokedAt ?? now)
                    let isLate = journal.planted.contains(.revocationNoticedLate)
                    let sessions =
                        isLate ? [] : presence.sessions(of: DeviceKey(store: device.store, name: device.name))
                    for session in sessions { session.executor.execute { session.cutOff() } }
                    return DeviceRevoke.Reply(
                        device: device.name, revokedAt: device.revokedAt ?? now, closed: sessions.count
                    ).text
                })
        }
    }

    /// A name alone will do as long as only one store has a device of that name.
    private static func device(_ message: DeviceRevoke, among all: [DeviceRecord]) throws -> DeviceRecord {
        let found = all.filter { device in
            device.name == message.device && (message.store == nil || message.store == device.store)
        }
        guard let device = found.first else { throw Refusal(.notFound, "no such device") }
        guard found.count == 1 else {
            throw Refusal(FieldError.missing("store"))
        }
        return device
    }
}

extension MessageBody {
    /// The message as one JSON object.
    var text: [UInt8] {
        let writer = ByteWriter(capacity: 256)
        write(to: writer)
        return Array(writer.bytes)
    }
}
