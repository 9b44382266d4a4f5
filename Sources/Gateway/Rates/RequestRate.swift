/// How many requests somebody may make: so many at once, and then so many in a time.
struct RequestRate: Sendable {
    /// Requests that may come at once after a pause.
    var burst: Int
    /// One more for each of these.
    var millisecondsPerRequest: Int64
}

/// What somebody has used up of a ``RequestRate`` and time brings back.
struct RateBucket: Sendable {
    /// When everything that was used up will have come back.
    private(set) var fullAt = Int64.min
    /// When somebody looked last.
    private var lookedAt = Int64.min

    /// Whether nothing is used up at a moment.
    func isFull(at now: Int64) -> Bool { fullAt <= now }

    /// In how many milliseconds one more may be taken; 0: now.
    ///
    /// - Parameter now: milliseconds of any clock; one that goes back makes nobody wait longer than after a burst.
    mutating func wait(_ rate: RequestRate, at now: Int64) -> Int64 {
        settle(rate, at: now)
        return max(0, fullAt - now - Int64(rate.burst - 1) * rate.millisecondsPerRequest)
    }

    /// Takes one, whether there is one or not: what is taken beyond the last has to come back as well.
    mutating func take(_ rate: RequestRate, at now: Int64) {
        settle(rate, at: now)
        fullAt += rate.millisecondsPerRequest
    }

    /// Gives one back that need not have been taken.
    mutating func giveBack(_ rate: RequestRate) { fullAt -= rate.millisecondsPerRequest }

    private mutating func settle(_ rate: RequestRate, at now: Int64) {
        fullAt = max(fullAt, now)
        if now < lookedAt { fullAt = min(fullAt, now + Int64(rate.burst) * rate.millisecondsPerRequest) }
        lookedAt = now
    }
}
