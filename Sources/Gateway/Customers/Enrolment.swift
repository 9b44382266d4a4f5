import Journal
import LineProtocol
import Retail

/// Enrols customers: whoever is known by any of the identifiers is found instead of made a second time.
final class Enrolment: Sendable {
    /// Who is to be enrolled.
    struct Application: Sendable {
        var identifiers: [CustomerIdentifier]
        var profile: CustomerProfile
    }

    private struct Enrolled: Sendable {
        var customer: CustomerRecord
        var created: Bool
    }

    private let journal: Journal
    private let directory: CustomerDirectory
    private let identification: Identification
    private let clock: any WallClock
    private let relayWaker: RelayWaker

    init(
        journal: Journal, directory: CustomerDirectory, identification: Identification, clock: any WallClock,
        relayWaker: RelayWaker
    ) {
        self.journal = journal
        self.directory = directory
        self.identification = identification
        self.clock = clock
        self.relayWaker = relayWaker
    }

    /// Finds or makes the customer, and completes with the answer to ENROL once the disk has it.
    func enrol(
        _ application: Application, by principal: Principal,
        completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void
    ) {
        let now = clock.now()
        journal.submit { transaction in
            try Self.enrol(application, store: principal.store, at: now, transaction)
        } completion: { [self] result in
            switch result {
            case .success(let enrolled):
                directory.put(enrolled.customer)
                relayWaker.wake()
                let writer = ByteWriter(capacity: 512)
                _ = identification.write(
                    enrolled.customer.id, created: enrolled.created, for: principal, to: writer)
                completion(.success(Array(writer.bytes)))
            case .failure(let error):
                completion(.failure(Refusal(store: error)))
            }
        }
    }

    private static func enrol(
        _ application: Application, store: String, at now: Instant, _ transaction: JournalTransaction
    ) throws -> Enrolled {
        var free: [CustomerIdentifier] = []
        var owners: [CustomerID: [CustomerIdentifier.Kind]] = [:]
        for identifier in application.identifiers {
            if let owner = try transaction.customerID(with: identifier),
                let survivor = try transaction.survivor(of: owner)
            {
                owners[survivor, default: []].append(identifier.kind)
            } else {
                free.append(identifier)
            }
        }
        guard owners.count <= 1 else {
            var refusal = Refusal(.ambiguous, "the identifiers lead to different customers")
            refusal.fields = owners.sorted { $0.key < $1.key }.flatMap(\.value).map(\.rawValue)
            throw refusal
        }
        let known = owners.first?.key
        let id = try known ?? transaction.insertCustomer(application.profile, at: now)
        if known != nil { try transaction.completeProfile(of: id, with: application.profile) }
        for identifier in free { try transaction.attach(identifier, to: id) }
        guard let customer = try transaction.customer(id) else {
            throw Refusal(.internal, "the customer that was just written cannot be read")
        }
        if known == nil || !free.isEmpty {
            try enqueue(customer, created: known == nil, store: store, at: now, transaction)
        }
        return Enrolled(customer: customer, created: known == nil)
    }

    private static func enqueue(
        _ customer: CustomerRecord, created: Bool, store: String, at now: Instant, _ transaction: JournalTransaction
    ) throws {
        let writer = ByteWriter(capacity: 512)
        writer.beginObject()
        writer.field("customer_id", customer.id.text)
        writer.field("store", store)
        writer.field("at", now)
        writer.optionalField("name", customer.name)
        writer.optionalField("segment", customer.segment)
        writer.optionalField("birthday", customer.birthday)
        writer.field("consents", customer.consents)
        writer.name("identifiers")
        writer.beginArray()
        for identifier in customer.identifiers {
            writer.beginObject()
            writer.field("kind", identifier.kind.rawValue)
            writer.field("value", identifier.value)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        let type = created ? "customer.enrolled" : "customer.changed"
        // A later change has more identifiers, which makes its key another one.
        try transaction.enqueue(
            type: type, id: "\(customer.id.text)/\(customer.identifiers.count)", stream: store,
            body: Array(writer.bytes), at: now)
    }
}
