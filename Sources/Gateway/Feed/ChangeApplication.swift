import Journal
import LineProtocol
import Loyalty
import Retail

/// What changes did to what is in memory, in their order.
enum FeedEffect: Sendable {
    case customer(CustomerRecord)
    case merged(CustomerID, into: CustomerRecord)
    case account(AccountUpdate)
    case product(ProductRecord)
    case productWithdrawn(sku: String)
}

/// What became of changes.
struct FeedCounts: Sendable, Equatable {
    var applied = 0
    /// Known already, or older than what is known.
    var known = 0
    var refused = 0
}

/// Applies changes inside one transaction and gathers what is to be told to the memory after its commit.
struct ChangeApplication {
    /// What a change did.
    enum Outcome {
        case applied
        case known
    }

    let transaction: JournalTransaction
    /// The programmes in force and the present moment.
    let bench: AccountBench
    /// What is named belongs to a snapshot.
    let isSnapshot: Bool
    private(set) var effects: [FeedEffect] = []
    private(set) var counts = FeedCounts()
    /// Whether any refusal is kept that a change may end.
    private var hasRefused: Bool
    private var hasWaiting: Bool

    /// Changes that waited for one thing and are applied with it; the others stay until an operator asks for them.
    private static let waitersMaximum = 1_000

    init(_ transaction: JournalTransaction, _ bench: AccountBench, isSnapshot: Bool) throws {
        self.transaction = transaction
        self.bench = bench
        self.isSnapshot = isSnapshot
        hasWaiting = try transaction.hasWaitingChanges()
        hasRefused = try hasWaiting || !transaction.refusedChanges(after: 0, limit: 1).isEmpty
    }

    var now: Instant { bench.clock.now }

    /// Applies a change; one that is wrong changes nothing and is kept with its reason.
    ///
    /// - Parameter carefully: each change can be taken back by itself. Otherwise what is wrong with one throws, and the
    ///   whole transaction has to be done again with care.
    mutating func take(_ received: ReceivedChange, carefully: Bool) throws {
        if isSnapshot { try markNamed(received) }
        let change: UpstreamChange
        switch received.change {
        case .failure(let refusal): return try refuse(received, refusal)
        case .success(let read): change = read
        }
        if carefully {
            let effectsBefore = effects.count
            switch try transaction.attempt({ try apply(change) }) {
            case .success(let outcome): try note(outcome, change.id)
            case .failure(let error):
                effects.removeSubrange(effectsBefore...)
                try refuse(received, FeedRefusal(cause: error))
            }
        } else {
            try note(try apply(change), change.id)
        }
    }

    /// A product that a snapshot names is there, also when its row is refused: it must not be withdrawn for that.
    private func markNamed(_ received: ReceivedChange) throws {
        switch received.namedProduct {
        case .none: break
        case .one(let sku): try transaction.markSeen(.product, sku)
        case .unreadable: try transaction.markUnreadable(.product)
        }
    }

    private mutating func note(_ outcome: Outcome, _ id: String) throws {
        switch outcome {
        case .applied: counts.applied += 1
        case .known: counts.known += 1
        }
        if hasRefused { try transaction.forgetRefusedChange(id) }
    }

    mutating func apply(_ change: UpstreamChange) throws -> Outcome {
        try change.checkMoments(at: now)
        switch change.content {
        case .customer(let body): return try apply(body, at: change.at).outcome
        case .customerMerged(let body): return try apply(body, at: change.at)
        case .points(let body): return try apply(body, id: change.id, at: change.at)
        case .rating(let body): return try apply(body)
        case .product(let body): return try apply(body, at: change.at)
        case .productWithdrawn(let body): return try apply(body, at: change.at)
        case .price(let body): return try apply(body, at: change.at)
        case .stock(let body): return try apply(body)
        case .programmes, .promotion, .promotionWithdrawn:
            throw FeedRefusal(Refusal(.internal, "changes of programmes go to their own desk"))
        }
    }

    mutating func add(_ effect: FeedEffect) { effects.append(effect) }

    // MARK: Refusals

    /// Keeps a change that changed nothing, and tells upstream.
    mutating func refuse(_ received: ReceivedChange, _ error: FeedRefusal) throws {
        counts.refused += 1
        let refusal = error.refusal
        let kept = RefusedChange(
            id: received.id, type: received.type,
            body: received.bytes.count <= ChangeReader.keptBytesMaximum ? received.bytes : nil,
            code: "\(refusal.code.name)", field: refusal.field, reason: refusal.reason ?? refusal.message,
            waitsFor: error.waitsFor?.text, refusedAt: now)
        hasRefused = true
        hasWaiting = hasWaiting || kept.waitsFor != nil
        guard let news = try transaction.keep(kept, limit: ProtocolLimits.refusedChanges) else { return }
        try tell("change.refused", of: kept, number: news.number)
        for dropped in news.dropped { try tell("change.dropped", of: dropped, number: dropped.number) }
    }

    /// Upstream learns what became of its change.
    private func tell(_ type: String, of change: RefusedChange, number: Int64) throws {
        let writer = ByteWriter(capacity: 256)
        writer.beginObject()
        writer.field("change", change.id)
        writer.field("type", change.type)
        writer.field("at", now)
        if type == "change.refused" {
            writer.field("code", change.code)
            writer.optionalField("field", change.field)
            writer.field("reason", change.reason)
            writer.optionalField("waits_for", change.waitsFor)
        }
        writer.endObject()
        let gateway = try transaction.gatewayName()
        try transaction.enqueue(
            type: type, id: "\(gateway)/\(type)/\(number)", stream: "feed", body: Array(writer.bytes), at: now)
    }

    /// Something has become known: what waited for it is applied.
    mutating func applyWaiting(for need: FeedRefusal.Need) throws {
        guard hasWaiting else { return }
        let waiting = try transaction.refusedChanges(waitingFor: need.text, limit: Self.waitersMaximum)
        guard !waiting.isEmpty else { return }
        let reader = ChangeReader()
        for kept in waiting {
            guard let body = kept.body, case .success(let change) = reader.read(body).change else { continue }
            let effectsBefore = effects.count
            switch try transaction.attempt({ try apply(change) }) {
            case .success:
                counts.applied += 1
                try transaction.forgetRefusedChange(kept.id)
                try tell("change.applied", of: kept, number: kept.number)
            case .failure(let error):
                effects.removeSubrange(effectsBefore...)
                try refuse(
                    ReceivedChange(id: kept.id, type: kept.type, bytes: body, change: .success(change)),
                    FeedRefusal(cause: error))
            }
        }
    }
}
