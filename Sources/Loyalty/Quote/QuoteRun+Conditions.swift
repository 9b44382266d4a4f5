import Retail

extension QuoteRun {
    /// Why a promotion cannot be applied now; `nil` when it can, and then `touched` holds its lines.
    mutating func hindrance(of promotion: Promotion) -> Hindrance? {
        if let hindrance = setting.hindrance(of: promotion) { return hindrance }
        var isClosed = false
        for index in lines.indices where promotion.products.matches(lines[index].marks, of: marks) {
            if lines[index].isOpen { touched.append(index) } else { isClosed = true }
        }
        guard !touched.isEmpty else { return isClosed ? .linesClosed : .noProductInBasket }
        return amountHindrance(promotion)
    }

    private func amountHindrance(_ promotion: Promotion) -> Hindrance? {
        if let minimum = promotion.conditions.minimumAmount {
            let present = touched.reduce(Int128(0)) { $0 + Int128(lines[$1].left) }
            if present < Int128(minimum.minorUnits) {
                return .amountTooSmall(wanted: minimum.minorUnits, present: narrowed(present))
            }
        }
        if let minimum = promotion.conditions.minimumQuantity {
            let present = narrowed(touched.reduce(Int128(0)) { $0 + Int128(lines[$1].quantityThousandths) })
            if present < minimum.thousandths {
                return .quantityTooSmall(
                    wanted: minimum.decimalText, present: Quantity(thousandths: present).decimalText)
            }
        }
        return nil
    }
}

extension QuoteSetting {
    /// Why a promotion does not apply, whatever is in the basket.
    fileprivate func hindrance(of promotion: Promotion) -> Hindrance? {
        timeHindrance(promotion) ?? placeHindrance(promotion) ?? customerHindrance(promotion)
            ?? usageHindrance(promotion)
    }

    private func timeHindrance(_ promotion: Promotion) -> Hindrance? {
        if let from = promotion.conditions.from, time.instant < from.beginning(secondsFromUTC: time.secondsFromUTC) {
            return .notBegun(from: from.text)
        }
        if let until = promotion.conditions.until, time.instant >= until.end(secondsFromUTC: time.secondsFromUTC) {
            return .over(until: until.text)
        }
        if let hours = promotion.conditions.hours, !hours.contains(minute: time.minute) {
            return .otherHours(wanted: hours.text)
        }
        if let weekdays = promotion.conditions.weekdays {
            // Friday night lasts until Saturday morning: hours over midnight belong to the day on which they began.
            let isNight = promotion.conditions.hours?.beganYesterday(minute: time.minute) ?? false
            guard weekdays.contains(isNight ? time.weekday.previous : time.weekday) else {
                return .otherWeekday(wanted: Weekday.allCases.filter(weekdays.contains).map(\.rawValue))
            }
        }
        return nil
    }

    private func placeHindrance(_ promotion: Promotion) -> Hindrance? {
        if let stores = promotion.conditions.stores, !stores.contains(context.store) { return .otherStore }
        if let channels = promotion.conditions.channels, !channels.contains(context.channel) {
            return .otherChannel(wanted: Channel.allCases.filter(channels.contains).map(\.rawValue))
        }
        if let coupon = promotion.conditions.coupon, !context.coupons.contains(coupon) {
            return .couponMissing(code: coupon)
        }
        return nil
    }

    private func customerHindrance(_ promotion: Promotion) -> Hindrance? {
        guard let shopper = context.shopper else {
            return promotion.conditions.excludesWalkIns ? .customerMissing : nil
        }
        if let segments = promotion.conditions.segments, !(shopper.segment.map(segments.contains) ?? false) {
            return .otherSegment(wanted: segments.sorted())
        }
        if let tiers = promotion.conditions.tiers, let tier, !tiers.contains(tier.name) {
            return .otherTier(wanted: tiers)
        }
        if let customers = promotion.conditions.customers, !(shopper.external.map(customers.contains) ?? false) {
            return .personalOfferOfOthers
        }
        if promotion.conditions.isFirstPurchase, shopper.purchases > 0 {
            return .notFirstPurchase(purchases: shopper.purchases)
        }
        if let window = promotion.conditions.birthday {
            guard let birthday = shopper.birthday else { return .birthdayUnknown }
            if window.occurrence(of: birthday, around: time.date) == nil {
                return .birthdayNotNear(before: window.before, after: window.after)
            }
        }
        return nil
    }

    private func usageHindrance(_ promotion: Promotion) -> Hindrance? {
        if let limit = promotion.conditions.limitPerCustomer, let uses = context.shopper?.promotionUses[promotion.id],
            uses >= limit
        {
            return .usedUpByCustomer(limit: limit)
        }
        if let limit = promotion.conditions.limitTotal, let uses = context.promotionTotals[promotion.id], uses >= limit
        {
            return .usedUp(limit: limit)
        }
        return nil
    }
}
