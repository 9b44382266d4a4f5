/// Pauses between attempts: growing, so that an upstream that is down is not hammered, and jittered, so that the
/// gateways of a chain do not come back all at once.
public struct Backoff: Hashable, Sendable {
    /// The first pause before jitter, in milliseconds.
    public let firstMilliseconds: Int
    /// What the doubling stops at before jitter, in milliseconds.
    public let maximumMilliseconds: Int
    /// How far a pause may be off to either side, in percent of it.
    public static let jitterPercent = 25

    private var nextMilliseconds: Int

    /// Pauses that double from the first to the maximum.
    public init(firstMilliseconds: Int = 500, maximumMilliseconds: Int = 60_000) {
        precondition(firstMilliseconds > 0 && maximumMilliseconds >= firstMilliseconds)
        self.firstMilliseconds = firstMilliseconds
        self.maximumMilliseconds = maximumMilliseconds
        nextMilliseconds = firstMilliseconds
    }

    /// Pauses that go on where `count` of them have been made already, for one who has noted how many.
    public init(firstMilliseconds: Int, maximumMilliseconds: Int, afterPauses count: Int) {
        self.init(firstMilliseconds: firstMilliseconds, maximumMilliseconds: maximumMilliseconds)
        for _ in 0..<count where nextMilliseconds < maximumMilliseconds {
            nextMilliseconds = min(nextMilliseconds * 2, maximumMilliseconds)
        }
    }

    /// The pause before the next attempt, in milliseconds.
    ///
    /// - Parameters:
    ///   - retryAfterMilliseconds: the pause that the upstream asked for. It is a lower bound, and it is jittered
    ///     upwards only: a busy upstream is never asked again too early.
    ///   - generator: the source of the jitter.
    public mutating func pause(
        retryAfterMilliseconds: Int? = nil, using generator: inout some RandomNumberGenerator
    ) -> Int {
        let pause = nextMilliseconds
        nextMilliseconds = min(pause * 2, maximumMilliseconds)
        let jitter = pause * Self.jitterPercent / 100
        let own = pause + Int.random(in: -jitter...jitter, using: &generator)
        guard let asked = retryAfterMilliseconds else { return own }
        return max(own, asked + Int.random(in: 0...jitter, using: &generator))
    }

    /// Begins again with the first pause; to be called after a delivery that was answered.
    public mutating func reset() {
        nextMilliseconds = firstMilliseconds
    }
}
