import Retail
import Upstream

/// When upstream is asked next: at once while there is more, now and then when all is known, and with growing pauses
/// while it does not answer. Told the time, it never looks at a clock.
struct FeedPace {
    /// How upstream is to be had.
    enum State: Equatable, Sendable {
        case good
        /// It does not answer, since when and why.
        case failing(since: Instant, reason: String)
        /// It has nothing to send down.
        case notOffered
    }

    /// Between two questions when all is known and upstream answers at once.
    static let idleMilliseconds: Int64 = 2_000
    /// After a question that upstream has held until its time was over.
    static let heldMilliseconds: Int64 = 50
    static let firstPauseMilliseconds = 1_000
    static let longestPauseMilliseconds = 60_000
    /// Until an upstream that sends nothing down is asked again: it may have been extended.
    static let notOfferedMilliseconds: Int64 = 900_000
    /// Changes that one page is asked for, unless pages of so many are too long.
    static let changesPerPage = 1_000

    private(set) var state = State.good
    private(set) var next = Instant.distantPast
    /// What was waited for when `next` was set.
    private var pause: Int64 = 0
    private(set) var limit = FeedPace.changesPerPage
    private var backoff = Backoff(
        firstMilliseconds: FeedPace.firstPauseMilliseconds, maximumMilliseconds: FeedPace.longestPauseMilliseconds)

    /// How long to wait before the next question; 0: it is due. With more than the whole pause left the clock was put
    /// back, and nobody waits for it to be there again.
    func wait(at now: Instant) -> Int64 {
        let wait = next > now ? next.millisecondsSinceEpoch - now.millisecondsSinceEpoch : 0
        return wait > pause ? 0 : wait
    }

    private mutating func rest(milliseconds: Int64, at now: Instant) {
        pause = milliseconds
        next = now.adding(milliseconds: milliseconds)
    }

    /// A page was taken in.
    ///
    /// - Parameter isTrusted: pages say that things go on; otherwise the next failure is followed by a longer pause
    ///   than the one before, as if nothing had come between them.
    mutating func took(hasMore: Bool, wasHeld: Bool, isTrusted: Bool = true, at now: Instant) {
        state = .good
        if isTrusted { backoff.reset() }
        rest(milliseconds: hasMore ? 0 : wasHeld ? Self.heldMilliseconds : Self.idleMilliseconds, at: now)
        if limit < Self.changesPerPage { limit = min(limit * 2, Self.changesPerPage) }
    }

    /// There was no page.
    ///
    /// - Returns: whether the operator is to be told.
    mutating func failed(
        _ reason: String, retryAfterMilliseconds: Int? = nil, at now: Instant,
        using generator: inout some RandomNumberGenerator
    ) -> Bool {
        let pause = backoff.pause(retryAfterMilliseconds: retryAfterMilliseconds, using: &generator)
        rest(milliseconds: Int64(pause), at: now)
        if case .failing(let since, _) = state {
            state = .failing(since: since, reason: reason)
            return false
        }
        state = .failing(since: now, reason: reason)
        return true
    }

    /// Upstream sends nothing down.
    ///
    /// - Returns: whether the operator is to be told.
    mutating func isNotOffered(at now: Instant) -> Bool {
        defer { state = .notOffered }
        rest(milliseconds: Self.notOfferedMilliseconds, at: now)
        return state != .notOffered
    }

    /// A page had too many bytes: the next one is asked for fewer changes.
    ///
    /// - Returns: whether fewer can be asked for.
    mutating func wasTooLong() -> Bool {
        guard limit > 1 else { return false }
        limit = max(1, limit / 4)
        return true
    }

    /// Upstream is asked at once.
    mutating func hurry() {
        next = .distantPast
        backoff.reset()
    }
}
