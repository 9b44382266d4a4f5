import Retail

/// Where a turnover stands on the way up.
public struct TierProgress: Hashable, Sendable {
    /// The tier reached.
    public let tier: Tier
    /// The next tier; `nil` at the top.
    public let next: Tier?
    /// The turnover that is missing to the next tier; `nil` at the top, or when it leaves 64 bits.
    public let missing: Money?

    /// The progress of a net turnover.
    public init(turnover: Money, in programme: Programme) {
        tier = Loyalty.tier(for: turnover, in: programme)
        next = nextTier(after: turnover, in: programme)
        missing = next.flatMap { try? $0.threshold.subtracting(turnover) }
    }
}

extension Programme {
    /// From when on turnover counts for the tier: the start of the store's day so many days ago; `nil`: all of it does.
    ///
    /// With a window of 90 days, today and the 89 days before it count.
    public func turnoverCounts(from now: Instant, zone: StoreZone) -> Instant? {
        tierWindowDays.map { zone.start(ofDay: 1 - $0, after: now) }
    }
}
