/// The direction of a receipt. Amounts are positive in all of them: the kind says which way the money went.
public enum ReceiptKind: String, CaseIterable, Sendable {
    /// Goods went out, money came in.
    case sale
    /// Goods came back, money went out.
    case `return` = "return"
    /// A basket that was given up before payment.
    case void
    /// A figure of the books that is put right afterwards: it has a direction of its own.
    case correction
}

/// What a correction adds to: what was sold, or what came back.
public enum CorrectionDirection: String, CaseIterable, Sendable {
    /// Money came in that no sale has recorded.
    case sale
    /// Money went out that no return has recorded.
    case `return` = "return"
}

/// The person at the till.
public struct Cashier: Hashable, Sendable {
    /// The cashier's identifier.
    public var id: String
    /// The name as printed on the receipt.
    public var name: String?

    /// A cashier.
    public init(id: String, name: String? = nil) {
        self.id = id
        self.name = name
    }
}

/// An amount that was taken off a line, and who took it.
public struct LineDiscount: Hashable, Sendable {
    /// Where it came from: `till`, `promotion`, `points`.
    public var origin: String
    /// Which of that origin, for example the promotion's id.
    public var id: String?
    /// The amount taken off.
    public var amount: Money

    /// A discount on a line.
    public init(origin: String, id: String? = nil, amount: Money) {
        self.origin = origin
        self.id = id
        self.amount = amount
    }

    /// The origin of a line's part that was paid with points.
    public static let pointsOrigin = "points"
    /// The origin of what the till itself took off.
    public static let tillOrigin = "till"
    /// The origin of what a promotion took off.
    public static let promotionOrigin = "promotion"
}

/// One line of a receipt as the till printed it.
public struct ReceiptLine: Hashable, Sendable {
    /// The product.
    public var sku: String
    /// The product's name as printed.
    public var name: String
    /// How much of it.
    public var quantity: Quantity
    /// The price of one unit before any discount.
    public var price: Money
    /// What the line cost in the end.
    public var amount: Money
    /// What was taken off the line, by origin.
    public var discounts: [LineDiscount]
    /// On a return: the line of the original receipt that comes back, counted from 1.
    public var originalLine: Int?
    /// The path of the product's category, as the quote was asked with it.
    public var category: String?
    /// The product's brand, as the quote was asked with it.
    public var brand: String?
    /// What else the product is marked with, as the quote was asked with it.
    public var tags: [String]
    /// What one unit costs at least, as the quote was asked with it.
    public var minimumPrice: Money?
    /// The rate of the tax that the line's amount contains.
    public var taxRate: BasisPoints?

    /// A line of a receipt.
    public init(
        sku: String, name: String, quantity: Quantity, price: Money, amount: Money,
        discounts: [LineDiscount] = [], originalLine: Int? = nil, category: String? = nil, brand: String? = nil,
        tags: [String] = [], minimumPrice: Money? = nil, taxRate: BasisPoints? = nil
    ) {
        self.sku = sku
        self.name = name
        self.quantity = quantity
        self.price = price
        self.amount = amount
        self.discounts = discounts
        self.originalLine = originalLine
        self.category = category
        self.brand = brand
        self.tags = tags
        self.minimumPrice = minimumPrice
        self.taxRate = taxRate
    }
}

/// A part of the payment.
public struct Tender: Hashable, Sendable {
    /// The means of payment: `cash`, `card`, `prepaid`, `gift_card`, ...
    public var kind: String
    /// The amount paid that way.
    public var amount: Money

    /// A payment.
    public init(kind: String, amount: Money) {
        self.kind = kind
        self.amount = amount
    }
}

/// What the gateway understands of a sale, a return, a void or a correction.
///
/// The till's own text of the receipt is kept beside this, byte for byte; this is what rules are applied to.
public struct Receipt: Hashable, Sendable {
    /// What the receipt is known by.
    public var key: ReceiptKey
    /// The direction.
    public var kind: ReceiptKind
    /// The time at the till.
    public var at: Instant
    /// Who was at the till.
    public var cashier: Cashier?
    /// The customer, if one was identified.
    public var customer: CustomerID?
    /// The pick-up order that this receipt pays.
    public var order: OrderKey?
    /// The quote that the receipt is based on.
    public var quote: String?
    /// The hold of points that the receipt commits.
    public var hold: String?
    /// The lines, in the till's order.
    public var lines: [ReceiptLine]
    /// The payments.
    public var tenders: [Tender]
    /// The total of the receipt; zero on a void that gives none.
    public var total: Money
    /// On a return: the receipt that the goods were sold with.
    public var original: ReceiptKey?
    /// The coupons that the customer showed, as the quote was asked with them.
    public var coupons: [String]
    /// The basket from the shop floor that was sold.
    public var basket: BasketKey?
    /// What was given back in cash of what the customer had paid.
    public var change: Money
    /// The taxes of the whole receipt, by rate; empty when the till does not say.
    public var taxes: [TaxTotal]
    /// On a correction: what it adds to.
    public var direction: CorrectionDirection?
    /// Figures that are there and cannot be read, by the mark that this means.
    public var unreadable: Set<ReceiptMark>

    /// The content of a receipt.
    public init(
        key: ReceiptKey, kind: ReceiptKind, at: Instant, cashier: Cashier? = nil, customer: CustomerID? = nil,
        order: OrderKey? = nil, quote: String? = nil, hold: String? = nil, lines: [ReceiptLine] = [],
        tenders: [Tender] = [], total: Money = .zero, original: ReceiptKey? = nil,
        coupons: [String] = [], basket: BasketKey? = nil, change: Money = .zero, taxes: [TaxTotal] = [],
        direction: CorrectionDirection? = nil, unreadable: Set<ReceiptMark> = []
    ) {
        self.key = key
        self.kind = kind
        self.at = at
        self.cashier = cashier
        self.customer = customer
        self.order = order
        self.quote = quote
        self.hold = hold
        self.lines = lines
        self.tenders = tenders
        self.total = total
        self.original = original
        self.coupons = coupons
        self.basket = basket
        self.change = change
        self.taxes = taxes
        self.direction = direction
        self.unreadable = unreadable
    }
}

extension Receipt {
    /// What the receipt adds to the shift's total: sales and corrections upwards their total, returns and corrections
    /// downwards minus theirs, a void nothing.
    public var netTotal: Money {
        switch (kind, direction) {
        case (.sale, _), (.correction, .sale?): total
        // Amounts on a receipt are never below zero, so the sign always fits.
        case (.return, _), (.correction, .return?): Money(minorUnits: -total.minorUnits)
        case (.void, _), (.correction, nil): .zero
        }
    }
}
