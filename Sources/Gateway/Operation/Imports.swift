import Journal
import LineProtocol
import Retail

/// Brings customers and articles in, row by row: a bad row is reported with its number and the others go on.
final class Imports: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    /// What became of the rows.
    private struct Outcome: Sendable {
        var created = 0
        var updated = 0
        var customers: [CustomerRecord] = []
    }

    private let journal: Journal
    private let directory: CustomerDirectory
    private let clock: any WallClock

    init(journal: Journal, directory: CustomerDirectory, clock: any WallClock) {
        self.journal = journal
        self.directory = directory
        self.clock = clock
    }

    /// IMPORT_CUSTOMERS: the fields of ENROL in each row, and what a new customer brings along.
    func customers(_ message: ImportRequest<ImportedCustomer>, completion: @escaping Completion) {
        let now = clock.now()
        journal.submit { transaction in
            var outcome = Outcome()
            for case .success(let row) in message.rows { try Self.add(row, at: now, to: &outcome, transaction) }
            return outcome
        } completion: { [directory] result in
            completion(
                result.mapError { Refusal(store: $0) }.map { outcome in
                    for customer in outcome.customers { directory.put(customer) }
                    return Self.reply(outcome, message.rows)
                })
        }
    }

    /// IMPORT_CATALOGUE: articles; one that is known is replaced.
    func catalogue(_ message: ImportRequest<ProductRow>, completion: @escaping Completion) {
        journal.submit { transaction in
            var outcome = Outcome()
            for case .success(let row) in message.rows {
                if try transaction.product(sku: row.sku) == nil { outcome.created += 1 } else { outcome.updated += 1 }
                try transaction.put(ProductRecord(row))
            }
            return outcome
        } completion: { result in
            completion(result.mapError { Refusal(store: $0) }.map { Self.reply($0, message.rows) })
        }
    }

    /// A known customer keeps what is known and gets what was missing; opening balances are for new ones only, so that
    /// the same file can be brought in twice.
    private static func add(
        _ row: ImportedCustomer, at now: Instant, to outcome: inout Outcome, _ transaction: JournalTransaction
    ) throws {
        for identifier in row.enrol.identifiers {
            guard let owner = try transaction.customerID(with: identifier),
                let known = try transaction.survivor(of: owner)
            else { continue }
            try transaction.completeProfile(of: known, with: CustomerProfile(row.enrol))
            if let record = try transaction.customer(known) { outcome.customers.append(record) }
            outcome.updated += 1
            return
        }
        let id = try transaction.insertCustomer(CustomerProfile(row.enrol), at: now)
        for identifier in row.enrol.identifiers { try transaction.attach(identifier, to: id) }
        if row.points != 0 || row.turnover != .zero {
            _ = try transaction.append(
                LedgerEntry(
                    customer: id, points: row.points, turnover: row.turnover, reason: "import", receipt: nil, at: now))
        }
        outcome.customers.append(
            CustomerRecord(
                id: id, name: row.enrol.name, segment: row.enrol.segment, birthday: row.enrol.birthday?.iso,
                consents: row.enrol.consents, points: row.points, turnover: row.turnover, createdAt: now,
                mergedInto: nil, identifiers: row.enrol.identifiers))
        outcome.created += 1
    }

    private static func reply<Row>(_ outcome: Outcome, _ rows: [Result<Row, FieldError>]) -> [UInt8] {
        let refused = rows.enumerated().compactMap { index, row -> ImportReply.RefusedRow? in
            guard case .failure(let error) = row else { return nil }
            return ImportReply.RefusedRow(
                row: index + 1, code: error.code, message: error.reason, field: error.field)
        }
        return ImportReply(created: outcome.created, updated: outcome.updated, refused: refused).text
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

extension ProductRecord {
    fileprivate init(_ row: ProductRow) {
        self.init(sku: row.sku, name: row.name, price: row.price, category: row.category, barcodes: row.barcodes)
    }
}

extension CustomerProfile {
    /// The part of an enrolment that is no identifier.
    init(_ enrol: Enrol) {
        self.init(
            name: enrol.name, segment: enrol.segment, birthday: enrol.birthday?.iso, consents: enrol.consents)
    }
}
