import Retail

/// Keeps a till from waiting for an upstream that does not answer: after a failure nobody is asked for a while, then
/// one question finds out.
struct LookupBreaker {
    private static let firstPauseMilliseconds: Int64 = 2_000
    private static let longestPauseMilliseconds: Int64 = 60_000

    private var failures = 0
    private var closedUntil = Instant.distantPast
    private var isProbing = false

    /// Whether upstream is asked at present.
    var isPaused: Bool { failures > 0 }

    /// Whether a question may go out; one that may must be followed by ``succeeded()`` or ``failed(at:)``.
    mutating func mayAsk(at now: Instant) -> Bool {
        guard failures > 0 else { return true }
        // A clock that was put back closes nothing for longer than the longest pause.
        let isOver = now >= closedUntil || closedUntil > now.adding(milliseconds: Self.longestPauseMilliseconds)
        guard isOver, !isProbing else { return false }
        isProbing = true
        return true
    }

    /// An answer came in time.
    mutating func succeeded() {
        failures = 0
        isProbing = false
    }

    /// None came, or too late.
    mutating func failed(at now: Instant) {
        isProbing = false
        let pause = min(Self.firstPauseMilliseconds << Int64(min(failures, 10)), Self.longestPauseMilliseconds)
        failures += 1
        closedUntil = now.adding(milliseconds: pause)
    }
}

/// Identifiers that upstream does not know, for a while, and not without end: two sets, of which the older one gives
/// way.
struct UnknownIdentifiers {
    private let limit: Int
    private let forMilliseconds: Int64
    private var recent: [CustomerIdentifier: Instant] = [:]
    private var older: [CustomerIdentifier: Instant] = [:]

    /// - Parameter limit: identifiers that are remembered at most.
    init(limit: Int, forMilliseconds: Int64) {
        self.limit = limit
        self.forMilliseconds = forMilliseconds
    }

    mutating func insert(_ identifier: CustomerIdentifier, at now: Instant) {
        if recent.count >= limit / 2 {
            older = recent
            recent = [:]
        }
        recent[identifier] = now
    }

    func contains(_ identifier: CustomerIdentifier, at now: Instant) -> Bool {
        guard let asked = recent[identifier] ?? older[identifier] else { return false }
        return asked <= now && now < asked.adding(milliseconds: forMilliseconds)
    }
}
