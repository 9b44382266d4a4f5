import Locking
import Retail

/// How many more wrong guesses somebody may make: a bucket that every new one takes from and that time fills again.
///
/// Whoever guesses right takes nothing, and the way there is one atomic load; the lock is for those who were wrong.
final class GuessAllowance: Sendable {
    /// What counting a guess has come to.
    enum Charge: Sendable {
        /// It was made before, or there is something left.
        case taken
        /// Nothing is left, for the first time since the bucket was full: worth a line in the log.
        case usedUp
    }

    private struct State {
        /// When everything that was taken will have come back, in milliseconds since the epoch.
        var fullAt = Int64.min
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

    /// In how many milliseconds the next guess may be made; nil: now.
    func wait(at now: Instant) -> Int? {
        let now = now.millisecondsSinceEpoch
        return state.withLock { state in
            let wait = wait(state, now)
            if wait <= 0 { usedUp.store(false, ordering: .relaxed) }
            return wait > 0 ? Int(wait) : nil
        }
    }

    /// Counts a guess, unless it was made a moment ago.
    func charge(_ guess: Int, at now: Instant) -> Charge {
        let now = now.millisecondsSinceEpoch
        return state.withLock { state in
            guard !state.recent.contains(guess) else { return .taken }
            remember(guess, &state)
            let full = full(state, now)
            if full == now { state.isTold = false }
            state.fullAt = full + rate.millisecondsPerRequest
            guard wait(state, now) > 0 else { return .taken }
            usedUp.store(true, ordering: .relaxed)
            defer { state.isTold = true }
            return state.isTold ? .taken : .usedUp
        }
    }

    /// Takes a guess back that has turned out to be right.
    func refund(_ guess: Int) {
        state.withLock { state in
            // What is not remembered any more has been counted so long ago that it has come back by itself.
            guard let place = state.recent.firstIndex(of: guess) else { return }
            state.recent[place] = 0
            state.fullAt -= rate.millisecondsPerRequest
        }
    }

    private func remember(_ guess: Int, _ state: inout State) {
        if state.recent.count < Self.recentMaximum {
            state.recent.append(guess)
        } else {
            state.recent[state.oldest] = guess
            state.oldest = (state.oldest + 1) % Self.recentMaximum
        }
    }

    /// No later than a whole bucket from now: a clock that was put back locks nobody out for as long as that.
    private func full(_ state: State, _ now: Int64) -> Int64 {
        min(max(state.fullAt, now), now + Int64(rate.burst) * rate.millisecondsPerRequest)
    }

    private func wait(_ state: State, _ now: Int64) -> Int64 {
        full(state, now) - now - Int64(rate.burst - 1) * rate.millisecondsPerRequest
    }
}
