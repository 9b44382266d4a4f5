import Retail

/// HOLD: points are put aside for a receipt to come, so that no other till can spend them.
public struct HoldRequest: MessageBody {
    /// The shift of the receipt to come.
    public var shift: Int
    /// The number of the receipt to come.
    public var number: String
    /// The till that will make the receipt; a till leaves it out, for it is itself.
    public var till: String?
    /// Whose points.
    public var customer: CustomerID
    /// How many; they replace those that are held for the same receipt.
    public var points: Int64

    /// Makes a request.
    public init(shift: Int, number: String, till: String? = nil, customer: CustomerID, points: Int64) {
        self.shift = shift
        self.number = number
        self.till = till
        self.customer = customer
        self.points = points
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        (shift, number, till) = try fields.comingReceipt()
        customer = try fields.customerID("customer_id")
        points = try fields.positivePoints("points")
    }

    /// Takes the fields and refuses what a request from this role must have and has not.
    ///
    /// - Parameter role: an app must name the till.
    public init(_ fields: FieldReader, role: DeviceRole) throws(FieldError) {
        try self.init(fields)
        if role == .app && till == nil { throw .missing(fields.path("till")) }
    }

    /// The key of the receipt to come; the device's own name stands for a till that is left out.
    public func key(store: String, device: String) -> ReceiptKey {
        ReceiptKey(store: store, till: till ?? device, shift: shift, number: number)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.comingReceipt(shift: shift, number: number, till: till)
        writer.field("customer_id", customer.text)
        writer.field("points", points)
    }
}

/// The reply to HOLD.
public struct HoldReply: MessageBody {
    /// The hold; the receipt names it.
    public var hold: String
    /// Points held.
    public var points: Int64
    /// When the hold ends by itself.
    public var expiresAt: Instant
    /// Points that can still be spent or held elsewhere.
    public var available: Int64

    /// Makes a reply.
    public init(hold: String, points: Int64, expiresAt: Instant, available: Int64) {
        self.hold = hold
        self.points = points
        self.expiresAt = expiresAt
        self.available = available
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        hold = try fields.idText("hold")
        points = try fields.nonNegativePoints("points")
        expiresAt = try fields.instant("expires_at")
        available = try fields.nonNegativePoints("available")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("hold", hold)
        writer.field("points", points)
        writer.field("expires_at", expiresAt)
        writer.field("available", available)
    }
}

/// RELEASE: the points held for a receipt can be spent elsewhere again. It is safe to repeat.
public struct ReleaseRequest: MessageBody {
    /// The shift of the receipt.
    public var shift: Int
    /// The number of the receipt.
    public var number: String
    /// The till that would have made the receipt; a till leaves it out, for it is itself.
    public var till: String?

    /// Makes a request.
    public init(shift: Int, number: String, till: String? = nil) {
        self.shift = shift
        self.number = number
        self.till = till
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        (shift, number, till) = try fields.comingReceipt()
    }

    /// Takes the fields and refuses what a request from this role must have and has not.
    ///
    /// - Parameter role: an app must name the till.
    public init(_ fields: FieldReader, role: DeviceRole) throws(FieldError) {
        try self.init(fields)
        if role == .app && till == nil { throw .missing(fields.path("till")) }
    }

    /// The key of the receipt; the device's own name stands for a till that is left out.
    public func key(store: String, device: String) -> ReceiptKey {
        ReceiptKey(store: store, till: till ?? device, shift: shift, number: number)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.comingReceipt(shift: shift, number: number, till: till)
    }
}

/// The reply to RELEASE.
public struct ReleaseReply: MessageBody {
    /// Points that can be spent again; 0 when nothing was held.
    public var released: Int64

    /// Makes a reply.
    public init(released: Int64) {
        self.released = released
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        released = try fields.nonNegativePoints("released")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("released", released)
    }
}

extension FieldReader {
    /// What a receipt that is not made yet will be known by, within the store.
    fileprivate func comingReceipt() throws(FieldError) -> (shift: Int, number: String, till: String?) {
        (
            Int(try integer("shift", in: 0...Int64(ReceiptKey.shiftMaximum))), try receiptNumber("number"),
            try optionalIDText("till")
        )
    }
}

extension ByteWriter {
    fileprivate func comingReceipt(shift: Int, number: String, till: String?) {
        field("shift", shift)
        field("number", number)
        optionalField("till", till)
    }
}
