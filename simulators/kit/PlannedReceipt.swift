import LineProtocol
import Retail

/// A receipt that a simulated till is going to ring up, before customer, quote and payment are known.
public struct PlannedReceipt: Hashable, Sendable {
    /// One thing that is sold or comes back.
    public struct Line: Hashable, Sendable {
        /// The product.
        public var sku: String
        /// Its name.
        public var name: String
        /// How much of it.
        public var quantity: Quantity
        /// The price of one unit.
        public var price: Money

        /// A line.
        public init(sku: String, name: String, quantity: Quantity, price: Money) {
            self.sku = sku
            self.name = name
            self.quantity = quantity
            self.price = price
        }
    }

    /// The receipt's number.
    public var number: String
    /// The till's shift.
    public var shift: Int
    /// Sale or return.
    public var kind: ReceiptKind
    /// The time at the till.
    public var at: Instant
    /// The number by which another system knows the customer; nil for a walk-in.
    public var customer: String?
    /// The customer's name, for enrolling.
    public var customerName: String?
    /// Points that the customer wants to pay with, as far as there are any and the basket lets them.
    public var spend: Int64
    /// Coupons that are shown.
    public var coupons: [String]
    /// On a return: the sale that the goods come from.
    public var original: ReceiptKey?
    /// The goods.
    public var lines: [Line]

    /// A planned receipt.
    public init(
        number: String, shift: Int, kind: ReceiptKind, at: Instant, customer: String?, customerName: String? = nil,
        spend: Int64 = 0, coupons: [String] = [], original: ReceiptKey? = nil, lines: [Line]
    ) {
        self.number = number
        self.shift = shift
        self.kind = kind
        self.at = at
        self.customer = customer
        self.customerName = customerName
        self.spend = spend
        self.coupons = coupons
        self.original = original
        self.lines = lines
    }

    /// Reads a line of a script:
    /// `{"number","shift","kind":"sale"|"return","at","customer":text|null,"customer_name"?,"spend"?,"coupons"?,"original"?,
    /// "lines":[{"sku","name","quantity","price"}]}`, with prices in minor units.
    public init(script fields: FieldReader) throws(FieldError) {
        number = try fields.receiptNumber("number")
        shift = Int(try fields.integer("shift", in: 0...Int64(ReceiptKey.shiftMaximum)))
        kind = try fields.choice("kind")
        guard kind == .sale || kind == .return else { throw fields.bad("kind", "must be sale or return") }
        at = try fields.instant("at")
        customer = try fields.optionalIDText("customer")
        customerName = try fields.optionalNameText("customer_name")
        spend = try fields.optionalPoints("spend") ?? 0
        coupons = try fields.optionalIDTextArray("coupons", limit: ProtocolLimits.coupons) ?? []
        original = try fields.optionalReceiptKey("original")
        guard original == nil || kind == .return else { throw fields.bad("original", "is for returns") }
        lines = try fields.array("lines", limit: ProtocolLimits.receiptLines) { line throws(FieldError) in
            Line(
                sku: try line.skuText("sku"), name: try line.printedText("name"),
                quantity: try line.quantity("quantity"), price: try line.nonNegativeMoney("price"))
        }
        guard !lines.isEmpty else { throw fields.bad("lines", "must not be empty") }
    }

    /// Reads a line of a script from its bytes.
    ///
    /// - Throws: `PlanError`.
    public init(script line: [UInt8]) throws(PlanError) {
        do {
            self = try line.withUnsafeBytes { text in
                try withJSON(text) { try PlannedReceipt(script: FieldReader($0)) }
            }
        } catch let error as FieldError {
            throw PlanError(reason: "\(error.field) \(error.reason)")
        } catch let error as JSONSyntaxError {
            throw PlanError(reason: "\(error.reason.rawValue), at byte \(error.offset)")
        } catch {
            throw PlanError(reason: "\(error)")
        }
    }

    /// The basket to be quoted for a customer.
    ///
    /// - Parameter spend: points that the customer wants to pay with.
    public func basket(for customer: CustomerID?, spend: Int64) -> QuoteRequest {
        QuoteRequest(
            customer: customer,
            lines: lines.map { BasketLine(sku: $0.sku, quantity: $0.quantity, price: $0.price) },
            spend: customer == nil ? 0 : spend, coupons: coupons)
    }

    /// The receipt as it is sent: priced by the quote if there is one, else by price × quantity rounded half up, and
    /// paid by card in one payment.
    ///
    /// - Parameters:
    ///   - hold: the hold of the points that the quote spends.
    ///   - sold: on a return, the lines of the sale; what was taken off them is not paid back.
    public func request(
        customer: CustomerID?, quote: QuoteReply? = nil, hold: String? = nil, sold: [ReceiptLine] = []
    ) throws(PlanError) -> ReceiptRequest {
        if let quote, quote.lines.count != lines.count {
            throw PlanError(reason: "receipt \(number): the quote has \(quote.lines.count) lines, not \(lines.count)")
        }
        var receiptLines: [ReceiptRequestLine] = []
        var total = Money.zero
        do throws(ArithmeticError) {
            let refund = try Refund(of: sold)
            for index in lines.indices {
                let line = try receiptLine(index, quote?.lines[index], refund)
                total = try total.adding(line.amount)
                receiptLines.append(ReceiptRequestLine(line))
            }
        } catch {
            throw PlanError(reason: "receipt \(number): an amount is too large")
        }
        return ReceiptRequest(
            kind: kind, shift: shift, number: number, at: at, customer: customer, quote: quote?.quote, hold: hold,
            coupons: coupons, lines: receiptLines,
            payments: total == .zero ? [] : [Tender(kind: "card", amount: total)], total: total, original: original)
    }

    private func receiptLine(
        _ index: Int, _ quoted: QuoteReplyLine?, _ refund: Refund
    ) throws(ArithmeticError) -> ReceiptLine {
        let line = lines[index]
        var priced = ReceiptLine(
            sku: line.sku, name: line.name, quantity: line.quantity, price: line.price,
            amount: try line.price.times(line.quantity))
        if let quoted {
            priced.amount = quoted.amount
            priced.discounts = quoted.taken
        } else {
            try refund.reduce(&priced)
        }
        return priced
    }
}

/// A planned receipt that cannot be rung up.
public struct PlanError: Error, Hashable, CustomStringConvertible, Sendable {
    /// Why.
    public let reason: String

    /// Makes an error.
    public init(reason: String) {
        self.reason = reason
    }

    /// The reason.
    public var description: String { reason }
}
