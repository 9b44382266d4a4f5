import Retail

/// Compares what upstream has received with what the files say was rung up, receipt by receipt and line by line.
///
/// What was sold, at which price and how much of it, must be what the files say. What promotions and points took off is not
/// in the files: it must add up on every line and on every receipt, and stand only where it may. Nothing that tills or
/// gateway say about themselves goes into it, but for the gateway's own remarks and points.
public struct ReplayVerdict: Sendable {
    /// What upstream has, added up.
    public struct Totals: Hashable, Sendable {
        /// All receipts.
        public var receipts = 0
        /// Sales among them.
        public var sales = 0
        /// Returns among them.
        public var returns = 0
        /// Lines of all receipts.
        public var lines = 0
        /// Sum of the sales, price × quantity, before anything was taken off.
        public var grossSales = Money.zero
        /// Sum of the returns, price × quantity, positive.
        public var grossReturns = Money.zero
        /// What promotions took off the sales.
        public var promotions = Money.zero
        /// What points paid of the sales.
        public var paidWithPoints = Money.zero
        /// What had been taken off the goods that came back.
        public var offReturns = Money.zero
        /// Points that sales gave, less those that returns took back.
        public var earned: Int64 = 0
        /// Points that sales took, less those that returns gave back.
        public var spent: Int64 = 0
        /// Returns of which the sale is known.
        public var linkedReturns = 0
        /// Different customers.
        public var customers = 0
        /// Receipts that paid a pick-up order; they are sales too.
        public var orders = 0
        /// Receipts that were made of a basket from the shop floor; they are sales too.
        public var baskets = 0
    }

    /// What was received, each receipt once.
    public private(set) var totals = Totals()
    /// Every disagreement.
    public private(set) var findings: [ReplayFinding] = []
    /// Receipts that came again.
    public private(set) var duplicates = 0
    /// Receipts and orders that did not come.
    public private(set) var lost = 0

    private var seen: Set<ReceiptKey> = []
    private var seenOrders: Set<String> = []
    private var seenBaskets: Set<String> = []
    private var customers: Set<String> = []
    private var lastPlace: [String: Int] = [:]

    /// Judges a run.
    ///
    /// - Parameters:
    ///   - plan: what the tills were to ring up.
    ///   - orders: pick-up orders that were to be paid at a till beside the plan.
    ///   - baskets: baskets from the shop floor that were to be sold beside the plan.
    ///   - upstream: one JSON object per line, as upstream has stored them.
    /// - Throws: when the sums do not fit into 64 bits.
    public init(
        plan: ReplayPlan, orders: Set<String> = [], baskets: Set<String> = [], upstream: some Collection<UInt8>
    ) throws(ArithmeticError) {
        var expected: [String: (place: Int, receipt: PlannedReceipt)] = [:]
        for (place, receipt) in plan.receipts.enumerated() { expected[receipt.invoice.number] = (place, receipt) }
        let reader = UpstreamRecordReader()
        for (index, line) in Array(upstream).split(separator: UInt8(ascii: "\n")).enumerated() {
            switch reader.read(line) {
            case .failure(let error): findings.append(.unreadable(line: index + 1, reason: error.reason))
            case .success(let record):
                let isKnown = try count(record)
                if isKnown { continue }
                if let order = record.order, orders.contains(order) {
                    totals.orders += 1
                    if !seenOrders.insert(order).inserted { findings.append(.doubled(key: "order \(order)")) }
                } else if let basket = record.basket, baskets.contains(basket) {
                    totals.baskets += 1
                    if !seenBaskets.insert(basket).inserted { findings.append(.doubled(key: "basket \(basket)")) }
                } else if let (place, receipt) = expected[record.number] {
                    try compare(record, receipt)
                    checkOrder(record, place)
                } else {
                    findings.append(.unexpected(key: record.key.text))
                }
            }
        }
        totals.customers = customers.count
        let numbers = Set(seen.map(\.number))
        for receipt in plan.receipts where !numbers.contains(receipt.invoice.number) {
            findings.append(.lost(number: receipt.invoice.number, till: receipt.key.till))
            lost += 1
        }
        for order in orders.subtracting(seenOrders).sorted() {
            findings.append(.orderLost(order: order))
            lost += 1
        }
        for basket in baskets.subtracting(seenBaskets).sorted() {
            findings.append(.basketLost(basket: basket))
            lost += 1
        }
    }

