import LineProtocol
import Loyalty
import Retail

/// Answers "what does this basket cost them" from memory. A quote has no effect and can be asked again at every change.
struct QuoteDesk: Sendable {
    let directory: CustomerDirectory
    let programmes: Programmes
    let promotionTotals: PromotionTotals
    let products: ProductMemory
    let clock: any WallClock

    /// Writes the answer to QUOTE.
    func answer(_ request: QuoteRequest, for principal: Principal, to writer: ByteWriter) throws(Refusal) {
        let clock = principal.calendar.clock(at: clock.now())
        let (shopper, programme) = try shopper(request.customer, holding: request.hold, at: clock)
        var context = QuoteContext(
            store: principal.store, channel: Channel(principal.role), at: clock.now,
            secondsFromUTC: clock.secondsFromUTC, shopper: shopper, spend: request.spend, coupons: request.coupons,
            language: principal.settings.language)
        if !programme.needs.totals.isEmpty { context.promotionTotals = promotionTotals.all }
        var lines = request.lines
        try products.complete(&lines)
        let result: Quote
        do {
            result = try quote(lines, in: context, programme: programme)
        } catch {
            throw Refusal.badField(error.field, error.reason)
        }
        write(result, QuoteIdentity(result, of: lines, for: request.customer), to: writer)
    }

    /// What the rules are told of the customer, and the customer's programme.
    func shopper(
        _ customer: CustomerID?, holding hold: String?, at clock: StoreClock
    ) throws(Refusal) -> (Shopper?, Programme) {
        let active = programmes.active
        guard let customer else { return (nil, active.set.everyoneElse) }
        let found = try directory.read(customer, at: clock, generation: active.generation) { facts in
            let programme = active.programme(forSegment: facts.segment).programme
            var shopper = Shopper(facts, needs: programme.needs, at: clock)
            // What the receipt to come holds already is there for it and for nobody else.
            if let hold {
                shopper.standing.pointsAvailable += directory.holds.points(hold, of: facts.id, at: clock.now)
            }
            return (shopper, programme)
        }
        guard let found else { throw .unknownCustomer }
        return found
    }

    private func write(_ quote: Quote, _ identity: QuoteIdentity, to writer: ByteWriter) {
        writer.beginObject()
        writer.field("quote", identity.text)
        writer.name("lines")
        writer.beginArray()
        for (index, line) in quote.lines.enumerated() { write(line, number: index + 1, to: writer) }
        writer.endArray()
        writer.field("subtotal", quote.subtotal)
        writer.field("discount", quote.discount)
        writer.field("total", quote.total)
        writer.name("points")
        writer.beginObject()
        writer.field("available", quote.available)
        writer.field("spendable", quote.spendable)
        writer.field("spent", quote.spent)
        writer.field("earned", quote.earned)
        writer.field("base", quote.base)
        writer.name("extra")
        writer.beginArray()
        for extra in quote.extra { write(extra, to: writer) }
        writer.endArray()
        writer.endObject()
        writer.nullableField("tier_after", quote.tierAfter?.name)
        writer.name("promotions")
        writer.beginArray()
        for promotion in quote.promotions { write(promotion, to: writer) }
        writer.endArray()
        writer.field("gifts", quote.missingGifts)
        writer.name("messages")
        writer.beginArray()
        for message in quote.messages {
            writer.beginObject()
            writer.field("to", message.audience.rawValue)
            writer.field("text", message.text)
            writer.endObject()
        }
        writer.endArray()
        writer.name("rules")
        writer.beginObject()
        writer.field("id", quote.rules.id)
        writer.field("version", quote.rules.version)
        writer.field("hash", quote.rules.hash)
        writer.endObject()
        writer.field("valid_until", quote.validUntil)
        writer.endObject()
    }

    private func write(_ line: QuotedLine, number: Int, to writer: ByteWriter) {
        writer.beginObject()
        writer.field("line", number)
        writer.field("amount", line.amount)
        writer.name("taken")
        writer.beginArray()
        for taken in line.taken {
            writer.beginObject()
            writer.field("origin", taken.origin.rawValue)
            writer.optionalField("id", taken.id)
            writer.field("amount", taken.amount)
            writer.endObject()
        }
        writer.endArray()
        writer.field("earned", line.earned)
        writer.field("spent", line.spent)
        writer.endObject()
    }

    private func write(_ extra: ExtraPoints, to writer: ByteWriter) {
        writer.beginObject()
        writer.field("origin", extra.origin.rawValue)
        writer.optionalField("id", extra.id)
        writer.field("points", extra.points)
        writer.endObject()
    }

    private func write(_ promotion: AppliedPromotion, to writer: ByteWriter) {
        writer.beginObject()
        writer.field("id", promotion.id)
        writer.optionalField("name", promotion.name)
        writer.field("amount", promotion.amount)
        writer.field("points", promotion.points)
        writer.endObject()
    }
}

extension QuoteIdentity {
    /// The identity of a quote of these lines.
    fileprivate init(_ quote: Quote, of lines: [BasketLine], for customer: CustomerID?) {
        let paidWithPoints = quote.lines.map(\.paidWithPoints)
        self.init(
            customer: customer,
            lines: zip(zip(lines, quote.lines), paidWithPoints).lazy.map { line, points in
                (sku: line.0.sku, amount: Money(minorUnits: line.1.amount.minorUnits + points))
            },
            points: Money(minorUnits: paidWithPoints.reduce(0, +)), validUntil: quote.validUntil)
    }
}

extension QuotedLine {
    /// What points pay of the line.
    fileprivate var paidWithPoints: Int64 {
        taken.reduce(0) { $1.origin == .points ? $0 + $1.amount.minorUnits : $0 }
    }
}

extension Channel {
    /// Where a device of this role asks from.
    init(_ role: DeviceRole) {
        self =
            switch role {
            case .register, .operator: .till
            case .app: .app
            case .website: .web
            }
    }
}

extension Shopper {
    /// What is known of a customer in memory.
    init(_ facts: CustomerFacts, needs: ProgrammeNeeds, at clock: StoreClock) {
        let standing = facts.standing
        self.init(
            standing: Standing(turnover: standing.turnover, pointsAvailable: standing.available),
            external: needs.external && !facts.external.isEmpty ? String(decoding: facts.external, as: UTF8.self) : nil,
            segment: facts.segment.isEmpty ? nil : String(decoding: facts.segment, as: UTF8.self),
            birthday: facts.birthdate, purchases: standing.purchases,
            promotionUses: needs.customerUses ? facts.promotionUses.receipts : [:],
            expiring: standing.burnsSoon(clock.now)
                ? ExpiringPoints(
                    points: standing.expiring, lastDay: standing.lastDay(secondsFromUTC: clock.secondsFromUTC)) : nil)
    }
}

extension LoyaltyStanding {
    /// Days before the end from which on the display reminds of points that burn.
    private static let reminderDays: Int64 = 30

    fileprivate func burnsSoon(_ now: Instant) -> Bool {
        expiring > 0 && expiresAt <= now.adding(milliseconds: Self.reminderDays * 24 * 3_600_000)
    }
}
