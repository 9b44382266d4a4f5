import Journal
import LineProtocol
import Loyalty
import Retail

/// Answers CUSTOMER: who it is from memory, what they did from the journal.
final class CustomerCards: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    /// Cards that may wait; a seller looks at one at a time.
    private static let waitingMaximum = 1_000
    /// So long ahead a card tells of points that burn.
    private static let burningDays = 30

    private let journal: Journal
    private let identification: Identification
    private let clock: any WallClock
    private let queue: BoundedQueue

    init(journal: Journal, identification: Identification, clock: any WallClock) {
        self.journal = journal
        self.identification = identification
        self.clock = clock
        queue = BoundedQueue(label: "cards", limit: Self.waitingMaximum, crew: journal.crew)
    }

    /// Completes with the card. What was acknowledged before the request came is on it: the reading begins later.
    func card(of customer: CustomerID, for principal: Principal, completion: @escaping Completion) throws(Refusal) {
        try queue.run { [self] in
            completion(
                Result { () throws(Refusal) in
                    do { return try card(of: customer, for: principal) } catch { throw Refusal(store: error) }
                })
        }
    }

    private func card(of customer: CustomerID, for principal: Principal) throws -> [UInt8] {
        let clock = principal.calendar.clock(at: clock.now())
        let history = try journal.read { view in
            try CustomerHistory(of: customer, store: principal.store, view)
        }
        guard let history else { throw Refusal.unknownCustomer }
        let identity = try identification.answer(history.customer, for: principal)
        let writer = ByteWriter(capacity: 8_192)
        writer.beginObject()
        identity.withUnsafeBytes { writer.rawMembers(ofObject: $0) }
        writer.field("burning", burning(history.lots, at: clock))
        writeOrders(history.orders, to: writer)
        writer.field("notes", history.notes)
        writer.nullableField("next_step", try nextStep(history, for: principal, at: clock))
        writer.nullableField(
            "rating",
            history.rating.map { CustomerRating(value: $0.value, at: $0.at, text: $0.text) })
        writePurchases(history.purchases, to: writer)
        writer.endObject()
        return Array(writer.bytes)
    }

    // MARK: Parts

    /// Points that burn within the days that a card looks ahead, by their last day.
    private func burning(_ lots: [Lot], at clock: StoreClock) -> [PointsBalance.Expiring] {
        let horizon = clock.zone.start(ofDay: Self.burningDays, after: clock.now)
        var byEnd: [Instant: Int64] = [:]
        for lot in lots where lot.points > 0 && lot.activeFrom <= clock.now {
            guard let end = lot.expiresAt, end > clock.now, end <= horizon else { continue }
            byEnd[end, default: 0] += lot.points
        }
        return byEnd.sorted { $0.key < $1.key }.prefix(CustomerCard.burningDaysMaximum).map { end, points in
            // The end is the first moment after the last day.
            PointsBalance.Expiring(points: points, on: clock.zone.date(at: end.adding(milliseconds: -1)))
        }
    }

    /// Orders and purchases may be long; what would make the card longer than a line is left out.
    private func writeOrders(_ orders: [CustomerHistory.Order], to writer: ByteWriter) {
        writer.name("orders")
        writer.beginArray()
        for order in orders where writer.count + order.order.body.count < ProtocolLimits.lineBytes / 2 {
            OrderText.write(order.order, last: order.last, to: writer)
        }
        writer.endArray()
    }

    private func writePurchases(_ purchases: [CustomerPurchase], to writer: ByteWriter) {
        writer.name("purchases")
        writer.beginArray()
        for purchase in purchases {
            let text = purchase.text
            guard writer.count + text.count < ProtocolLimits.lineBytes - 64 else { break }
            text.withUnsafeBytes { writer.rawValue($0) }
        }
        writer.endArray()
    }

    private func nextStep(
        _ history: CustomerHistory, for principal: Principal, at clock: StoreClock
    ) throws -> NextStep? {
        let active = identification.programmes.active
        let facts = try identification.directory.read(
            history.customer, at: clock, generation: active.generation
        ) { facts in
            let programme = active.programme(forSegment: facts.segment).programme
            let offer = programme.personalPromotions(
                of: Shopper(facts, needs: programme.needs, at: clock),
                in: QuoteContext(
                    store: principal.store, at: clock.now, secondsFromUTC: clock.secondsFromUTC,
                    promotionTotals: identification.promotionTotals.all)
            ).first
            return SellersView(
                today: clock.today, birthday: facts.birthdate,
                expiring: facts.standing.expiring > 0
                    ? SellersView.Expiring(
                        points: facts.standing.expiring,
                        lastDay: facts.standing.lastDay(secondsFromUTC: clock.secondsFromUTC)) : nil,
                tier: TierProgress(turnover: facts.standing.turnover, in: programme), offer: offer?.title,
                lastSale: history.lastSale.map { clock.zone.date(at: $0) },
                orders: history.orders.map { ($0.order.key, $0.order.state) })
        }
        return facts?.nextStep(FloorTexts(principal.settings))
    }
}
