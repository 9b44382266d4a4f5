import Retail

/// How long points wait, live and are held.
public struct LotTerms: Hashable, Sendable {
    /// Days that earned points stay pending (the return window).
    public let activationDays: Int
    /// Days that points live once they can be spent; `nil`: for ever.
    public let expiryDays: Int?
    /// Minutes that a hold lives.
    public let holdMinutes: Int

    /// Terms of days and minutes that are not negative.
    public init(activationDays: Int = 0, expiryDays: Int? = nil, holdMinutes: Int = 15) {
        self.activationDays = activationDays
        self.expiryDays = expiryDays
        self.holdMinutes = holdMinutes
    }

    /// From when on points earned at this moment can be spent: so many times 24 hours later.
    public func activation(of earned: Instant) -> Instant {
        earned.adding(milliseconds: Int64(activationDays) * millisecondsPerDay)
    }

    /// When points that can be spent from this moment on burn: at the end of their last day on the store's calendar.
    ///
    /// - Parameters:
    ///   - days: the lot's own days; the programme's when `nil`.
    public func expiry(ofActive active: Instant, days: Int? = nil, zone: StoreZone) -> Instant? {
        guard let days = days ?? expiryDays else { return nil }
        return zone.start(ofDay: days + 1, after: active)
    }

    /// How long a hold placed now lives.
    public func holdEnd(_ now: Instant) -> Instant {
        now.adding(milliseconds: Int64(holdMinutes) * 60_000)
    }
}
