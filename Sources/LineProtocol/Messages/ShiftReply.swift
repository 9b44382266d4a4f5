import Retail

/// Where a till's figures of a shift differ from the gateway's.
public enum ShiftMark: String, CaseIterable, Sendable {
    /// The number of receipts.
    case receipts
    /// The sum.
    case total
    /// Single numbers: some are missing, or not named.
    case numbers
    /// The till's clock is far off.
    case clock
}

/// What the gateway has of a shift.
public struct ShiftFigures: Hashable, Sendable {
    /// Receipts of one kind.
    public struct Kind: MessageBody {
        /// How many.
        public var receipts: Int
        /// The sum of their totals as they stand on them; corrections downwards count below zero.
        public var total: Money

        /// Figures of one kind.
        public init(receipts: Int = 0, total: Money = .zero) {
            self.receipts = receipts
            self.total = total
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            receipts = try fields.count("receipts")
            total = try fields.money("total")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("receipts", receipts)
            writer.field("total", total)
        }
    }

    /// Receipts of all kinds.
    public var receipts: Int
    /// Sales minus returns, corrections with their sign.
    public var total: Money
    /// The same kind by kind; nil where it was not asked.
    public var byKind: [ReceiptKind: Kind]?

    /// Figures of a shift.
    public init(receipts: Int, total: Money, byKind: [ReceiptKind: Kind]? = nil) {
        self.receipts = receipts
        self.total = total
        self.byKind = byKind
    }

    init(_ fields: FieldReader) throws(FieldError) {
        receipts = try fields.count("receipts")
        total = try fields.money("total")
        guard let kinds = try fields.optionalObject("by_kind") else { return }
        var byKind: [ReceiptKind: Kind] = [:]
        for kind in ReceiptKind.allCases {
            // A kind that is not named has no receipts; that is also how it is written.
            byKind[kind] = try kinds.optionalBody(kind.memberName) ?? Kind()
        }
        self.byKind = byKind
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("receipts", receipts)
        writer.field("total", total)
        guard let byKind else { return }
        writer.name("by_kind")
        writer.beginObject()
        for kind in ReceiptKind.allCases { writer.field(kind.memberName, byKind[kind] ?? Kind()) }
        writer.endObject()
    }
}

extension ReceiptKind {
    fileprivate var memberName: StaticString {
        switch self {
        case .sale: "sale"
        case .return: "return"
        case .void: "void"
        case .correction: "correction"
        }
    }
}

/// Numbers that one side has and the other has not.
public struct ShiftDifference: Hashable, Sendable {
    /// How many there are.
    public var count: Int
    /// The first of them, as numbers and ranges.
    public var entries: [String]

    /// A difference; of a long one only the beginning is listed.
    public init(_ numbers: ReceiptNumbers) {
        count = numbers.numbers.count
        entries = Array(numbers.entries.prefix(ProtocolLimits.shiftNumbersListed))
    }

    init(count: Int, entries: [String]) {
        self.count = count
        self.entries = entries
    }
}

/// The reply to SHIFT_OPEN and SHIFT_CLOSE: what the gateway has of the shift.
public struct ShiftReply: MessageBody {
    /// Where the shift stands.
    public enum State: String, CaseIterable, Sendable {
        /// Receipts are recorded in it.
        case open
        /// The till has ended it. Receipts that come late are stored all the same.
        case closed
    }

    /// The till's number of the shift.
    public var shift: Int
    /// Where it stands.
    public var state: State
    /// When the gateway stored the request.
    public var receivedAt: Instant
    /// What it has.
    public var figures: ShiftFigures
    /// Numbers that the till has named and that have not come; nil when the till has named none.
    public var missing: ShiftDifference?
    /// Numbers that the gateway has and the till has not named; nil when the till has named none.
    public var unexpected: ShiftDifference?
    /// Where the till's figures differ.
    public var marks: [ShiftMark]

    /// Makes a reply.
    public init(
        shift: Int, state: State, receivedAt: Instant, figures: ShiftFigures, missing: ShiftDifference? = nil,
        unexpected: ShiftDifference? = nil, marks: [ShiftMark] = []
    ) {
        self.shift = shift
        self.state = state
        self.receivedAt = receivedAt
        self.figures = figures
        self.missing = missing
        self.unexpected = unexpected
        self.marks = marks
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        shift = try fields.shift("shift")
        state = try fields.choice("state")
        receivedAt = try fields.instant("received_at")
        figures = try ShiftFigures(fields)
        missing = try fields.difference("missing", count: "missing_count")
        unexpected = try fields.difference("unexpected", count: "unexpected_count")
        // A newer gateway may mark what this program does not know.
        marks =
            try fields.optionalIDTextArray("marks", limit: ProtocolLimits.jsonObjectMembers)?
            .compactMap(ShiftMark.init(rawValue:)) ?? []
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("shift", shift)
        writer.field("state", state.rawValue)
        writer.field("received_at", receivedAt)
        figures.writeMembers(to: writer)
        if state == .closed || missing != nil || unexpected != nil {
            writer.nullableField("missing", missing?.entries)
            writer.nullableField("missing_count", missing?.count)
            writer.nullableField("unexpected", unexpected?.entries)
            writer.nullableField("unexpected_count", unexpected?.count)
        }
        writer.field("marks", marks.map(\.rawValue))
    }
}

extension FieldReader {
    fileprivate func difference(
        _ name: StaticString, count: StaticString
    ) throws(FieldError) -> ShiftDifference? {
        let characters = 2 * ProtocolLimits.receiptNumberCharacters + 1
        guard let entries = try optionalTextArray(name, limit: ProtocolLimits.shiftNumbers, max: characters) else {
            return nil
        }
        return ShiftDifference(count: try self.count(count), entries: entries)
    }
}

extension ByteWriter {
    fileprivate func nullableField(_ name: StaticString, _ texts: [String]?) {
        if let texts { field(name, texts) } else { nullField(name) }
    }

    fileprivate func nullableField(_ name: StaticString, _ number: Int?) {
        if let number { field(name, number) } else { nullField(name) }
    }
}
