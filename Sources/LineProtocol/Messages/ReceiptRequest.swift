import Retail

/// SALE, RETURN, VOID and CORRECTION: a receipt as the till made it.
///
/// Only what rules are applied to is taken out. Everything else that the text holds is the till's, and is kept and
/// relayed with the text itself.
public struct ReceiptRequest: Hashable, Sendable {
    /// The direction: the verb of the line.
    public var kind: ReceiptKind
    /// The till's shift.
    public var shift: Int
    /// The receipt's number within the shift.
    public var number: String
    /// The time at the till.
    public var at: Instant
    /// Who was at the till.
    public var cashier: Cashier?
    /// The customer, if one was identified.
    public var customer: CustomerID?
    /// The pick-up order that a sale pays.
    public var order: OrderKey?
    /// The basket from the shop floor that a sale was made of.
    public var basket: BasketReference?
    /// The quote that the basket was priced by.
    public var quote: String?
    /// The hold of the points spent.
    public var hold: String?
    /// Coupons that the customer showed.
    public var coupons: [String]
    /// The lines, in the till's order.
    public var lines: [ReceiptRequestLine]
    /// The payments; a void has none.
    public var payments: [Tender]
    /// The total; a void may leave it out.
    public var total: Money?
    /// What was given back in cash of what the customer had paid.
    public var change: Money?
    /// The taxes of the whole receipt, by rate.
    public var taxes: [TaxTotal]
    /// Where the electronic receipt was sent.
    public var contact: ReceiptContact?
    /// On a return: the receipt that the goods were sold with; on a correction: the receipt that it puts right.
    public var original: ReceiptKey?
    /// On a void or a correction: why.
    public var reason: String?
    /// On a correction: what it adds to.
    public var direction: CorrectionDirection?
    /// On a correction: the order that it is based on.
    public var document: CorrectionDocument?
    /// What the fiscal device added, one JSON object.
    public var fiscal: JSONText?
    /// Figures that are there and cannot be read: the receipt stands all the same and gets these marks.
    public internal(set) var unreadable: Set<ReceiptMark> = []

    /// Member names that the gateway adds when it relays a receipt; a till's own would be taken for them.
    public static let reservedNames: [StaticString] = [
        "key", "kind", "store", "till", "received_at", "sequence", "customer", "gateway",
    ]

    /// Makes a receipt.
    public init(
        kind: ReceiptKind, shift: Int, number: String, at: Instant, cashier: Cashier? = nil,
        customer: CustomerID? = nil, order: OrderKey? = nil, basket: BasketReference? = nil, quote: String? = nil,
        hold: String? = nil, coupons: [String] = [], lines: [ReceiptRequestLine] = [], payments: [Tender] = [],
        total: Money? = nil, change: Money? = nil, taxes: [TaxTotal] = [], contact: ReceiptContact? = nil,
        original: ReceiptKey? = nil, reason: String? = nil, direction: CorrectionDirection? = nil,
        document: CorrectionDocument? = nil, fiscal: JSONText? = nil
    ) {
        self.kind = kind
        self.shift = shift
        self.number = number
        self.at = at
        self.cashier = cashier
        self.customer = customer
        self.order = order
        self.basket = basket
        self.quote = quote
        self.hold = hold
        self.coupons = coupons
        self.lines = lines
        self.payments = payments
        self.total = total
        self.change = change
        self.taxes = taxes
        self.contact = contact
        self.original = original
        self.reason = reason
        self.direction = direction
        self.document = document
        self.fiscal = fiscal
    }

    /// The verb that carries this receipt.
    public var verb: Verb { kind.verb }

    /// What rules are applied to, for a receipt of this store and till.
    public func receipt(store: String, till: String) -> Receipt {
        Receipt(
            key: ReceiptKey(store: store, till: till, shift: shift, number: number), kind: kind, at: at,
            cashier: cashier, customer: customer, order: order, quote: quote, hold: hold,
            lines: lines.map(\.taxed), tenders: payments, total: total ?? .zero, original: original,
            coupons: coupons, basket: basket.map { BasketKey(store: store, app: $0.app, basket: $0.basket) },
            change: change ?? .zero, taxes: taxes, direction: direction, unreadable: unreadable)
    }
}

extension ReceiptKind {
    /// The verb that records a receipt of this kind.
    public var verb: Verb {
        switch self {
        case .sale: .sale
        case .return: .return
        case .void: .void
        case .correction: .correction
        }
    }
}
