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
/// The only way to one is `init(validating:hash:)`: rules never meet a programme without tiers, with a point that is
/// worth nothing, or with a promotion for a tier that does not exist. It never changes, and so is shared and not copied.
public final class Programme: Sendable {
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
    /// The days whose turnover decides about the tier; the whole life when `nil`.
    public let tierWindowDays: Int?
    /// The segments whose customers have this programme; `nil`: everyone else.
    public let segments: [String]?
    /// The largest part of a line that points may pay.
    public let maxRedeem: BasisPoints
    /// Products that earn nothing and cannot be paid with points (tobacco, gift cards, deposits).
    public let excludedSKUs: Set<String>
    /// What one unit of a product costs at least, whatever is taken off.
    public let minimumPrices: [String: Money]
    /// How long points live and how long they are held.
    public let lotTerms: LotTerms
    /// How long a quote holds.
    public let quoteLifetimeMilliseconds: Int64
    /// Points on enrolment.
    public let welcome: Welcome?
    /// Points when the website reports the registration.
    public let siteRegistration: SiteRegistration?
    /// What every nth purchase gives.
    public let everyNth: EveryNth?
    /// What the days around a birthday bring.
    public let birthday: Birthday?
    /// What large receipts earn on top, ascending by amount.
    public let thresholds: [Threshold]
    /// What it asks about customers.
    public let needs: ProgrammeNeeds
    let book: PromotionBook
    let personal: PersonalPromotions
    let symbols: ProductSymbols.Table
    let earnExclude: ProductFilter?
    let redeemExclude: ProductFilter?

    /// A programme of a document whose values have been checked.
    init(checked document: ProgrammeDocument, tiers: [Tier], hash: String) {
        var symbols = ProductSymbols()
        var promotions = document.promotions.map { Promotion($0, symbols: &symbols) }
        if let discount = document.birthday.flatMap({ Promotion(discountOf: $0, symbols: &symbols) }) {
            promotions.append(discount)
        }
        earnExclude = document.earnExclude.map { ProductFilter($0, symbols: &symbols) }
        redeemExclude = document.redeemExclude.map { ProductFilter($0, symbols: &symbols) }
        book = PromotionBook(promotions, symbols: symbols)
        needs = ProgrammeNeeds(promotions)
        personal = PersonalPromotions(promotions)
        self.symbols = symbols.table
        self.tiers = tiers
        self.hash = hash
        id = document.id
        version = document.version
        currency = document.currency
        pointValue = Money(minorUnits: document.pointValue)
        tierWindowDays = document.tierWindowDays
        segments = document.segments
        maxRedeem = BasisPoints(value: document.maxRedeem)
        excludedSKUs = Set(document.excludedSKUs)
        minimumPrices = document.minimumPrices.mapValues { Money(minorUnits: $0) }
        lotTerms = LotTerms(
            activationDays: document.activationDays, expiryDays: document.expiryDays,
            holdMinutes: document.holdMinutes)
        quoteLifetimeMilliseconds = document.quoteLifetimeMilliseconds
        welcome = document.welcome
        siteRegistration = document.siteRegistration
        everyNth = document.everyNth
        birthday = document.birthday
        thresholds = document.thresholds
    }

    /// The id, version and hash that answers carry.
    public var rules: RuleSet {
        RuleSet(id: id, version: version, hash: hash)
    }

    /// The promotions in the order in which they are applied, the birthday's discount among them.
    public var promotions: [Promotion] { book.promotions }

    func isEligible(_ sku: String) -> Bool {
        excludedSKUs.isEmpty || !excludedSKUs.contains(sku)
    }
}

extension Programme: Hashable {
    /// Whether both were loaded from the same document.
    public static func == (left: Programme, right: Programme) -> Bool {
        left === right || left.rules == right.rules
    }

    /// Hashes what the programme is known by.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(rules)
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
