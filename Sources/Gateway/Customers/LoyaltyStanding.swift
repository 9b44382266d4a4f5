import Journal
import Loyalty
import Retail

/// Where a customer stands, worked out for a moment and good until time changes something.
///
/// Lots that become active or burn, holds that end and purchases that leave a rolling window need no change in the
/// journal: whoever finds a standing that has run out works it out anew from the journal, for that customer alone.
struct LoyaltyStanding: Equatable, Sendable {
    /// Points that can be spent now.
    var available: Int64 = 0
    var held: Int64 = 0
    var pending: Int64 = 0
    var debt: Int64 = 0
    /// Points that burn next, and when; `distantFuture` when none do.
    var expiring: Int64 = 0
    var expiresAt = Instant.distantFuture
    /// What counts for the tier: all of the net turnover, or that within the programme's window.
    var turnover = Money.zero
    /// Sales so far.
    var purchases: Int64 = 0
    /// The year of the birthday for which the last gift was given; 0 when there was none.
    var giftYear: Int32 = 0
    /// Which programmes it was worked out by.
    var generation: UInt32 = 0
    /// The store's clock by which the window was cut; ``anyClock`` when there is no window.
    var secondsFromUTC = LoyaltyStanding.anyClock
    /// The first moment at which it is not right any more.
    var validUntil = Instant.distantPast

    static let anyClock = Int32.min

    /// A standing that is not known and has to be looked up.
    static let unknown = LoyaltyStanding()

    /// The standing of an account of which no purchase counts by the day on which it was made.
    ///
    /// - Parameters:
    ///   - generation: of the programmes in force.
    ///   - counted: the turnover that counts for the tier.
    init(_ account: LoyaltyAccount, generation: UInt32, counted: Money, at now: Instant) {
        var points = account.points
        // What time has done is written into the ledger when the account is next touched; it is true already.
        _ = points.settle(at: now)
        available = points.available(at: now)
        held = points.held(at: now)
        pending = points.pending(at: now)
        debt = points.debt
        if let next = points.nextToExpire(at: now) {
            expiring = next.points
            expiresAt = next.expiresAt
        }
        turnover = counted
        purchases = account.purchases
        giftYear = Int32(account.giftYear ?? 0)
        self.generation = generation
        validUntil = points.nextChange(after: now) ?? .distantFuture
    }

    /// The standing of an account whose purchases count for so many days: good until the store's day ends.
    mutating func limit(toDayOf clock: StoreClock) {
        secondsFromUTC = Int32(clock.secondsFromUTC)
        validUntil = min(validUntil, clock.zone.start(ofDay: 1, after: clock.now))
    }

    private init() {}

    /// Whether it is right at a moment, by the programmes of a generation and a store's clock.
    func holds(at clock: StoreClock, generation: UInt32) -> Bool {
        clock.now < validUntil && generation == self.generation
            && (secondsFromUTC == Self.anyClock || secondsFromUTC == Int32(clock.secondsFromUTC))
    }
}

extension JournalView {
    /// A customer's standing as the journal has it.
    ///
    /// - Parameter account: the account when it has been read already.
    func standing(
        of customer: CustomerID, account: LoyaltyAccount, programme: Programme, generation: UInt32,
        at clock: StoreClock
    ) throws(SQLError) -> LoyaltyStanding {
        let counted = try counted(account, of: customer, in: programme, at: clock)
        var standing = LoyaltyStanding(account, generation: generation, counted: counted, at: clock.now)
        if programme.tierWindowDays != nil { standing.limit(toDayOf: clock) }
        return standing
    }

    /// The turnover that counts for the tier.
    func counted(
        _ account: LoyaltyAccount, of customer: CustomerID, in programme: Programme, at clock: StoreClock
    ) throws(SQLError) -> Money {
        let since = programme.turnoverCounts(from: clock.now, zone: clock.zone)
        guard let since else { return account.turnover }
        return try turnover(of: customer, since: since)
    }
}
