import Retail

/// SHIFT_OPEN: a shift of the till begins.
public struct ShiftOpen: MessageBody {
    /// The till's number of the shift.
    public var shift: Int
    /// The time at the till.
    public var at: Instant
    /// Who opens it.
    public var cashier: Cashier?

    /// Makes a request.
    public init(shift: Int, at: Instant, cashier: Cashier? = nil) {
        self.shift = shift
        self.at = at
        self.cashier = cashier
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        try fields.refuseReservedNames()
        shift = try fields.shift("shift")
        at = try fields.instant("at")
        cashier = try fields.optionalCashier("cashier")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("shift", shift)
        writer.field("at", at)
        if let cashier { writer.field("cashier", cashier) }
    }
}

/// SHIFT_CLOSE: a shift of the till ends, and the till says what it has recorded in it.
public struct ShiftClose: MessageBody {
    /// The till's number of the shift.
    public var shift: Int
    /// The time at the till.
    public var at: Instant
    /// Who closes it.
    public var cashier: Cashier?
    /// The till's count of receipts of all kinds.
    public var receipts: Int?
    /// The till's sum: sales minus returns, corrections with their sign.
    public var total: Money?
    /// The numbers of all receipts of the shift.
    public var numbers: ReceiptNumbers?

    /// Makes a request.
    public init(
        shift: Int, at: Instant, cashier: Cashier? = nil, receipts: Int? = nil, total: Money? = nil,
        numbers: ReceiptNumbers? = nil
    ) {
        self.shift = shift
        self.at = at
        self.cashier = cashier
        self.receipts = receipts
        self.total = total
        self.numbers = numbers
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        try fields.refuseReservedNames()
        shift = try fields.shift("shift")
        at = try fields.instant("at")
        cashier = try fields.optionalCashier("cashier")
        receipts = fields.value("receipts") == nil ? nil : try fields.count("receipts")
        total = try fields.optionalMoney("total")
        numbers = try fields.optionalReceiptNumbers("numbers")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("shift", shift)
        writer.field("at", at)
        if let cashier { writer.field("cashier", cashier) }
        writer.optionalField("receipts", receipts)
        writer.optionalField("total", total)
        if let numbers { writer.field("numbers", numbers.entries) }
    }
}

extension FieldReader {
    /// A till's number of a shift.
    func shift(_ name: StaticString) throws(FieldError) -> Int {
        Int(try integer(name, in: 0...Int64(ReceiptKey.shiftMaximum)))
    }

    /// Refuses members that the gateway adds when it hands the message on; a till's own would be taken for them.
    func refuseReservedNames() throws(FieldError) {
        for name in ReceiptRequest.reservedNames where object[name] != nil { throw bad(name, "reserved") }
    }

    /// Receipt numbers and ranges of them, or nil if they are absent.
    func optionalReceiptNumbers(_ name: StaticString) throws(FieldError) -> ReceiptNumbers? {
        // Both ends of a range and what stands between them.
        let characters = 2 * ProtocolLimits.receiptNumberCharacters + 1
        guard let texts = try optionalTextArray(name, limit: ProtocolLimits.shiftNumbers, max: characters) else {
            return nil
        }
        do throws(ReceiptNumbers.Problem) {
            return try ReceiptNumbers(entries: texts, limit: ProtocolLimits.shiftNumbers)
        } catch {
            switch error {
            case .notNumbers(let entry):
                throw .bad("\(path(name))[\(entry)]", "must be a receipt number, or first:last that count up")
            case .tooMany(let limit): throw .limit(path(name), limit, of: "receipt numbers")
            }
        }
    }
}
