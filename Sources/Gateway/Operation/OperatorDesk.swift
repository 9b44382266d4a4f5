import Certificates
import Foundation
import Journal
import LineProtocol
import Retail

/// What shop or head-office IT does with a gateway, running or not: the same code serves the gateway's own socket and a
/// command that opens the journal itself.
package final class OperatorDesk: Sendable {
    /// How a device proves itself.
    package enum Credential: Sendable {
        /// SHA-256 of its certificate, hexadecimal.
        case certificate(fingerprint: String)
        /// SHA-256 of its token.
        case token(hash: [UInt8])
    }

    /// One customer of an import.
    package struct CustomerRow: Sendable {
        package var identifiers: [CustomerIdentifier]
        package var profile: CustomerProfile
        package var points: Int64
        package var turnover: Money

        /// A row with every field given.
        package init(
            identifiers: [CustomerIdentifier], profile: CustomerProfile, points: Int64 = 0, turnover: Money = .zero
        ) {
            self.identifiers = identifiers
            self.profile = profile
            self.points = points
            self.turnover = turnover
        }
    }

    /// What an import did.
    package struct ImportResult: Sendable, Equatable {
        package var added = 0
        package var known = 0

        /// Nothing imported yet.
        package init() {}
    }

    private let journal: Journal
    private let clock: any WallClock

    /// A desk on an open journal.
    package init(journal: Journal, clock: any WallClock) {
        self.journal = journal
        self.clock = clock
    }

    /// Adds a device or gives it a new credential.
    package func addDevice(
        store: String, name: String, role: DeviceRole, credential: Credential,
        completion: @escaping @Sendable (Result<DeviceRecord, any Error>) -> Void
    ) {
        var device = DeviceRecord(
            store: store, name: name, role: role, fingerprint: nil, tokenHash: nil, createdAt: clock.now())
        switch credential {
        case .certificate(let fingerprint): device.fingerprint = fingerprint
        case .token(let hash): device.tokenHash = hash
        }
        let record = device
        journal.submit(
            { transaction in
                try transaction.put(record)
                return record
            }, completion: completion)
    }

    /// Revokes a device; completes with false when there is none of that name.
    package func revokeDevice(
        store: String, name: String, completion: @escaping @Sendable (Result<Bool, any Error>) -> Void
    ) {
        let now = clock.now()
        journal.submit(
            { transaction in
                let isKnown = try transaction.devices().contains {
                    $0.store == store && $0.name == name && $0.revokedAt == nil
                }
                try transaction.revokeDevice(store: store, name: name, at: now)
                return isKnown
            }, completion: completion)
    }

    /// Adds customers that are not known by any of their identifiers; known ones keep what they have.
    package func importCustomers(
        _ rows: [CustomerRow],
        completion: @escaping @Sendable (Result<(ImportResult, [CustomerRecord]), any Error>) -> Void
    ) {
        let now = clock.now()
        journal.submit(
            { transaction in
                var result = ImportResult()
                var added: [CustomerRecord] = []
                for row in rows {
                    if try row.identifiers.contains(where: { try transaction.customerID(with: $0) != nil }) {
                        result.known += 1
                        continue
                    }
                    added.append(try Self.add(row, at: now, transaction))
                    result.added += 1
                }
                return (result, added)
            }, completion: completion)
    }

    private static func add(
        _ row: CustomerRow, at now: Instant, _ transaction: JournalTransaction
    ) throws -> CustomerRecord {
        let id = try transaction.insertCustomer(row.profile, at: now)
        for identifier in row.identifiers { try transaction.attach(identifier, to: id) }
        if row.points != 0 || row.turnover != .zero {
            try transaction.append(
                LedgerEntry(
                    customer: id, points: row.points, turnover: row.turnover, reason: "import", receipt: nil, at: now))
        }
        return CustomerRecord(
            id: id, name: row.profile.name, segment: row.profile.segment, birthday: row.profile.birthday,
            consents: row.profile.consents, points: row.points, turnover: row.turnover, createdAt: now,
            mergedInto: nil, identifiers: row.identifiers)
    }

    /// Adds articles or replaces those that are known.
    package func importCatalogue(
        _ products: [ProductRecord], completion: @escaping @Sendable (Result<Int, any Error>) -> Void
    ) {
        journal.submit(
            { transaction in
                for product in products { try transaction.put(product) }
                return products.count
            }, completion: completion)
    }
}
