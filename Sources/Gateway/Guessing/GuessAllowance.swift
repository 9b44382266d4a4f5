import Locking
import Retail

/// How many more wrong guesses somebody may make: a bucket that every new one takes from and that time fills again.
///
/// Whoever guesses right takes nothing, and the way there is one atomic load; the lock is for those who were wrong.
final class GuessAllowance: Sendable {
    /// What a guess that comes too soon is told.
    struct Waiting: Sendable {
        /// In how many milliseconds it may be made.
        var milliseconds: Int
        /// Nobody was refused since the bucket was full: worth a line in the log.
        var isFirst: Bool
    }

    private struct State {
        var bucket = RateBucket()
        /// The last guesses by their hashes, in turn: a card that is scanned again is no other card.
        var recent: [Int] = []
        var oldest = 0
        var isTold = false
    }

    /// Guesses that are remembered: somebody tries the cards in one purse a few times, not a hundred.
    private static let recentMaximum = 8

    private let rate: RequestRate
    private let usedUp = Atomic<Bool>(false)
    private let state = Mutex(State())

    init(_ rate: RequestRate) {
        self.rate = rate
    }

    /// Whether nothing was left when somebody last looked; time may have brought something back since.
    var isUsedUp: Bool { usedUp.load(ordering: .relaxed) }

    /// What stands against the next guess; nil: nothing.
    func refusal(at now: Instant) -> Waiting? {
        let now = now.millisecondsSinceEpoch
        return state.withLock { state in
            let wait = state.bucket.wait(rate, at: now)
            guard wait > 0 else {
                usedUp.store(false, ordering: .relaxed)
                return nil
            }
            defer { state.isTold = true }
            return Waiting(milliseconds: Int(wait), isFirst: !state.isTold)
        }
    }

    /// Counts a guess; false when it was made a moment ago, and nothing was taken.
    @discardableResult
    func charge(_ guess: Int, at now: Instant) -> Bool {
        let now = now.millisecondsSinceEpoch
        return state.withLock { state in
            guard !state.recent.contains(guess) else { return false }
            remember(guess, &state)
            if state.bucket.isFull(at: now) { state.isTold = false }
            state.bucket.take(rate, at: now)
            if state.bucket.wait(rate, at: now) > 0 { usedUp.store(true, ordering: .relaxed) }
            return true
        }
    }

    /// Takes a guess back that was counted and has turned out to be right.
    func refund() {
        state.withLock { $0.bucket.giveBack(rate) }
    }

    private func remember(_ guess: Int, _ state: inout State) {
        if state.recent.count < Self.recentMaximum {
            state.recent.append(guess)
        } else {
            state.recent[state.oldest] = guess
            state.oldest = (state.oldest + 1) % Self.recentMaximum
        }
    }
}
