import LineProtocol
import Locking
import Retail
import SimulatorKit
import TillClient

/// Rings up receipts as a cashier would: who is it, what does it cost, record it.
final class Till: Sendable {
    /// What has been done so far.
    struct Tally: Sendable {
        var sales = 0
        var returns = 0
        var lines = 0
        var enrolled = 0
        var identified = 0
        var quotes = 0
        var holds = 0
        var marked = 0
        var latencies = Latencies()
        var failures = 0
        /// Somebody ran out of patience: it makes no sense to go on.
        var isGivenUp = false

        var receipts: Int { sales + returns }
    }

    let client: TillClient
    let progress: ProgressLines
    /// The till's own books; nil when it neither opens nor closes shifts.
    let shifts: ShiftBook?
    private let acknowledged: KeyFile?
    private let state = Mutex(Tally())
    private let sales = Mutex<[ReceiptKey: [ReceiptLine]]>([:])
    private static let progressEvery = 100
    /// Tries to hold points that other tills spend at the same time; then the customer pays without.
    private static let holdAttempts = 3

    init(client: TillClient, progress: ProgressLines, shifts: ShiftBook? = nil, acknowledged: KeyFile? = nil) {
        self.client = client
        self.progress = progress
        self.shifts = shifts
        self.acknowledged = acknowledged
    }

    var tally: Tally { state.withLock { $0 } }

    /// Rings up one receipt.
    ///
    /// - Parameters:
    ///   - turn: opened when everything before this receipt was handed over; receipts are sent in their order.
    ///   - handedOver: opened when this receipt was.
    func ring(_ plan: PlannedReceipt, turn: Gate, handedOver: Gate) async {
        do {
            let customer = try await identify(plan)
            let request = try await price(plan, customer: customer)
            await turn.pass()
            let start = ContinuousClock.now
            let pending = client.beginReceipt(request)
            handedOver.open()
            let reply = try await pending.reply()
            shifts?.note(request)
            if customer != nil, plan.kind == .sale { remember(request, as: reply.key) }
            note(plan, reply, took: ContinuousClock.now - start)
        } catch {
            await turn.pass()
            handedOver.open()
            failed("receipt \(plan.shift)/\(plan.number): \(error)", error)
        }
    }

    /// Records the sale that pays an order. It has the same content whenever it is made, so it can be made again.
    func sell(_ order: OrderDetails, number: String, shift: Int) async throws(TillClientError) -> ReceiptReply {
        let lines = order.lines.map { line in
            ReceiptRequestLine(
                ReceiptLine(
                    sku: line.sku, name: line.name, quantity: line.quantity, price: line.price, amount: line.amount))
        }
        let payments = order.total == .zero ? [] : [Tender(kind: "card", amount: order.total)]
        let request = ReceiptRequest(
            kind: .sale, shift: shift, number: number, at: order.createdAt, customer: order.customer?.customer,
            order: order.last.key, lines: lines, payments: payments, total: order.total)
        return try await record(request)
    }

    /// Prices a basket from the shop floor and records its sale.
    func sell(_ basket: BasketDetails, number: String, shift: Int) async throws -> ReceiptReply {
        let quote = try await client.quote(
            QuoteRequest(customer: basket.customer, lines: basket.lines.map(\.content)))
        state.withLock { $0.quotes += 1 }
        let plan = PlannedReceipt(
            number: number, shift: shift, kind: .sale, at: .now(), customer: nil,
            lines: basket.lines.map { line in
                PlannedReceipt.Line(
                    sku: line.content.sku, name: line.name ?? "", quantity: line.content.quantity,
                    price: line.content.price)
            })
        var request = try plan.request(customer: basket.customer, quote: quote)
        request.basket = basket.reference
        return try await record(request)
    }

    private func record(_ request: ReceiptRequest) async throws(TillClientError) -> ReceiptReply {
        let start = ContinuousClock.now
        let reply = try await client.sale(request)
        shifts?.note(request)
        keep(reply.key)
        state.withLock { tally in
            tally.sales += 1
            tally.lines += request.lines.count
            if !reply.marks.isEmpty { tally.marked += 1 }
            tally.latencies.add(ContinuousClock.now - start)
        }
        return reply
    }

    /// Writes down what the gateway has acknowledged. A key that is not written down is never asked for again, so a run in
    /// which one could not be is a failed one.
    private func keep(_ key: ReceiptKey) {
        do throws(KeyFile.Failure) {
            try acknowledged?.add(key)
        } catch {
            failed("receipt \(key.text) is acknowledged, and that cannot be written down: \(error)", error)
        }
    }

    /// Says on standard error what went wrong; the program's exit code will tell, too.
    func failed(_ what: String, _ error: any Error) {
        complain(what)
        var isGivenUp = true
        if case .refused? = error as? TillClientError { isGivenUp = false }
        if error is PlanError { isGivenUp = false }
        state.withLock { tally in
            tally.failures += 1
            if isGivenUp { tally.isGivenUp = true }
        }
    }

