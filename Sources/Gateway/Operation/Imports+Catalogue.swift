import Journal
import LineProtocol
import Retail

extension Imports {
    /// Rows that one change of the journal takes: a till's receipt waits for no more than these, however long a file
    /// is.
    private static let rowsPerChange = 100

    /// A request that is taken in piece by piece.
    private struct Work<Row: MessageBody>: Sendable {
        var rows: [Result<Row, FieldError>]
        var take: @Sendable (Row, JournalTransaction) throws -> Taken
        /// Told of each row that is on the disk.
        var stored: @Sendable (Row) -> Void = { _ in }
        /// What changes of upstream may wait for before the row is known.
        var need: @Sendable (Row) -> FeedRefusal.Need? = { _ in nil }
        var completion: Completion
        var next = 0
        var outcome = Outcome()
    }

    /// What a row did.
    private enum Taken {
        case created
        case known
    }

    /// IMPORT_CATALOGUE: products; one that is known is replaced.
    func catalogue(_ message: ImportRequest<ProductRow>, completion: @escaping Completion) {
        let now = clock.now()
        go(
            on: Work(
                rows: message.rows,
                take: { row, transaction in
                    let known = try transaction.product(sku: row.sku)
                    try transaction.put(ProductRecord(row), replacing: known)
                    try transaction.noteWord(onProduct: row.sku, at: now)
                    return known == nil ? .created : .known
                }, stored: { [products] in products.put(ProductRecord($0)) },
                need: { .product(sku: $0.sku) }, completion: completion))
    }

    /// IMPORT_STOCK: what stores have of products that are in the catalogue.
    func stock(_ message: ImportRequest<StockRow>, completion: @escaping Completion) {
        let latest = clock.now().adding(milliseconds: Int64(ProtocolLimits.clockDifferenceMilliseconds))
        go(
            on: Work(
                rows: message.rows,
                take: { row, transaction in
                    guard try transaction.productBrief(sku: row.sku) != nil else {
                        var refusal = Refusal(.notFound, "no such product in the catalogue")
                        refusal.field = "sku"
                        throw refusal
                    }
                    guard row.asOf <= latest else {
                        throw Refusal.badField("as_of", "is more than a day ahead of the gateway's clock")
                    }
                    let count = StockCount(store: row.store, sku: row.sku, quantity: row.quantity, asOf: row.asOf)
                    return try transaction.take(count) ? .created : .known
                }, completion: completion))
    }

    /// Takes the next rows; those after them when these are on the disk, behind whatever came meanwhile.
    private func go<Row>(on work: Work<Row>) {
        let first = work.next
        journal.submit { transaction in
            var work = work
            let end = min(work.next + Self.rowsPerChange, work.rows.count)
            for index in work.next..<end {
                guard case .success(let row) = work.rows[index] else { continue }
                defer { transaction.giveWay() }
                do {
                    switch try work.take(row, transaction) {
                    case .created: work.outcome.created += 1
                    case .known: work.outcome.updated += 1
                    }
                } catch let refusal as Refusal {
                    work.outcome.refused.append(
                        ImportReply.RefusedRow(
                            row: index + 1, code: refusal.code, message: refusal.reason ?? refusal.message,
                            field: refusal.field))
                }
            }
            work.next = end
            work.outcome.hasWaiting = try transaction.hasWaitingChanges()
            return work
        } completion: { [self] result in
            if case .success(let work) = result {
                let rows = work.rows[first..<work.next].compactMap { try? $0.get() }
                for row in rows { work.stored(row) }
                if work.outcome.hasWaiting { intake.applyWaiting(for: rows.compactMap(work.need)) }
            }
            switch result {
            case .success(let work) where work.next < work.rows.count: go(on: work)
            case .success(let work): work.completion(.success(Self.reply(work.outcome, work.rows)))
            case .failure(let error): work.completion(.failure(Refusal(store: error)))
            }
        }
    }
}

extension ProductRecord {
    init(_ row: ProductRow) {
        self.init(sku: row.sku, name: row.name)
        price = row.price
        minimumPrice = row.minimumPrice
        category = row.category
        brand = row.brand
        tags = row.tags
        unit = row.unit
        taxRate = row.taxRate
        isMarked = row.isMarked
        isPriority = row.isPriority
        related = row.related
        barcodes = row.barcodes
    }
}
