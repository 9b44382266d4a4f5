import Journal
import LineProtocol
import Retail
import Synchronization

/// The read model of customers: always what was acknowledged, never behind it, never waiting for the disk.
///
/// The journal's writer calls ``put(_:)`` and ``setBalance(_:points:turnover:)`` after each commit and before the
/// answer goes out, so whoever asks after an acknowledged change, on any loop, sees the change.
package final class CustomerDirectory: Sendable {
    private let identifiers: IdentifierIndex
    private let rows = CustomerRows()
    private let knownCount = Mutex(0)

    /// An empty directory.
    ///
    /// - Parameter seed: makes the index's order unpredictable; random in production, fixed in tests.
    package init(seed: UInt64) {
        identifiers = IdentifierIndex(seed: seed)
    }

    /// How many customers are known.
    package var count: Int { knownCount.withLock { $0 } }

    func customer(_ identifier: CustomerIdentifier) -> CustomerID? { identifiers.customer(identifier) }

    func customer(_ kind: CustomerIdentifier.Kind, _ value: UnsafeRawBufferPointer) -> CustomerID? {
        identifiers.customer(kind, value)
    }

    func read<Result>(_ id: CustomerID, _ body: (CustomerFacts) -> Result) -> Result? {
        rows.read(id, body)
    }

    /// Adds a customer with their identifiers, or replaces what is known of them.
    package func put(_ record: CustomerRecord) {
        let isNew = rows.read(record.id) { _ in } == nil
        let profile = ByteWriter(capacity: 256)
        CustomerProfileText.write(record, to: profile)
        // Without its braces the text can be set among the members of any answer.
        let members = UnsafeRawBufferPointer(rebasing: profile.bytes.dropFirst().dropLast())
        rows.set(
            record.id, points: record.points, turnover: record.turnover,
            birthday: record.birthday.flatMap { CalendarDate(iso: $0) }, profile: members)
        for identifier in record.identifiers { identifiers.set(identifier, to: record.id) }
        if isNew { knownCount.withLock { $0 += 1 } }
    }

    package func setBalance(_ id: CustomerID, points: Int64, turnover: Money) {
        rows.setBalance(id, points: points, turnover: turnover)
    }

    /// Fills the directory from the journal at start.
    package func load(from journal: Journal) throws {
        try journal.read { view in
            // Identifiers come in one pass and are grouped here: a query per customer would take minutes for a million.
            var owned: [Int64: [CustomerIdentifier]] = [:]
            try view.forEachIdentifier { identifier, customer in owned[customer.number, default: []].append(identifier)
            }
            try view.forEachCustomer { record in
                guard record.mergedInto == nil else { return }
                var record = record
                record.identifiers = owned.removeValue(forKey: record.id.number) ?? []
                put(record)
            }
        }
    }
}

/// The members of a customer's answer that change only when the customer does.
enum CustomerProfileText {
    /// Writes `{"name":…,"external":…,"segment":…,"consents":[…],"phone":…}`.
    static func write(_ record: CustomerRecord, to writer: ByteWriter) {
        writer.beginObject()
        writer.field("name", record.name ?? "")
        writer.name("external")
        write(record.identifiers.first { $0.kind == .external }?.value, to: writer)
        writer.name("segment")
        write(record.segment, to: writer)
        writer.name("consents")
        writer.beginArray()
        for consent in record.consents { writer.value(consent) }
        writer.endArray()
        writer.name("phone")
        // The role that asks may not see a phone number whole; four digits are enough to tell two customers apart.
        write(record.identifiers.first { $0.kind == .phone }.map { maskedPhone($0.value) }, to: writer)
        writer.endObject()
    }

    private static func write(_ text: String?, to writer: ByteWriter) {
        if let text { writer.value(text) } else { writer.nullValue() }
    }
}