    /// Nobody is enrolled twice: an unknown customer is enrolled by the same number that was not found.
    private func identify(_ plan: PlannedReceipt) async throws(TillClientError) -> CustomerID? {
        guard let external = plan.customer else { return nil }
        do throws(TillClientError) {
            let customer = try await client.identify(.identifier(.external(external))).customer
            state.withLock { $0.identified += 1 }
            return customer
        } catch {
            guard case .refused(let refusal) = error, refusal.code == .notFound else { throw error }
        }
        let enrolment = Enrol(name: plan.customerName, identifiers: [.external(external)])
        let reply = try await client.enrol(enrolment)
        state.withLock { $0.enrolled += 1 }
        return reply.customer.customer
    }

    /// Prices a receipt: a sale by its quote, a return by what was paid for the goods.
    private func price(_ plan: PlannedReceipt, customer: CustomerID?) async throws -> ReceiptRequest {
        guard plan.kind == .sale else {
            let sold = plan.original.map { key in sales.withLock { $0[key] } } ?? nil
            return try plan.request(customer: customer, sold: sold ?? [])
        }
        var spend = plan.spend
        for _ in 0..<Self.holdAttempts {
            let quote = try await quote(plan, customer: customer, spend: spend)
            guard let customer, quote.points.spent > 0 else {
                return try plan.request(customer: customer, quote: quote)
            }
            switch try await hold(quote.points.spent, of: customer, for: plan) {
            case .held(let hold): return try plan.request(customer: customer, quote: quote, hold: hold)
            case .available(let points): spend = points
            }
        }
        return try plan.request(customer: customer, quote: try await quote(plan, customer: customer, spend: 0))
    }

    private func quote(
        _ plan: PlannedReceipt, customer: CustomerID?, spend: Int64
    ) async throws(TillClientError) -> QuoteReply {
        let quote = try await client.quote(plan.basket(for: customer, spend: spend))
        state.withLock { $0.quotes += 1 }
        return quote
    }

    private enum HoldOutcome {
        case held(String)
        /// Another till was faster: there are only so many.
        case available(Int64)
    }

    private func hold(
        _ points: Int64, of customer: CustomerID, for plan: PlannedReceipt
    ) async throws(TillClientError) -> HoldOutcome {
        do throws(TillClientError) {
            let request = HoldRequest(shift: plan.shift, number: plan.number, customer: customer, points: points)
            let hold = try await client.hold(request).hold
            state.withLock { $0.holds += 1 }
            return .held(hold)
        } catch {
            guard case .refused(let refusal) = error, let available = refusal.body.available else { throw error }
            return .available(available)
        }
    }

    /// Keeps what was paid for goods that may come back.
    private func remember(_ request: ReceiptRequest, as key: ReceiptKey) {
        sales.withLock { sales in sales[key] = request.lines.map(\.content) }
    }

    private func note(_ plan: PlannedReceipt, _ reply: ReceiptReply, took duration: Duration) {
        keep(reply.key)
        let receipts = state.withLock { tally in
            if plan.kind == .sale { tally.sales += 1 } else { tally.returns += 1 }
            tally.lines += plan.lines.count
            if !reply.marks.isEmpty { tally.marked += 1 }
            tally.latencies.add(duration)
            return tally.receipts
        }
        guard receipts % Self.progressEvery == 0 else { return }
        progress.write("progress") { writer in
            writer.field("till", client.session?.device ?? "")
            writer.field("receipts", receipts)
        }
    }

    /// The last line of the program.
    func writeDone(orders: OrderDesk.Counts?, baskets: BasketCounter.Tally?) {
        let tally = self.tally
        let statistics = client.statistics
        progress.write("done") { writer in
            writer.field("till", client.session?.device ?? "")
            writer.field("receipts", tally.receipts)
            writer.field("sales", tally.sales)
            writer.field("returns", tally.returns)
            writer.field("lines", tally.lines)
            writer.field("enrolled", tally.enrolled)
            writer.field("identified", tally.identified)
            writer.field("quotes", tally.quotes)
            writer.field("holds", tally.holds)
            writer.field("marked", tally.marked)
            if let orders {
                writer.field("orders", orders.handedOver)
                writer.field("rejected", orders.rejected)
                writer.field("substituted", orders.substituted)
                writer.field("crashes", orders.crashes)
            }
            if let baskets {
                writer.field("baskets_opened", baskets.opened)
                writer.field("baskets_sold", baskets.sold)
                writer.field("baskets_returned", baskets.returned)
            }
            if let shifts { writer.field("shifts_closed", shifts.closed) }
            writer.field("retries", statistics.retriedRequests)
            writer.field("reconnects", statistics.reconnects)
            writer.field("repeated", statistics.repeatedRequests)
            writer.field("failures", tally.failures)
            tally.latencies.write(to: writer)
        }
    }
}
