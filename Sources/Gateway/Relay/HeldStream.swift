import Upstream

/// A stream whose oldest entry upstream did not take, and that waits while the others go on.
struct HeldStream: Sendable {
    /// Failures, each amid successes of others, after which an entry is taken to be one that upstream cannot take.
    static let failuresMaximum = 5
    /// Requests of other streams that must have gone through, one after the other, right before a failure for it to count; and
    /// so must the first one behind it. An upstream that fails now and then, whatever it is sent, does not get there: whatever
    /// share of requests fails by chance, not one held entry in a hundred thousand is set aside for nothing.
    static let witnesses = 3

    /// The oldest entry of the stream.
    let sequence: Int64
    let id: String
    let type: String
    /// When it was held, in the relay's milliseconds.
    let since: Int64
    /// Attempts of this entry that failed.
    private(set) var attempts = 0
    /// Those that count.
    private(set) var counted = 0
    /// When it is tried next, in the relay's milliseconds.
    private(set) var nextAttempt: Int64
    private(set) var lastError: String

    private var pauses = Backoff(firstMilliseconds: 1_000, maximumMilliseconds: 300_000)
    /// Others' requests that went through since the last that failed, before this entry's last attempt.
    private var successesBefore = 0
    /// Whether the last attempt counts if the next request of others goes through.
    private var isWitnessed = false

    /// A stream that is held from now on.
    ///
    /// - Parameter successesBefore: requests of others that went through right before.
    init(
        _ entry: RelayedPlace, at now: Int64, successesBefore: Int, reason: String, isSuspect: Bool,
        using generator: inout some RandomNumberGenerator
    ) {
        sequence = entry.sequence
        id = entry.id
        type = entry.type
        since = now
        lastError = reason
        nextAttempt = now
        self.successesBefore = successesBefore
        failed(reason: reason, isSuspect: isSuspect, at: now, using: &generator)
    }

    /// The entry failed again.
    ///
    /// - Parameter isSuspect: whether it may be the reason itself; else upstream said that it takes it later.
    mutating func failed(
        reason: String, isSuspect: Bool, at now: Int64, using generator: inout some RandomNumberGenerator
    ) {
        attempts += 1
        lastError = reason
        nextAttempt = now + Int64(pauses.pause(using: &generator))
        isWitnessed = isSuspect && successesBefore >= Self.witnesses
    }

    /// A request of another stream went through or failed.
    mutating func othersWent(through isSuccess: Bool) {
        successesBefore = isSuccess ? successesBefore + 1 : 0
        if isSuccess, isWitnessed { counted += 1 }
        isWitnessed = false
    }

    /// Whether a failure now is one too many.
    var isExhausted: Bool { counted >= Self.failuresMaximum - 1 && successesBefore >= Self.witnesses }

    /// Upstream is back: what pauses grew to while everything failed says nothing of this entry.
    mutating func beginAgain(at now: Int64) {
        pauses.reset()
        nextAttempt = now
    }

    /// The next attempt need not wait.
    mutating func hurry(at now: Int64) {
        nextAttempt = min(nextAttempt, now)
    }
}

/// An entry of the outbox, as far as it matters for what is sent next.
struct RelayedPlace: Hashable, Sendable {
    var sequence: Int64
    var stream: String
    var id: String
    var type: String
}
