import Retail

/// What a receipt did to the customer's points.
public struct ReceiptPoints: MessageBody {
    /// Points earned; negative when a return took them back.
    public var earned: Int64
    /// Points spent; negative when a return gave them back.
    public var spent: Int64
    /// Points that can be spent afterwards; never less than 0.
    public var balance: Int64
    /// Points that wait to become active.
    public var pending: Int64
    /// Points owed; 0 when there are none.
    public var debt: Int64

    /// Makes the points of a receipt.
    public init(earned: Int64, spent: Int64, balance: Int64, pending: Int64 = 0, debt: Int64 = 0) {
        self.earned = earned
        self.spent = spent
        self.balance = balance
        self.pending = pending
        self.debt = debt
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        earned = try fields.points("earned")
        spent = try fields.points("spent")
        balance = try fields.nonNegativePoints("balance")
        pending = try fields.nonNegativePoints("pending")
        debt = try fields.nonNegativePoints("debt")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("earned", earned)
        writer.field("spent", spent)
        writer.field("balance", balance)
        writer.field("pending", pending)
        writer.field("debt", debt)
    }
}

/// The reply to SALE, RETURN, VOID and CORRECTION: the disk has the receipt.
public struct ReceiptReply: MessageBody {
    /// What the receipt is known by from here on.
    public var key: ReceiptKey
    /// The direction.
    public var kind: ReceiptKind
    /// When the gateway received it.
    public var receivedAt: Instant
    /// Its place in the gateway's journal, from 1.
    public var sequence: Int64
    /// The customer, if there is one.
    public var customer: CustomerID?
    /// What it did to the customer's points; nil without a customer.
    public var points: ReceiptPoints?
    /// The customer's tier afterwards; nil without a customer.
    public var tier: String?
    /// The programme that a sale was judged by; nil without a customer, and on all but sales.
    public var rules: RuleSetReference?
    /// Disagreements with what the gateway knows; the receipt stands all the same.
    public var marks: [ReceiptMark]

    /// Makes a reply.
    public init(
        key: ReceiptKey, kind: ReceiptKind, receivedAt: Instant, sequence: Int64, customer: CustomerID? = nil,
        points: ReceiptPoints? = nil, tier: String? = nil, rules: RuleSetReference? = nil, marks: [ReceiptMark] = []
    ) {
        self.key = key
        self.kind = kind
        self.receivedAt = receivedAt
        self.sequence = sequence
        self.customer = customer
        self.points = points
        self.tier = tier
        self.rules = rules
        self.marks = marks
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        key = try fields.receiptKey("key")
        kind = try fields.choice("kind")
        receivedAt = try fields.instant("received_at")
        sequence = try fields.integer("sequence", in: 1...Int64.max)
        customer = try fields.optionalCustomerID("customer_id")
        points = try fields.optionalBody("points")
        tier = try fields.optionalNameText("tier")
        rules = try fields.optionalBody("rules")
        // A newer gateway may mark what this program does not know; the receipt is stored all the same.
        marks =
            try fields.optionalIDTextArray("marks", limit: ProtocolLimits.jsonObjectMembers)?
            .compactMap(ReceiptMark.init(rawValue:)) ?? []
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("key", key.text)
        writer.field("kind", kind.rawValue)
        writer.field("state", "stored")
        writer.field("received_at", receivedAt)
        writer.field("sequence", sequence)
        writer.nullableField("customer_id", customer?.text)
        writer.nullableField("points", points)
        writer.nullableField("tier", tier)
        writer.nullableField("rules", rules)
        writer.field("marks", marks.map(\.rawValue))
    }
}
