import Retail

extension Programme {
    /// The points of a receipt, as a lot; `nil` when it earned none.
    public func grant(
        earned points: Int64, by receipt: ReceiptKey, at now: Instant, zone: StoreZone
    ) -> Grant? {
        guard points > 0 else { return nil }
        let active = lotTerms.activation(of: now)
        return Grant(
            points: points, origin: .receipt, receipt: receipt, activeFrom: active,
            expiresAt: lotTerms.expiry(ofActive: active, zone: zone))
    }

    /// The points of an enrolment; `nil` without such a mechanic. Their days are counted from the enrolment, even when
    /// they wait for the first purchase.
    public func welcomeGrant(at now: Instant, zone: StoreZone) -> Grant? {
        guard let welcome else { return nil }
        return Grant(
            points: welcome.points, origin: .welcome,
            activeFrom: welcome.usable == .atOnce ? now : Lot.uponFirstPurchase,
            expiresAt: lotTerms.expiry(ofActive: now, days: welcome.expiryDays, zone: zone))
    }

    /// The points of a registration on the website; `nil` without such a mechanic. Given once: the caller knows whether
    /// the customer has a lot of this origin.
    public func siteRegistrationGrant(at now: Instant, zone: StoreZone) -> Grant? {
        guard let siteRegistration else { return nil }
        return Grant(
            points: siteRegistration.points, origin: .siteRegistration, activeFrom: now,
            expiresAt: lotTerms.expiry(
                ofActive: now, days: siteRegistration.expiryDays, zone: zone))
    }

    /// The gift of a birthday for a customer who is seen within its window, and the year of the birthday that it is for.
    ///
    /// - Parameter lastGiftYear: the year of the birthday for which the customer got a gift last: once a year is once
    ///   for each birthday, also when the window reaches over New Year.
    public func birthdayGrant(
        birthday: CalendarDate, lastGiftYear: Int?, at now: Instant, zone: StoreZone
    ) -> (grant: Grant, year: Int)? {
        let today = zone.date(at: now)
        guard let mechanic = self.birthday, mechanic.giftPoints > 0,
            let day = mechanic.window.occurrence(of: birthday, around: today), day.year > lastGiftYear ?? .min
        else { return nil }
        let grant = Grant(
            points: mechanic.giftPoints, origin: .birthday, activeFrom: now,
            expiresAt: lotTerms.expiry(ofActive: now, days: mechanic.expiryDays, zone: zone))
        return (grant, day.year)
    }
}