    /// Adds a receipt to the totals; true when it was there already.
    private mutating func count(_ record: UpstreamRecord) throws(ArithmeticError) -> Bool {
        guard seen.insert(record.key).inserted else {
            findings.append(.doubled(key: record.key.text))
            duplicates += 1
            return true
        }
        totals.receipts += 1
        totals.lines += record.lines.count
        if let customer = record.customer { customers.insert(customer) }
        if record.kind == ReceiptKind.return.rawValue {
            totals.returns += 1
            totals.linkedReturns += record.original == nil ? 0 : 1
        } else {
            totals.sales += 1
        }
        totals.earned = try sum(totals.earned, record.earned)
        totals.spent = try sum(totals.spent, record.spent)
        for line in record.lines { try add(line, isReturn: record.kind == ReceiptKind.return.rawValue) }
        return false
    }

    private mutating func add(_ line: UpstreamRecord.Line, isReturn: Bool) throws(ArithmeticError) {
        let gross = try line.price.times(line.quantity)
        if isReturn {
            totals.grossReturns = try totals.grossReturns.adding(gross)
        } else {
            totals.grossSales = try totals.grossSales.adding(gross)
        }
        for discount in line.discounts {
            if isReturn {
                totals.offReturns = try totals.offReturns.adding(discount.amount)
            } else if discount.origin == LineDiscount.pointsOrigin {
                totals.paidWithPoints = try totals.paidWithPoints.adding(discount.amount)
            } else {
                totals.promotions = try totals.promotions.adding(discount.amount)
            }
        }
    }

    private mutating func compare(
        _ record: UpstreamRecord, _ planned: PlannedReceipt
    ) throws(ArithmeticError) {
        let invoice = planned.invoice
        let key = record.key.text
        func check(_ field: String, _ expected: String, _ found: String) {
            guard expected != found else { return }
            findings.append(.differs(key: key, field: field, expected: expected, found: found))
        }
        check("key", planned.key.text, key)
        check("kind", invoice.kind.rawValue, record.kind)
        check("customer", invoice.customer ?? "nobody", record.customer ?? "nobody")
        check("original", planned.original?.text ?? "none", record.original?.text ?? "none")
        check("marks", Self.marks(of: planned).joined(separator: " "), record.unusualMarks.joined(separator: " "))
        check("number of lines", "\(invoice.lines.count)", "\(record.lines.count)")
        var total = Money.zero
        for (index, (line, found)) in zip(invoice.lines, record.lines).enumerated() {
            let place = "line \(index + 1)"
            check("\(place) sku", line.sku, found.sku)
            check("\(place) name", line.name, found.name)
            check("\(place) quantity", line.quantity.decimalText, found.quantity.decimalText)
            check("\(place) price", "\(line.price.minorUnits)", "\(found.price.minorUnits)")
            let net = try line.amount.subtracting(try found.takenOff())
            check("\(place) amount", "\(net.minorUnits)", "\(found.amount.minorUnits)")
            total = try total.adding(net)
            for discount in found.discounts where !planned.allows(discount) {
                findings.append(.discount(key: key, line: index + 1, origin: discount.origin))
            }
        }
        check("total", "\(total.minorUnits)", "\(record.total.minorUnits)")
    }

    /// What the gateway has to remark: only that it does not know from which sale goods come back.
    private static func marks(of planned: PlannedReceipt) -> [String] {
        planned.invoice.kind == .return && planned.original == nil ? [ReceiptMark.originalUnknown.rawValue] : []
    }

    /// A till's receipts arrive in the order in which it rang them up.
    private mutating func checkOrder(_ record: UpstreamRecord, _ place: Int) {
        if let last = lastPlace[record.key.till], last > place { findings.append(.outOfOrder(key: record.key.text)) }
        lastPlace[record.key.till] = max(lastPlace[record.key.till] ?? 0, place)
    }
}

extension PlannedReceipt {
    /// Whether something of this origin may have been taken off a line: points only where the customer was to spend some, and
    /// nothing off goods that come back from nowhere. Which promotions are right is for the rules' own tests to say.
    fileprivate func allows(_ discount: LineDiscount) -> Bool {
        switch (discount.origin, invoice.kind) {
        case (LineDiscount.promotionOrigin, .sale): true
        case (LineDiscount.pointsOrigin, .sale): spendsPoints
        case (LineDiscount.promotionOrigin, .return), (LineDiscount.pointsOrigin, .return): original != nil
        default: false
        }
    }
}

extension UpstreamRecord {
    /// The gateway's remarks, but for the one that every replay of an earlier day gets.
    fileprivate var unusualMarks: [String] { marks.filter { $0 != ReceiptMark.clock.rawValue } }
}

extension UpstreamRecord.Line {
    fileprivate func takenOff() throws(ArithmeticError) -> Money {
        var sum = Money.zero
        for discount in discounts { sum = try sum.adding(discount.amount) }
        return sum
    }
}

private func sum(_ first: Int64, _ second: Int64) throws(ArithmeticError) -> Int64 {
    let (sum, isOverflow) = first.addingReportingOverflow(second)
    guard !isOverflow else { throw .overflow }
    return sum
}
