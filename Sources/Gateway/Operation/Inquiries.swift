import Dispatch
import Journal
import LineProtocol
import Retail

/// Questions that read much and change nothing: answered on read-only connections, away from the loops and the writer.
final class Inquiries: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    private let journal: Journal
    private let clock: any WallClock
    /// One after the other: a question that takes long must not take the machine.
    private let queue = DispatchQueue(label: "inquiries")

    init(journal: Journal, clock: any WallClock) {
        self.journal = journal
        self.clock = clock
    }

    /// How much upstream has not confirmed: of one till, or of all.
    func backlog(of till: DeviceKey?, completion: @escaping Completion) {
        let now = clock.now()
        read(completion) { view in
            let backlog = try view.backlog(stream: till.map { $0.store + "/" + $0.name })
            let writer = ByteWriter(capacity: 96)
            writer.beginObject()
            writer.field("unsent", backlog.unsent)
            writer.name("oldest_at")
            if let oldest = backlog.oldestAt { writer.value(oldest) } else { writer.nullValue() }
            let age = backlog.oldestAt.map { max(0, now.millisecondsSinceEpoch - $0.millisecondsSinceEpoch) / 1_000 }
            writer.field("oldest_age_s", age ?? 0)
            writer.endObject()
            return Array(writer.bytes)
        }
    }

    /// The devices, the revoked ones too.
    func devices(completion: @escaping Completion) {
        read(completion) { view in
            let writer = ByteWriter(capacity: 1_024)
            writer.beginObject()
            writer.name("devices")
            writer.beginArray()
            for device in try view.devices() { device.write(to: writer) }
            writer.endArray()
            writer.endObject()
            return Array(writer.bytes)
        }
    }

    /// Proves that the books add up.
    func audit(completion: @escaping Completion) {
        read(completion) { view in
            let writer = ByteWriter(capacity: 1_024)
            try view.audit().write(to: writer)
            return Array(writer.bytes)
        }
    }

    private func read(
        _ completion: @escaping Completion, _ body: @escaping @Sendable (JournalView) throws -> [UInt8]
    ) {
        queue.async { [self] in
            completion(Result { try journal.read(body) }.mapError { Refusal(store: $0) })
        }
    }
}

extension DeviceRecord {
    /// Writes the device as the operator sees it; what it proves itself with stays out, but for the fingerprint.
    package func write(to writer: ByteWriter) {
        writer.beginObject()
        writer.field("store", store)
        writer.field("device", name)
        writer.field("role", role.rawValue)
        writer.field("credential", fingerprint == nil ? "token" : "certificate")
        writer.optionalField("fingerprint", fingerprint)
        writer.field("created_at", createdAt)
        writer.name("revoked_at")
        if let revokedAt { writer.value(revokedAt) } else { writer.nullValue() }
        writer.endObject()
    }
}

extension AuditReport {
    /// Writes the report as one JSON object.
    package func write(to writer: ByteWriter) {
        writer.beginObject()
        writer.field("ok", findings.isEmpty)
        writer.field("customers", customers)
        writer.field("ledger_entries", ledgerEntries)
        writer.field("receipts", receipts)
        writer.field("conflicts", conflicts)
        writer.field("orders", orders)
        writer.field("unsent", unsent)
        writer.field("quarantined", quarantined)
        writer.field("points_liability", pointsLiability)
        writer.field("findings", findings)
        writer.endObject()
    }
}
