import Locking

/// Counts the requests of many, each by a rate of their own. What is remembered is bounded: when there are too many,
/// those whom nothing is held against any more are forgotten, and then the one with the oldest request.
final class RequestRates<Key: Hashable & Sendable>: Sendable {
    private let buckets = Mutex<[Key: RateBucket]>([:])
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
        buckets.withLock { buckets in
            var bucket = buckets[key] ?? RateBucket()
            let wait = bucket.wait(rate, at: now)
            if wait == 0 {
                if buckets[key] == nil, buckets.count >= keysMaximum { forget(&buckets, now) }
                bucket.take(rate, at: now)
            }
            buckets[key] = bucket
            return wait > 0 ? wait : nil
        }
    }

    /// Keys that are remembered.
    var count: Int { buckets.withLock { $0.count } }

    /// In how many milliseconds a request may be made; nil: now. Counts nothing.
    func wait(_ key: Key, atMilliseconds now: Int64) -> Int64? {
        buckets.withLock { buckets in
            guard let wait = buckets[key]?.wait(rate, at: now), wait > 0 else { return nil }
            return wait
        }
    }

    private func forget(_ buckets: inout [Key: RateBucket], _ now: Int64) {
        buckets = buckets.filter { !$0.value.isFull(at: now) }
        if buckets.count >= keysMaximum, let oldest = buckets.min(by: { $0.value.fullAt < $1.value.fullAt }) {
            buckets[oldest.key] = nil
        }
    }
}
