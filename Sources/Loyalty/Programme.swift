import Retail

/// A level of the programme that a customer reaches by buying.
public struct Tier: Hashable, Sendable {
    /// The name as shown to cashier and customer.
    public let name: String
    /// The net turnover from which on the tier counts.
    public let threshold: Money
    /// The part of what is paid that comes back as points.
    public let earnRate: BasisPoints

    init(name: String, threshold: Money, earnRate: BasisPoints) {
        self.name = name
        self.threshold = threshold
        self.earnRate = earnRate
    }
}

/// Which rules an answer was computed with.
public struct RuleSet: Hashable, Sendable {
    /// The programme's id.
    public let id: String
    /// The programme's version.
    public let version: Int
    /// The hash of the document that the programme was loaded from.
    public let hash: String

    init(id: String, version: Int, hash: String) {
        self.id = id
        self.version = version
        self.hash = hash
    }
}

/// A loyalty programme whose every value has been checked.
///
/// The only way to one is `init(validating:hash:)`: rules never meet a programme without tiers or with a point that
/// is worth nothing.
public struct Programme: Hashable, Sendable {
    /// The programme's id.
    public let id: String
    /// The version, from 1.
    public let version: Int
    /// The hash of the document that the programme was loaded from.
    public let hash: String
    /// The ISO 4217 code of the currency that all amounts are in.
    public let currency: String
    /// What one point is worth; more than zero.
    public let pointValue: Money
    /// The tiers, ascending; the first begins at zero.
    public let tiers: [Tier]
    /// The largest part of a line that points may pay.
    public let maxRedeem: BasisPoints
    /// Products that earn nothing and cannot be paid with points (tobacco, gift cards, deposits).
    public let excludedSKUs: Set<String>
    /// How long a quote holds.
    public let quoteLifetimeMilliseconds: Int64

    /// The id, version and hash that answers carry.
    public var rules: RuleSet {
        RuleSet(id: id, version: version, hash: hash)
    }

    init(
        id: String, version: Int, hash: String, currency: String, pointValue: Money, tiers: [Tier],
        maxRedeem: BasisPoints, excludedSKUs: Set<String>, quoteLifetimeMilliseconds: Int64
    ) {
        self.id = id
        self.version = version
        self.hash = hash
        self.currency = currency
        self.pointValue = pointValue
        self.tiers = tiers
        self.maxRedeem = maxRedeem
        self.excludedSKUs = excludedSKUs
        self.quoteLifetimeMilliseconds = quoteLifetimeMilliseconds
    }

    func isEligible(_ sku: String) -> Bool {
        excludedSKUs.isEmpty || !excludedSKUs.contains(sku)
    }
}

/// The tier that a net turnover (purchases minus returns) leads to; below zero it is the first.
public func tier(for turnover: Money, in programme: Programme) -> Tier {
    programme.tiers.last { $0.threshold <= turnover } ?? programme.tiers[0]
}

/// The first tier that a net turnover has not reached yet; `nil` at the top.
public func nextTier(after turnover: Money, in programme: Programme) -> Tier? {
    let current = tier(for: turnover, in: programme)
    return programme.tiers.first { $0.threshold > current.threshold }
}
