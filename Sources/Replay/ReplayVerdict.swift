import Retail

/// Compares what upstream has received with what the files say was rung up, receipt by receipt and line by line.
///
/// Nothing that tills or gateway say about themselves goes into it.
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
        /// Sum of the sales.
        public var grossSales = Money.zero
        /// Sum of the returns, positive.
        public var grossReturns = Money.zero
        /// Different customers.
        public var customers = 0
        /// Receipts that paid a pick-up order; they are sales too.
        public var orders = 0
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
    private var customers: Set<String> = []
    private var lastPlace: [String: Int] = [:]

    /// Judges a run.
    ///
    /// - Parameters:
    ///   - plan: what the tills were to ring up.
    ///   - orders: pick-up orders that were to be paid at a till beside the plan.
    ///   - upstream: one JSON object per line, as upstream has stored them.
    /// - Throws: when the sums do not fit into 64 bits.
    public init(
        plan: ReplayPlan, orders: Set<String> = [], upstream: some Collection<UInt8>
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
                } else if let (place, receipt) = expected[record.number] {
                    compare(record, receipt)
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
            totals.grossReturns = try totals.grossReturns.adding(record.total)
        } else {
            totals.sales += 1
            totals.grossSales = try totals.grossSales.adding(record.total)
        }
        return false
    }

    private mutating func compare(_ record: UpstreamRecord, _ planned: PlannedReceipt) {
        let invoice = planned.invoice
        let key = record.key.text
        func check(_ field: String, _ expected: String, _ found: String) -> ReplayFinding? {
            expected == found ? nil : .differs(key: key, field: field, expected: expected, found: found)
        }
        var differences = [
            check("key", planned.key.text, key),
            check("kind", invoice.kind.rawValue, record.kind),
            check("customer", invoice.customer ?? "nobody", record.customer ?? "nobody"),
            check("total", "\(invoice.total.minorUnits)", "\(record.total.minorUnits)"),
            check("number of lines", "\(invoice.lines.count)", "\(record.lines.count)"),
        ]
        for (index, (line, found)) in zip(invoice.lines, record.lines).enumerated() {
            let place = "line \(index + 1)"
            differences += [
                check("\(place) sku", line.sku, found.sku),
                check("\(place) name", line.name, found.name),
                check("\(place) quantity", line.quantity.decimalText, found.quantity.decimalText),
                check("\(place) price", "\(line.price.minorUnits)", "\(found.price.minorUnits)"),
                check("\(place) amount", "\(line.amount.minorUnits)", "\(found.amount.minorUnits)"),
            ]
        }
        findings += differences.compactMap(\.self)
    }

    /// A till's receipts arrive in the order in which it rang them up.
    private mutating func checkOrder(_ record: UpstreamRecord, _ place: Int) {
        if let last = lastPlace[record.key.till], last > place { findings.append(.outOfOrder(key: record.key.text)) }
        lastPlace[record.key.till] = max(lastPlace[record.key.till] ?? 0, place)
    }
}
