import Crew
import Journal
import LineProtocol
import Loyalty
import Retail

/// Enrols customers: whoever is known by any of the identifiers is found instead of made a second time.
final class Enrolment: Sendable {
    /// Who is to be enrolled.
    struct Application: Sendable {
        var identifiers: [CustomerIdentifier]
        var profile: CustomerProfile
    }

    /// What became of an application.
    struct Enrolled: Sendable {
        var customer: CustomerRecord
        var created: Bool
        /// A known customer has got something new.
        var changed: Bool
    }

    private let journal: Journal
    private let directory: CustomerDirectory
    private let identification: Identification
    private let programmes: Programmes
    private let intake: ChangeIntake
    private let clock: any WallClock
    private let relayWaker: Waker

    init(
        journal: Journal, directory: CustomerDirectory, identification: Identification, programmes: Programmes,
        intake: ChangeIntake, clock: any WallClock, relayWaker: Waker
    ) {
        self.journal = journal
        self.directory = directory
        self.programmes = programmes
        self.identification = identification
        self.intake = intake
        self.clock = clock
        self.relayWaker = relayWaker
    }

    /// Finds or makes the customer, and completes with the answer to ENROL once the disk has it.
    func enrol(
        _ application: Application, by principal: Principal,
        completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void
    ) {
        let clock = principal.calendar.clock(at: clock.now())
        let set = programmes.active.set
        journal.submit { transaction -> (Enrolled, hasWaiting: Bool) in
            var enrolled = try Self.findOrMake(application, at: clock.now, transaction)
            let isNews = enrolled.created || enrolled.changed
            try Self.giveGifts(to: &enrolled, by: principal.role, in: set, at: clock, transaction)
            if isNews {
                // What a shop has just been told is newer than what upstream may still send.
                let told = try transaction.setTold(enrolled.customer.id, at: clock.now)
                try Self.enqueue(enrolled, toldAt: told, store: principal.store, at: clock.now, transaction)
            }
            return (enrolled, try transaction.hasWaitingChanges())
        } completion: { [self] result in
            switch result {
            case .success(let (enrolled, hasWaiting)):
                directory.put(enrolled.customer)
                relayWaker.wake()
                if hasWaiting { intake.applyWaiting(for: application.identifiers.needs) }
                completion(
                    Result { () throws(Refusal) in
                        try identification.answer(enrolled.customer.id, created: enrolled.created, for: principal)
                    })
            case .failure(let error):
                completion(.failure(Refusal(store: error)))
            }
        }
    }

    /// Points of welcome for a new customer; for one whom the website registers, once, the points of the registration.
    private static func giveGifts(
        to enrolled: inout Enrolled, by role: DeviceRole, in set: ProgrammeSet, at clock: StoreClock,
        _ transaction: JournalTransaction
    ) throws {
        let programme = set.programme(for: enrolled.customer.segment)
        var grants: [Grant] = []
        if enrolled.created,
            let welcome = programme.welcomeGrant(at: clock.now, zone: clock.zone)
        {
            grants.append(welcome)
        }
        if role == .website,
            let registration = programme.siteRegistrationGrant(at: clock.now, zone: clock.zone),
            try !transaction.hasLot(of: enrolled.customer.id, origin: .siteRegistration)
        {
            grants.append(registration)
        }
        guard !grants.isEmpty else { return }
        var posting = try transaction.open(enrolled.customer.id)
        for grant in grants { posting.entries += try posting.account.points.earn(grant, at: clock.now) }
        enrolled.customer.account = try transaction.post(posting, PostingCause("enrolment", at: clock.now))
    }

    /// Finds the customer whom the identifiers lead to and adds what is new, or makes one.
    ///
    /// - Throws: a ``Refusal`` when they lead to different customers; nothing has been written then.
    static func findOrMake(
        _ application: Application, at now: Instant, _ transaction: JournalTransaction
    ) throws -> Enrolled {
        var free: [CustomerIdentifier] = []
        var taken: [(kind: CustomerIdentifier.Kind, owner: CustomerID)] = []
        for identifier in application.identifiers {
            if let owner = try transaction.customerID(with: identifier),
                let survivor = try transaction.survivor(of: owner)
            {
                taken.append((identifier.kind, survivor))
            } else {
                free.append(identifier)
            }
        }
        let known = taken.first?.owner
        guard taken.allSatisfy({ $0.owner == known }) else {
            var refusal = Refusal(.ambiguous, "the identifiers lead to different customers")
            refusal.fields = taken.map(\.kind.rawValue)
            throw refusal
        }
        let before = try known.flatMap { try transaction.customer($0) }
        let id = try known ?? transaction.insertCustomer(application.profile, at: now)
        if known != nil { try transaction.completeProfile(of: id, with: application.profile) }
        for identifier in free { try transaction.attach(identifier, to: id) }
        guard let customer = try transaction.customer(id) else {
            throw Refusal(.internal, "the customer that was just written cannot be read")
        }
        return Enrolled(customer: customer, created: known == nil, changed: before != nil && before != customer)
    }

    private static func enqueue(
        _ enrolled: Enrolled, toldAt: Instant, store: String, at now: Instant, _ transaction: JournalTransaction
    ) throws {
        let customer = enrolled.customer
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
        let type = enrolled.created ? "customer.enrolled" : "customer.changed"
        // Other gateways have a c-1, too, and no two changes of a customer were told at the same moment.
        let gateway = try transaction.gatewayName()
        try transaction.enqueue(
            type: type, id: "\(gateway)/\(customer.id.text)/\(toldAt.millisecondsSinceEpoch)", stream: store,
            body: Array(writer.bytes), at: now)
    }
}
