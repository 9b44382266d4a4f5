import Journal
import LineProtocol
import Loyalty
import Retail

/// Brings customers, products and stock in, row by row: a bad row is reported with its number and the others go on.
final class Imports: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    /// What became of the rows.
    struct Outcome: Sendable {
        var created = 0
        var updated = 0
        var customers: [CustomerRecord] = []
        /// Some change of upstream waits for something.
        var hasWaiting = false
        /// Rows that contradict what is stored.
        var refused: [ImportReply.RefusedRow] = []
    }

    let journal: Journal
    private let directory: CustomerDirectory
    let products: ProductMemory
    private let programmes: Programmes
    let intake: ChangeIntake
    let clock: any WallClock
    /// The clock by which opening balances expire: customers belong to no single store.
    private let calendar: StoreCalendar

    init(
        journal: Journal, directory: CustomerDirectory, products: ProductMemory, programmes: Programmes,
        intake: ChangeIntake, clock: any WallClock, calendar: StoreCalendar
    ) {
        self.journal = journal
        self.directory = directory
        self.products = products
        self.programmes = programmes
        self.intake = intake
        self.calendar = calendar
        self.clock = clock
    }

    /// IMPORT_CUSTOMERS: the fields of ENROL in each row, and what a new customer brings along.
    func customers(_ message: ImportRequest<ImportedCustomer>, completion: @escaping Completion) {
        let clock = calendar.clock(at: clock.now())
        let set = programmes.active.set
        journal.submit { transaction in
            var outcome = Outcome()
            for (index, row) in message.rows.enumerated() {
                guard case .success(let row) = row else { continue }
                defer { transaction.giveWay() }
                do {
                    try Self.add(row, in: set, at: clock, to: &outcome, transaction)
                } catch let refusal as Refusal {
                    outcome.refused.append(
                        ImportReply.RefusedRow(
                            row: index + 1, code: refusal.code, message: refusal.message,
                            field: refusal.fields?.first))
                }
            }
            outcome.hasWaiting = try transaction.hasWaitingChanges()
            return outcome
        } completion: { [directory, intake] result in
            completion(
                result.mapError { Refusal(store: $0) }.map { outcome in
                    for customer in outcome.customers { directory.put(customer) }
                    if outcome.hasWaiting { intake.applyWaiting(for: outcome.customers.flatMap(\.identifiers.needs)) }
                    return Self.reply(outcome, message.rows)
                })
        }
    }

    /// As ENROL; opening balances are for new customers only, so that the same file can be brought in twice.
    ///
    /// - Throws: a ``Refusal`` for a row that changes nothing.
    private static func add(
        _ row: ImportedCustomer, in set: ProgrammeSet, at clock: StoreClock, to outcome: inout Outcome,
        _ transaction: JournalTransaction
    ) throws {
        let enrolled = try Enrolment.findOrMake(Enrolment.Application(row.enrol), at: clock.now, transaction)
        var customer = enrolled.customer
        if enrolled.created {
            outcome.created += 1
            if row.points > 0 || row.turnover != .zero {
                var posting = try transaction.open(customer.id)
                posting.turnover = row.turnover
                if row.points > 0 {
                    let terms = set.programme(for: customer.segment).lotTerms
                    let opening = Grant(
                        points: row.points, origin: .granted, activeFrom: clock.now,
                        expiresAt: terms.expiry(ofActive: clock.now, zone: clock.zone))
                    posting.entries = try posting.account.points.earn(opening, at: clock.now)
                }
                customer.account = try transaction.post(posting, PostingCause("import", at: clock.now))
                // What upstream says of the balance later has this in it.
                try transaction.setOpened(customer.id, at: clock.now)
            }
        } else {
            outcome.updated += 1
        }
        outcome.customers.append(customer)
    }

    static func reply<Row>(_ outcome: Outcome, _ rows: [Result<Row, FieldError>]) -> [UInt8] {
        let refused = rows.enumerated().compactMap { index, row -> ImportReply.RefusedRow? in
            guard case .failure(let error) = row else { return nil }
            return ImportReply.RefusedRow(
                row: index + 1, code: error.code, message: error.reason, field: error.field)
        }
        return ImportReply(
            created: outcome.created, updated: outcome.updated,
            refused: (refused + outcome.refused).sorted { $0.row < $1.row }
        ).text
    }
}

/// One customer of an import: an enrolment, and the balances a new customer begins with.
struct ImportedCustomer: MessageBody {
    var enrol: Enrol
    var points: Int64
    var turnover: Money

    init(_ fields: FieldReader) throws(FieldError) {
        enrol = try Enrol(fields)
        points = try fields.optionalPoints("points") ?? 0
        turnover = try fields.optionalNonNegativeMoney("turnover") ?? .zero
    }

    func writeMembers(to writer: ByteWriter) {
        enrol.writeMembers(to: writer)
        writer.field("points", points)
        writer.field("turnover", turnover)
    }
}

extension CustomerProfile {
    /// The part of an enrolment that is no identifier.
    init(_ enrol: Enrol) {
        self.init(
            name: enrol.name, segment: enrol.segment, birthday: enrol.birthday?.iso, consents: enrol.consents)
    }
}
