import Upstream

/// What the relay does next: a state machine that knows neither clock nor journal nor network.
///
/// Entries go out in the order of the outbox. When requests fail one after the other the circuit opens: nothing is sent but,
/// after a growing pause, one entry; when that goes through the circuit closes and batches grow again. An entry that fails
/// alone is tried again with pauses of its own, and its stream is held behind it while the others go on; when it keeps
/// failing amid the successes of others, it goes to quarantine. While everything fails nothing does.
struct RelayCourse: Sendable {
    /// What is to be sent, or when to ask again.
    enum Step: Hashable, Sendable {
        /// Nothing until this moment, or, without one, until something new is there.
        case wait(until: Int64?)
        /// The oldest entries behind a place, those of held streams left out.
        case sendMain(after: Int64, limit: Int)
        /// The oldest entry of a held stream.
        case sendHeld(stream: String)
    }

    /// What is to be written down beyond the verdicts themselves.
    enum Consequence: Hashable, Sendable {
        case opened(reason: String, failures: Int)
        case closed(afterMilliseconds: Int64)
        case held(RelayedPlace)
        case released(stream: String)
        case quarantine(RelayedPlace, reason: String)
    }

    /// Failures one after the other that open the circuit.
    static let failuresToOpen = 3

    private(set) var isOpen = false
    /// When the circuit last opened or closed, in the relay's milliseconds.
    private(set) var since: Int64
    /// When the next request may go out; in the past when it may now.
    private(set) var nextAttempt: Int64
    /// Requests that failed one after the other.
    private(set) var failures = 0
    private(set) var held: [String: HeldStream] = [:]
    private(set) var size = BatchSize()

    private var pauses = Backoff()
    /// Everything up to here is settled or belongs to a held stream.
    private var through: Int64 = 0
    private var mainIsEmpty = false
    /// Requests that went through since the last that failed, held streams' left out.
    private var successes = 0

    /// A course that begins at this moment.
    init(at now: Int64) {
        since = now
        nextAttempt = now
    }

    // MARK: What is next

    /// What to do at this moment.
    func step(at now: Int64) -> Step {
        guard now >= nextAttempt else { return .wait(until: nextAttempt) }
        if isOpen {
            // One entry tells whether upstream is back; of another stream than those that failed, if there is one.
            guard mainIsEmpty else { return .sendMain(after: through, limit: 1) }
            return nextHeld.map { .sendHeld(stream: $0.stream) } ?? .wait(until: nil)
        }
        if let due = nextHeld, due.at <= now { return .sendHeld(stream: due.stream) }
        guard mainIsEmpty else { return .sendMain(after: through, limit: size.limit) }
        return .wait(until: nextHeld?.at)
    }

    /// The streams that a batch leaves out.
    var heldStreams: Set<String> { Set(held.keys) }

    private var nextHeld: (stream: String, at: Int64)? {
        held.min { ($0.value.nextAttempt, $0.key) < ($1.value.nextAttempt, $1.key) }
            .map { (stream: $0.key, at: $0.value.nextAttempt) }
    }

    /// Something was added to the outbox, or may have been.
    mutating func grew() {
        mainIsEmpty = false
    }

    /// Somebody wants to see at once whether it goes on.
    mutating func hurry(at now: Int64) {
        mainIsEmpty = false
        nextAttempt = min(nextAttempt, now)
        for stream in held.keys { held[stream]?.hurry(at: now) }
    }

    /// A look at the outbox found nothing to send up to this place.
    mutating func passedOver(through place: Int64, isEnd: Bool) {
        through = max(through, place)
        guard isEnd else { return }
        mainIsEmpty = true
        // With nobody held back there is nothing before this place; the next look begins at the front all the same.
        if held.isEmpty { through = 0 }
    }

    /// A held stream has nothing unsent any more: somebody else took it out.
    mutating func isGone(stream: String) {
        held[stream] = nil
    }

    /// The entry that a stream waited behind was taken out by somebody else; the stream goes on behind it.
    mutating func isSetAside(stream: String) {
        guard let place = held[stream]?.sequence else { return }
        _ = release(stream, from: place)
    }

    // MARK: What came of it

    /// A batch of several streams came back.
    ///
    /// - Parameters:
    ///   - places: the entries of the batch, in order.
    ///   - page: how far the outbox was looked at for it.
    mutating func mainAnswered(
        _ places: [RelayedPlace], _ outcome: DeliveryOutcome, page: Int64, at now: Int64,
        using generator: inout some RandomNumberGenerator
    ) -> [Consequence] {
        let (verdicts, failure) = (outcome.verdicts, outcome.failure)
        var consequences: [Consequence] = []
        // An answer that only says "later" is an answer: upstream is there.
        if !verdicts.isEmpty {
            let last = places[verdicts.count - 1].sequence
            size.succeeded(through: last)
            // Before streams are released, which leads back to their first entries.
            through = max(through, verdicts.count == places.count ? page : last)
            consequences += wentThrough(at: now)
            for (place, verdict) in zip(places, verdicts) {
                if case .retry(let reason) = verdict, held[place.stream] == nil {
                    consequences.append(hold(place, reason: reason, isSuspect: false, at: now, using: &generator))
                }
            }
        }
        guard let failure else { return consequences }
        let rest = places[verdicts.count...]
        return consequences + failed(failure, rest, at: now, using: &generator)
    }

