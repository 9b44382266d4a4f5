/// Why a promotion does not apply. Amounts are minor units.
public enum Hindrance: Hashable, Sendable, Codable {
    /// Its period has not begun.
    case notBegun(from: String)
    /// Its period is over.
    case over(until: String)
    /// Not on this day of the week.
    case otherWeekday(wanted: [String])
    /// Not at this time of day.
    case otherHours(wanted: String)
    /// Not in this store.
    case otherStore
    /// Not where the quote was asked for.
    case otherChannel(wanted: [String])
    /// Its coupon was not shown.
    case couponMissing(code: String)
    /// It needs a customer, and there is none.
    case customerMissing
    /// Not for the customer's segment.
    case otherSegment(wanted: [String])
    /// Not for the customer's tier.
    case otherTier(wanted: [String])
    /// A personal offer for somebody else.
    case personalOfferOfOthers
    /// The customer has bought before.
    case notFirstPurchase(purchases: Int64)
    /// The customer's birthday is not known.
    case birthdayUnknown
    /// Not within the days around the birthday.
    case birthdayNotNear(before: Int, after: Int)
    /// The customer has used it as often as allowed.
    case usedUpByCustomer(limit: Int64)
    /// All customers together have used it as often as allowed.
    case usedUp(limit: Int64)
    /// The basket holds none of its products.
    case noProductInBasket
    /// It gives points, and none of its products earns any.
    case noLineEarns
    /// An exclusive promotion has closed all lines that it could touch.
    case linesClosed
    /// Its products cost too little together.
    case amountTooSmall(wanted: Int64, present: Int64)
    /// Too few of its products.
    case quantityTooSmall(wanted: String, present: String)

    private enum CodingKeys: String, CodingKey {
        case notBegun = "not_begun"
        case over
        case otherWeekday = "other_weekday"
        case otherHours = "other_hours"
        case otherStore = "other_store"
        case otherChannel = "other_channel"
        case couponMissing = "coupon_missing"
        case customerMissing = "customer_missing"
        case otherSegment = "other_segment"
        case otherTier = "other_tier"
        case personalOfferOfOthers = "personal_offer_of_others"
        case notFirstPurchase = "not_first_purchase"
        case birthdayUnknown = "birthday_unknown"
        case birthdayNotNear = "birthday_not_near"
        case usedUpByCustomer = "used_up_by_customer"
        case usedUp = "used_up"
        case noProductInBasket = "no_product_in_basket"
        case noLineEarns = "no_line_earns"
        case linesClosed = "lines_closed"
        case amountTooSmall = "amount_too_small"
        case quantityTooSmall = "quantity_too_small"
    }
}
