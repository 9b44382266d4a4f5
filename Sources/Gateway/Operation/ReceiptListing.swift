import Journal
import LineProtocol
import Retail

extension Inquiries {
    /// The receipts of a period, a page of them.
    func receipts(_ request: ReceiptList, completion: @escaping Completion) {
        read(completion) { [stores] view in
            try ReceiptListing(request, stores: stores).page(view)
        }
    }
}

/// One page of a list of receipts: walks the journal in its order, so that no index has to be kept for it while tills
/// wait, and looks at a bounded number of receipts each time, whether they belong to the period or not.
struct ReceiptListing {
    /// Receipts that one page looks at; about 20 ms of reading.
    static let rowsPerPage = 5_000
    /// A page ends with the receipt that makes it longer than this: an answer stays well below what a connection buffers.
    private static let pageBytes = 1_048_576
    /// More than any zone is away from UTC, and as far as the gateway's clock may have been put back.
    private static let slackMilliseconds: Int64 = 38 * 3_600_000

    private let request: ReceiptList
    private let stores: StoreDirectory
    private let reader = JSONReader()

    init(_ request: ReceiptList, stores: StoreDirectory) {
        self.request = request
        self.stores = stores
    }

    func page(_ view: JournalView) throws -> [UInt8] {
        let writer = ByteWriter(capacity: 65_536)
        writer.beginObject()
        writer.name("receipts")
        writer.beginArray()
        var calendars: [String: StoreCalendar] = [:]
        var listed = 0
        let walk = try view.eachReceipt(
            after: try start(view), store: request.store, limit: Self.rowsPerPage
        ) { row in
            if request.basis == .received, row.receivedAt >= end { return true }
            let calendar = calendars[row.key.store] ?? StoreCalendar(timeZone: stores[row.key.store].timeZone)
            calendars[row.key.store] = calendar
            let times = try times(of: row)
            let day = calendar.date(at: times.counting)
            guard request.from <= day, day <= request.until else { return true }
            let external = try row.customer.flatMap { try view.external(of: view.survivor(of: $0) ?? $0) }
            ListedReceipt(
                key: row.key, kind: row.kind, receivedAt: row.receivedAt, sequence: row.sequence, customer: external,
                day: day, currency: stores[row.key.store].currency,
                secondsFromUTC: calendar.secondsFromUTC(at: times.atTill)
            ).write(to: writer, answer: row.answer, text: row.body)
            listed += 1
            return listed < request.limit && writer.count < Self.pageBytes
        }
        writer.endArray()
        writer.nullableField("next", isOver(walk) ? nil : walk.last.map { String($0) })
        writer.nullableField("removed_until", try view.receiptsRemovedUntil()?.rfc3339)
        writer.endObject()
        return Array(writer.bytes)
    }

    /// Whether nothing of the period follows: a whole page of receipts was received behind its end. A few may have been
    /// received at a moment at which the gateway's clock was wrong.
    private func isOver(_ walk: ReceiptWalk) -> Bool {
        guard request.basis == .received, let earliest = walk.earliest else { return false }
        return earliest >= end
    }

    /// Behind which sequence the page begins. A receipt is never earlier than its day by either time, so nothing of the
    /// period lies before.
    private func start(_ view: JournalView) throws -> Int64 {
        guard let after = request.after else {
            let earliest = request.from.start(secondsFromUTC: 0).adding(milliseconds: -Self.slackMilliseconds)
            return try view.receiptSequence(receivedFrom: earliest) - 1
        }
        guard let sequence = Int64(after), sequence >= 0 else {
            throw Refusal.badField("after", "must be next of the reply before")
        }
        return sequence
    }

    /// Behind this no receipt was received in the period.
    private var end: Instant {
        request.until.start(secondsFromUTC: 0)
            .adding(milliseconds: 86_400_000 + Self.slackMilliseconds)
    }

    /// The time that decides to which day a receipt belongs, and the till's own. A till whose clock is ahead has sold
    /// nothing in the future.
    private func times(of row: ListedRow) throws -> (counting: Instant, atTill: Instant) {
        let atTill = try row.body.withUnsafeBytes { text in
            try FieldReader(reader.read(text)).instant("at")
        }
        return (request.basis == .business ? min(atTill, row.receivedAt) : row.receivedAt, atTill)
    }
}
