import Locking

/// How many requests somebody may make: so many at once, and then so many in a time.
struct RequestRate: Sendable {
    /// Requests that may come at once after a pause.
    var burst: Int
    /// One more for each of these.
    var millisecondsPerRequest: Int64
}

/// Counts the requests of many, each by a rate of their own. What is remembered is bounded: when there are too many,
/// those whom nothing is held against any more are forgotten, and then the one with the oldest request.
final class RequestRates<Key: Hashable & Sendable>: Sendable {
    /// When everything that was used up will have come back.
    private let fullAt = Mutex<[Key: Int64]>([:])
    private let rate: RequestRate
    private let keysMaximum: Int

    init(_ rate: RequestRate, keysMaximum: Int) {
        self.rate = rate
        self.keysMaximum = keysMaximum
    }

    /// Counts a request; returns nil when it may be made, else in how many milliseconds.
    ///
    /// - Parameter now: milliseconds of any clock; one that goes back makes nobody wait longer than after a burst.
    func take(_ key: Key, atMilliseconds now: Int64) -> Int64? {
        fullAt.withLock { fullAt in
            let full = full(fullAt[key], now)
            let wait = full - now - Int64(rate.burst - 1) * rate.millisecondsPerRequest
            guard wait <= 0 else { return wait }
            if fullAt[key] == nil, fullAt.count >= keysMaximum { forget(&fullAt, now) }
            fullAt[key] = full + rate.millisecondsPerRequest
            return nil
        }
    }

    /// Keys that are remembered.
    var count: Int { fullAt.withLock { $0.count } }

    /// In how many milliseconds a request may be made; nil: now. Counts nothing.
    func wait(_ key: Key, atMilliseconds now: Int64) -> Int64? {
        fullAt.withLock { fullAt in
            guard let known = fullAt[key], case let full = full(known, now) else { return nil }
            if full < known { fullAt[key] = full }
            let wait = full - now - Int64(rate.burst - 1) * rate.millisecondsPerRequest
            return wait > 0 ? wait : nil
        }
    }

    /// No later than when everything that can be used up has come back: a clock that was put back locks nobody out.
    private func full(_ known: Int64?, _ now: Int64) -> Int64 {
        min(max(known ?? now, now), now + Int64(rate.burst) * rate.millisecondsPerRequest)
    }

    private func forget(_ fullAt: inout [Key: Int64], _ now: Int64) {
        fullAt = fullAt.filter { $0.value > now }
        if fullAt.count >= keysMaximum, let oldest = fullAt.min(by: { $0.value < $1.value }) {
            fullAt[oldest.key] = nil
        }
    }
}
