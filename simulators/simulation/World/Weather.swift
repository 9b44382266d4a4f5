/// What a world is like, out of its seed: calm or wild, each in its own way.
struct Weather {
    /// How long the peers go about their work, in milliseconds.
    let dayMilliseconds: Int64
    let storeCount: Int
    let tillsPerStore: Int
    let customers: Int
    let ordersPerWebsite: Int
    /// Between two things that somebody does.
    let pauseMilliseconds: Int
    let delayMilliseconds: Int
    /// Timers of the machine come so many times too late.
    let slowness: Int64
    /// On average so long between two crashes; nil: none.
    let crashEvery: Int?
    let cutEvery: Int?
    /// One of so many calls of the disk fails, in bad times; nil: none.
    let diskFaultOneIn: Int?
    let jumpsClock: Bool
    /// A till goes away for ever.
    let losesTill: Bool
    let activationDays: Bool
    /// The clock jumps by hours and days, too.
    let leapsClock: Bool
    /// A device is revoked.
    let revokesDevice: Bool
    /// The websites have webhooks.
    let hasWebhooks: Bool
    /// People whom upstream knows.
    let people: Int
    /// On average so long between two things that upstream tells.
    let newsEvery: Int
    /// Cards that are not known here are asked of upstream.
    let asksUpstream: Bool

    init(seed: UInt64) {
        var dice = Dice(seed: seed, for: "weather")
        dayMilliseconds = Int64(dice.number(120...390)) * 1_000
        storeCount = dice.chance(3) ? 2 : 1
        tillsPerStore = dice.number(2...4)
        customers = dice.number(1...4)
        ordersPerWebsite = dice.number(2...8)
        pauseMilliseconds = dice.number(1_500...8_000)
        delayMilliseconds = dice.pick([0, 2, 20, 200]) ?? 2
        slowness = Int64(dice.number(2...6))
        crashEvery = dice.chance(5) ? nil : dice.number(60_000...300_000)
        cutEvery = dice.chance(5) ? nil : dice.number(5_000...60_000)
        diskFaultOneIn = dice.chance(2) ? nil : dice.number(10...200)
        jumpsClock = dice.chance(5)
        losesTill = dice.chance(2)
        activationDays = dice.chance(4)
        leapsClock = dice.chance(10)
        revokesDevice = dice.chance(3)
        hasWebhooks = !dice.chance(3)
        people = dice.chance(4) ? 0 : dice.number(1...4)
        newsEvery = dice.number(4_000...30_000)
        asksUpstream = !dice.chance(5)
    }
}
