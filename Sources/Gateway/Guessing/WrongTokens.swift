import Locking

/// Wrong tokens by the network that they come from. What is remembered is bounded.
final class WrongTokens: Sendable {
    /// Networks that are counted at a time.
    private static let networksMaximum = 10_000
    /// A network that goes on trying is told of again after this time.
    private static let tellAgainMilliseconds: Int64 = 600_000

    private let rates: RequestRates<UInt64>
    private let toldAt = Mutex<[UInt64: Int64]>([:])

    init(_ rate: RequestRate) {
        rates = RequestRates(rate, keysMaximum: Self.networksMaximum)
    }

    /// Entries in both tables, each of which has its bound.
    var remembered: Int { rates.count + toldAt.withLock { $0.count } }

    /// In how many milliseconds a wrong token from there is counted as one more; nil: now. Counts nothing.
    func wait(_ network: UInt64, atMilliseconds now: Int64) -> Int64? { rates.wait(network, atMilliseconds: now) }

    /// Counts a wrong one; true when nothing is left and nobody was told of it lately.
    func count(_ network: UInt64, atMilliseconds now: Int64) -> Bool {
        _ = rates.take(network, atMilliseconds: now)
        guard rates.wait(network, atMilliseconds: now) != nil else { return false }
        return toldAt.withLock { toldAt in
            if let told = toldAt[network], (told...told + Self.tellAgainMilliseconds).contains(now) { return false }
            if toldAt.count >= Self.networksMaximum { toldAt.removeAll() }
            toldAt[network] = now
            return true
        }
    }
}