    /// The oldest entry of a held stream came back.
    mutating func heldAnswered(
        _ place: RelayedPlace, _ outcome: DeliveryOutcome, at now: Int64,
        using generator: inout some RandomNumberGenerator
    ) -> [Consequence] {
        let (verdicts, failure) = (outcome.verdicts, outcome.failure)
        if let verdict = verdicts.first {
            let consequences = wentThrough(of: place.stream, at: now)
            guard case .retry(let reason) = verdict else {
                return consequences + [release(place.stream, from: place.sequence)]
            }
            held[place.stream]?.failed(reason: reason, isSuspect: false, at: now, using: &generator)
            return consequences
        }
        guard let failure else { return [] }
        guard failure.cause == .unclear else {
            tellHeld(success: false, butFor: place.stream)
            return paused(failure, at: now, using: &generator)
        }
        if !isOpen, held[place.stream]?.isExhausted == true {
            _ = release(place.stream, from: place.sequence)
            return [.quarantine(place, reason: failure.reason)]
        }
        held[place.stream]?.failed(reason: failure.reason, isSuspect: true, at: now, using: &generator)
        // While others go on it is this entry's matter alone; when it was sent to find out whether upstream is back, it is not.
        return isOpen ? paused(failure, at: now, using: &generator) : []
    }

    /// A request came back with an answer; of this stream alone, or of any that is not held.
    private mutating func wentThrough(of stream: String? = nil, at now: Int64) -> [Consequence] {
        successes += 1
        failures = 0
        pauses.reset()
        nextAttempt = now
        tellHeld(success: true, butFor: stream)
        guard isOpen else { return [] }
        isOpen = false
        let away = now - since
        since = now
        // Who was held while everything failed is not suspected of anything.
        for (stream, entry) in held where entry.counted == 0 { _ = release(stream, from: entry.sequence - 1) }
        for stream in held.keys { held[stream]?.beginAgain(at: now) }
        return [.closed(afterMilliseconds: away)]
    }

    private mutating func failed(
        _ failure: DeliveryFailure, _ places: ArraySlice<RelayedPlace>, at now: Int64,
        using generator: inout some RandomNumberGenerator
    ) -> [Consequence] {
        tellHeld(success: false, butFor: nil)
        var consequences: [Consequence] = []
        if failure.cause == .unclear, let last = places.last {
            if places.count > 1 {
                size.failed(entries: places.count, through: last.sequence)
            } else {
                // Behind an entry that its stream waits for already, that one stays the first.
                if held[last.stream] == nil {
                    consequences = [hold(last, reason: failure.reason, isSuspect: true, at: now, using: &generator)]
                }
                size.found()
            }
        }
        successes = 0
        return consequences + paused(failure, at: now, using: &generator)
    }

    private mutating func paused(
        _ failure: DeliveryFailure, at now: Int64, using generator: inout some RandomNumberGenerator
    ) -> [Consequence] {
        failures += 1
        let pause = pauses.pause(retryAfterMilliseconds: failure.retryAfterMilliseconds, using: &generator)
        nextAttempt = now + Int64(pause)
        guard !isOpen, failures >= Self.failuresToOpen else { return [] }
        isOpen = true
        since = now
        size.restart()
        return [.opened(reason: failure.loggable, failures: failures)]
    }

    // MARK: Held streams

    private mutating func hold(
        _ place: RelayedPlace, reason: String, isSuspect: Bool, at now: Int64,
        using generator: inout some RandomNumberGenerator
    ) -> Consequence {
        held[place.stream] = HeldStream(
            place, at: now, successesBefore: successes, reason: reason, isSuspect: isSuspect, using: &generator)
        return .held(place)
    }

    private mutating func release(_ stream: String, from place: Int64) -> Consequence {
        held[stream] = nil
        through = min(through, place)
        mainIsEmpty = false
        return .released(stream: stream)
    }

    /// What became of a request tells how upstream is: held streams are judged by it. That a held stream's own entry failed
    /// says nothing of the others.
    private mutating func tellHeld(success: Bool, butFor stream: String?) {
        for other in held.keys where other != stream { held[other]?.othersWent(through: success) }
    }
}

extension DeliveryOutcome {
    /// Of the first events of the batch, or all.
    var verdicts: [EventVerdict] {
        switch self {
        case .answered(let verdicts), .failed(_, let verdicts): verdicts
        }
    }

    /// An outcome that says something of a batch of so many entries, whatever the adapter said.
    func checked(of count: Int) -> DeliveryOutcome {
        if failure == nil, verdicts.count != count {
            let wrong = DeliveryFailure("\(verdicts.count) verdicts for \(count) events", cause: .unclear)
            return .failed(wrong, after: Array(verdicts.prefix(count)))
        }
        return verdicts.count > count ? .answered(Array(verdicts.prefix(count))) : self
    }

    /// Why the others have none.
    var failure: DeliveryFailure? {
        if case .failed(let failure, _) = self { failure } else { nil }
    }
}
