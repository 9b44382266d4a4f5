import Retail

/// A device that may connect: its place, its role and how it proves itself.
package struct DeviceRecord: Sendable, Equatable {
    package var store: String
    package var name: String
    package var role: DeviceRole
    /// SHA-256 of the client certificate, hexadecimal.
    package var fingerprint: String?
    /// SHA-256 of the token; the token itself is never stored.
    package var tokenHash: [UInt8]?
    package var createdAt: Instant
    package var revokedAt: Instant?

    /// A device with every field given.
    package init(
        store: String, name: String, role: DeviceRole, fingerprint: String?, tokenHash: [UInt8]?, createdAt: Instant,
        revokedAt: Instant? = nil
    ) {
        self.store = store
        self.name = name
        self.role = role
        self.fingerprint = fingerprint
        self.tokenHash = tokenHash
        self.createdAt = createdAt
        self.revokedAt = revokedAt
    }
}

extension JournalView {
    /// The names of a store's tills that were not revoked.
    package func registers(store: String) throws(SQLError) -> [String] {
        try statement(
            "SELECT name FROM device WHERE store = ? AND role = 'register' AND revoked_at IS NULL ORDER BY name"
        ).bind(store).all { $0.text(0) }
    }

    /// All devices, the revoked ones too, by store and name.
    package func devices() throws(SQLError) -> [DeviceRecord] {
        try statement(
            """
            SELECT store, name, role, fingerprint, token_hash, created_at, revoked_at
            FROM device ORDER BY store, name
            """
        ).all { row in
            DeviceRecord(
                store: row.text(0), name: row.text(1), role: DeviceRole(rawValue: row.text(2)) ?? .register,
                fingerprint: row.textOrNil(3), tokenHash: row.blobOrNil(4),
                createdAt: Instant(millisecondsSinceEpoch: row.integer(5)),
                revokedAt: row.integerOrNil(6).map(Instant.init(millisecondsSinceEpoch:)))
        }
    }
}

extension JournalTransaction {
    /// Adds a device, or gives a known one a new credential (which ends its revocation).
    package func put(_ device: DeviceRecord) throws(SQLError) {
        try statement(
            """
            INSERT OR REPLACE INTO device (store, name, role, fingerprint, token_hash, created_at, revoked_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """
        )
        .bind(device.store).bind(device.name).bind(device.role.rawValue).bind(device.fingerprint)
        .bind(device.tokenHash).bind(device.createdAt.millisecondsSinceEpoch)
        .bind(device.revokedAt?.millisecondsSinceEpoch)
        .run()
    }

    /// Marks a device as revoked; its row stays for the record.
    package func revokeDevice(store: String, name: String, at instant: Instant) throws(SQLError) {
        try statement("UPDATE device SET revoked_at = ? WHERE store = ? AND name = ? AND revoked_at IS NULL")
            .bind(instant.millisecondsSinceEpoch).bind(store).bind(name)
            .run()
    }
}
