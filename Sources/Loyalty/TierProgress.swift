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
