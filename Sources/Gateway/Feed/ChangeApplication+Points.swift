import Journal
import LineProtocol
import Loyalty
import Retail

extension ChangeApplication {
    /// A correction of points or turnover: an entry of its own in the ledger, once for each id, for good.
    mutating func apply(_ body: PointsChange, id: String, at: Instant) throws -> Outcome {
        if let known = try transaction.pointsCorrection(id) {
            guard known.points == body.points, known.turnover == body.turnover else {
                throw FeedRefusal(
                    .badField("id", "a correction of \(known.points) points was made under this id; that stands"))
            }
            return .known
        }
        let customer = try self.customer(body.customer)
        guard let person = try transaction.person(customer) else { throw FeedRefusal(Refusal.unknownCustomer) }
        var correction = PointsCorrectionRecord(
            id: id, customer: customer, points: body.points, turnover: body.turnover, reason: body.reason,
            receipt: body.receipt, at: at, isContained: false)
        if let opened = try transaction.openedAt(customer), at <= opened {
            // The balance that the customer came with has it in it.
            correction.isContained = true
            try transaction.put(correction, at: now)
            return .known
        }
        try transaction.put(correction, at: now)
        var sale: PostingCause.Sale?
        if let key = body.receipt, let receipt = try transaction.receipt(key) {
            sale = PostingCause.Sale(sequence: receipt.sequence, key: key)
        }
        let update = try bench.change(
            person, PostingCause(LedgerEntry.Reason.corrected.rawValue, original: sale, at: now), transaction
        ) { posting in
            posting.turnover = body.turnover
            posting.entries = try entries(for: body, of: person, &posting.account.points)
        }
        add(.account(update))
        return .applied
    }

    private func entries(
        for body: PointsChange, of person: PersonRecord, _ points: inout PointsAccount
    ) throws -> [LedgerEntry] {
        if body.points < 0 { return try points.correct(taking: -body.points, about: body.receipt, at: now) }
        guard body.points > 0 else { return points.settle(at: now) }
        let active = max(body.activeFrom ?? now, now)
        let expires =
            body.expiresAt ?? bench.programme(of: person).lotTerms.expiry(ofActive: active, zone: bench.clock.zone)
        return try points.correct(
            adding: Grant(points: body.points, origin: .granted, activeFrom: active, expiresAt: expires),
            about: body.receipt, at: now)
    }

    /// What a customer thought of seller and store; the newest counts.
    mutating func apply(_ body: RatingChange) throws -> Outcome {
        let customer = try self.customer(body.customer)
        let rating = RatingRecord(
            value: body.rating.value, at: body.rating.at, text: body.rating.text, store: body.store,
            seller: body.seller)
        return try transaction.put(rating, of: customer) ? .applied : .known
    }

    /// - Throws: a refusal that waits for the customer.
    private func customer(_ external: String) throws -> CustomerID {
        if let owner = try transaction.owner(of: .external(external)) { return owner.customer }
        var refusal = Refusal(.unknownCustomer, "customer names nobody who is known here yet")
        refusal.field = "body.customer"
        throw FeedRefusal(refusal, waitsFor: .customer(external: external))
    }
}
