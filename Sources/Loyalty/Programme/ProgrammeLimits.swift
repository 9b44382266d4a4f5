/// How much a programme may hold. A document beyond a limit is refused whole.
enum ProgrammeLimits {
    /// A version is counted up by people; 31 bits outlast them.
    static let versionMaximum: Int64 = 2_147_483_647
    /// What a point is worth, in minor units.
    static let pointValueMaximum: Int64 = 1_000_000_000
    /// Any amount of money: sums of ten thousand of them still fit into 64 bits with room for a multiplication.
    static let amountMaximum: Int64 = 9_000_000_000_000_000
    /// Points that a single rule may give.
    static let pointsMaximum: Int64 = 1_000_000_000
    /// Tiers that a display can show.
    static let tiersMaximum = 32
    /// Characters of a name, brand, tag, segment or coupon.
    static let textCharactersMaximum = 64
    /// Characters of a sentence on a display, its places not filled yet.
    static let messageCharactersMaximum = 160
    /// Elements of any list of texts: SKUs of a filter, customers of a personal offer.
    static let listMaximum = 100_000
    /// Promotions of a programme.
    static let promotionsMaximum = 10_000
    /// Steps of the threshold mechanic.
    static let thresholdsMaximum = 32
    /// Products of a bundle.
    static let bundleItemsMaximum = 16
    /// Levels of exclusions inside exclusions.
    static let filterDepthMaximum = 4
    /// The longest time that a quote may hold: a day.
    static let quoteLifetimeMaximum: Int64 = 86_400_000
    /// A multiplier of a hundred, in basis points.
    static let multiplierMaximum: Int64 = 1_000_000
    /// Days of activation, expiry and windows: about a hundred years.
    static let daysMaximum: Int64 = 36_500
    /// Days before or after a birthday; both together stay within a year.
    static let birthdayDaysMaximum: Int64 = 180
    /// A day, in minutes: the longest hold.
    static let holdMinutesMaximum: Int64 = 1_440
}
