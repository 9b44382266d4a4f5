import Retail

/// By which time receipts are chosen.
public enum ReceiptPeriodBasis: String, CaseIterable, Sendable {
    /// The till's time, but not later than when the gateway received the receipt.
    case business
    /// When the gateway received it.
    case received
}

/// RECEIPT_LIST: the receipts of a period, page by page.
public struct ReceiptList: MessageBody {
    /// The first day, by the calendar of each receipt's store.
    public var from: CalendarDate
    /// The last day.
    public var until: CalendarDate
    /// Which time counts.
    public var basis: ReceiptPeriodBasis
    /// Only this store.
    public var store: String?
    /// Where the last page ended; nil for the first.
    public var after: String?
    /// How many receipts at most.
    public var limit: Int

    /// Makes a request.
    public init(
        from: CalendarDate, until: CalendarDate, basis: ReceiptPeriodBasis = .business, store: String? = nil,
        after: String? = nil, limit: Int = ProtocolLimits.receiptListPage
    ) {
        self.from = from
        self.until = until
        self.basis = basis
        self.store = store
        self.after = after
        self.limit = limit
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        from = try fields.date("from")
        until = try fields.date("until")
        basis = try fields.optionalChoice("by") ?? .business
        store = try fields.optionalIDText("store")
        after = try fields.pageCursor()
        limit = try fields.pageLimit(usual: ProtocolLimits.receiptListPage)
        guard from <= until else { throw fields.bad("until", "must not be before from") }
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("from", from.iso)
        writer.field("until", until.iso)
        if basis != .business { writer.field("by", basis.rawValue) }
        writer.optionalField("store", store)
        writer.pageFields(after: after, limit: limit, usual: ProtocolLimits.receiptListPage)
    }
}

/// What a reply to RECEIPT_LIST says of one receipt beside its texts.
public struct ListedReceipt: Hashable, Sendable {
    /// The receipt's key.
    public var key: ReceiptKey
    /// Its kind.
    public var kind: ReceiptKind
    /// When the gateway received it.
    public var receivedAt: Instant
    /// Its place in the gateway's journal.
    public var sequence: Int64
    /// The customer's id in the retailer's other systems.
    public var customer: String?
    /// The day it belongs to, on the store's calendar, by the time that was asked for.
    public var day: CalendarDate
    /// The store's currency, ISO 4217.
    public var currency: String
    /// How far the store's clock was ahead of UTC at the till's time of the receipt, seconds.
    public var secondsFromUTC: Int

    /// Makes an entry.
    public init(
        key: ReceiptKey, kind: ReceiptKind, receivedAt: Instant, sequence: Int64, customer: String?,
        day: CalendarDate, currency: String, secondsFromUTC: Int
    ) {
        self.key = key
        self.kind = kind
        self.receivedAt = receivedAt
        self.sequence = sequence
        self.customer = customer
        self.day = day
        self.currency = currency
        self.secondsFromUTC = secondsFromUTC
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        key = try fields.receiptKey("key")
        kind = try fields.choice("kind")
        receivedAt = try fields.instant("received_at")
        sequence = try fields.integer("sequence", in: 1...Int64.max)
        customer = try fields.optionalIDText("customer")
        day = try fields.date("day")
        currency = try fields.idText("currency")
        secondsFromUTC = Int(try fields.integer("utc_offset", in: -86_400...86_400))
    }

    /// Writes the members, those of the receipt's own texts last.
    ///
    /// - Parameters:
    ///   - answer: the gateway's answer to the till, byte for byte.
    ///   - text: the till's message, byte for byte.
    public func write(to writer: ByteWriter, answer: [UInt8], text: [UInt8]) {
        writer.beginObject()
        writer.field("key", key.text)
        writer.field("kind", kind.rawValue)
        writer.field("received_at", receivedAt)
        writer.field("sequence", sequence)
        writer.nullableField("customer", customer)
        writer.field("day", day.iso)
        writer.field("currency", currency)
        writer.field("utc_offset", secondsFromUTC)
        answer.withUnsafeBytes { writer.field("gateway", raw: $0) }
        text.withUnsafeBytes { writer.field("receipt", raw: $0) }
        writer.endObject()
    }
}

extension FieldReader {
    /// A day as `YYYY-MM-DD`.
    func date(_ name: StaticString) throws(FieldError) -> CalendarDate {
        guard let date = try optionalDate(name) else { throw .missing(path(name)) }
        return date
    }
}
