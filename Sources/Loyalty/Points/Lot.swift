import Retail

/// The number of a lot, given out in ascending order over all customers, so that lots can move between accounts.
public struct LotID: Hashable, Comparable, Sendable {
    /// The number.
    public let number: Int64

    /// A lot's number.
    public init(number: Int64) {
        self.number = number
    }

    /// Orders lots, the older first.
    public static func < (left: LotID, right: LotID) -> Bool {
        left.number < right.number
    }
}

/// Where points come from.
public enum LotOrigin: String, CaseIterable, Hashable, Sendable {
    /// A receipt.
    case receipt
    /// The enrolment.
    case welcome
    /// The registration on the website.
    case siteRegistration = "site_registration"
    /// A birthday's gift.
    case birthday
    /// A return, of points whose own lot had burnt.
    case restored
    /// A person or another system.
    case granted
}

/// Points that came together: they become active together and burn together.
public struct Lot: Hashable, Sendable {
    /// The number.
    public let id: LotID
    /// Where the points come from.
    public let origin: LotOrigin
    /// The receipt that earned them.
    public let receipt: ReceiptKey?
    /// From when on they can be spent.
    public internal(set) var activeFrom: Instant
    /// When they burn: the first moment after their last day; `nil`: never.
    public let expiresAt: Instant?
    /// The points left.
    public internal(set) var points: Int64

    /// A lot as it was stored.
    public init(
        id: LotID, origin: LotOrigin, receipt: ReceiptKey? = nil, activeFrom: Instant, expiresAt: Instant?,
        points: Int64
    ) {
        self.id = id
        self.origin = origin
        self.receipt = receipt
        self.activeFrom = activeFrom
        self.expiresAt = expiresAt
        self.points = points
    }

    /// The time from which points can be spent that wait for the first purchase: none yet.
    public static let uponFirstPurchase = Instant(millisecondsSinceEpoch: .max)

    func isExpired(at now: Instant) -> Bool {
        expiresAt.map { $0 <= now } ?? false
    }

    func isActive(at now: Instant) -> Bool {
        activeFrom <= now && !isExpired(at: now)
    }

    /// The lot that expires first is spent first; ties, and those that never expire, the older first.
    static func isSpentBefore(_ left: Lot, _ right: Lot) -> Bool {
        let never = Instant.distantFuture
        return (left.expiresAt ?? never, left.id) < (right.expiresAt ?? never, right.id)
    }
}

/// Points that an account is given: what becomes a lot.
public struct Grant: Hashable, Sendable {
    /// How many; more than zero.
    public var points: Int64
    /// Where they come from.
    public var origin: LotOrigin
    /// The receipt that earned them.
    public var receipt: ReceiptKey?
    /// From when on they can be spent.
    public var activeFrom: Instant
    /// When they burn.
    public var expiresAt: Instant?

    /// Points to give.
    public init(
        points: Int64, origin: LotOrigin, receipt: ReceiptKey? = nil, activeFrom: Instant, expiresAt: Instant? = nil
    ) {
        self.points = points
        self.origin = origin
        self.receipt = receipt
        self.activeFrom = activeFrom
        self.expiresAt = expiresAt
    }
}

/// Points of one lot.
public struct LotPart: Hashable, Sendable {
    /// The lot.
    public let lot: LotID
    /// How many of its points.
    public internal(set) var points: Int64

    /// Points of a lot.
    public init(lot: LotID, points: Int64) {
        self.lot = lot
        self.points = points
    }
}

/// Points that one receipt is going to spend: nobody else can have them until the hold ends.
public struct Hold: Hashable, Sendable {
    /// The receipt.
    public let receipt: ReceiptKey
    /// The points, by lot. They do not burn while they are held.
    public internal(set) var parts: [LotPart]
    /// When the hold ends by itself.
    public internal(set) var expiresAt: Instant

    /// A hold as it was stored.
    public init(receipt: ReceiptKey, parts: [LotPart], expiresAt: Instant) {
        self.receipt = receipt
        self.parts = parts
        self.expiresAt = expiresAt
    }

    /// The points held.
    public var points: Int64 {
        parts.reduce(0) { $0 + $1.points }
    }
}
