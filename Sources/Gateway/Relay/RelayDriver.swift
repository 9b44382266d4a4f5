import Journal
import Locking
import Logging
import Retail
import Upstream

/// Does what ``RelayCourse`` decides, one request at a time: reads the outbox, delivers, writes down what became of it.
///
/// Its clock is given to it, so that a week passes in a test as fast as it can be played. It reads on connections of its own
/// and writes in transactions of one batch: however slow upstream is, tills do not wait for it.
final class RelayDriver: @unchecked Sendable {
    /// Bodies of one batch together; a batch of long receipts has fewer of them.
    private static let batchBytesMaximum = 4 << 20
    /// The pause after the journal could not be read or did not take what became of a batch.
    private static let journalPauseMilliseconds: Int64 = 500

    private let journal: Journal
    private let adapter: any UpstreamAdapter
    private let clock: any WallClock
    private let milliseconds: @Sendable () -> Int64
    private let log: RelayLog
    private var course: RelayCourse
    private var generator: any RandomNumberGenerator
    /// What became of entries and is not in the journal yet; nothing else is sent before it is.
    private var unsettled: [Settlement] = []
    private let published: Mutex<RelayStatus>

    private struct Settlement: Sendable {
        var sequence: Int64
        /// Why upstream never takes it; nil when it has it.
        var refusal: String?
    }

    /// - Parameters:
    ///   - milliseconds: a clock that is never put back.
    ///   - generator: of the jitter of pauses.
    init(
        journal: Journal, adapter: any UpstreamAdapter, clock: any WallClock,
        milliseconds: @escaping @Sendable () -> Int64,
        generator: any RandomNumberGenerator = SystemRandomNumberGenerator(), log: Logger
    ) {
        self.journal = journal
        self.adapter = adapter
        self.clock = clock
        self.milliseconds = milliseconds
        self.log = RelayLog(log)
        course = RelayCourse(at: milliseconds())
        self.generator = generator
        published = Mutex(RelayStatus(upstream: adapter.description, since: clock.now()))
    }

    /// How it goes; from any thread.
    var status: RelayStatus { published.withLock { $0 } }

    /// There may be something new in the outbox.
    func lookAgain() {
        course.grew()
    }

    /// The next step need not wait for a pause to end.
    func hurry() {
        course.hurry(at: milliseconds())
    }

    /// Sends one request, if it is time to.
    ///
    /// - Returns: after how many milliseconds to come again, or when there is something new; nil: at once.
    func step() -> Int64? {
        do {
            try settle()
            let now = milliseconds()
            switch course.step(at: now) {
            case .wait(let until): return until.map { max(1, $0 - now) } ?? .max
            case .sendMain(let after, let limit): try sendMain(after: after, limit: limit)
            case .sendHeld(let stream): try sendHeld(stream)
            }
            return nil
        } catch {
            let at = clock.now()
            published.withLock { status in
                status.lastError = "the journal: \(error)"
                status.failedAt = at
            }
            return Self.journalPauseMilliseconds
        }
    }

    // MARK: Sending

    private func sendMain(after: Int64, limit: Int) throws {
        let excluded = course.heldStreams
        let page = try journal.read {
            try $0.outboxPage(
                after: after, excluding: excluded, limit: limit, bytesMaximum: Self.batchBytesMaximum)
        }
        guard !page.entries.isEmpty else { return course.passedOver(through: page.through, isEnd: page.isEnd) }
        if journal.planted.contains(.confirmedBeforeAnswer) {
            let sequences = page.entries.map(\.sequence)
            try journal.perform { transaction in for place in sequences { try transaction.confirm(outbox: place) } }
        }
        let outcome = adapter.deliver(page.entries.map(RelayBody.event)).checked(of: page.entries.count)
        let places = page.entries.map(RelayedPlace.init)
        let consequences = course.mainAnswered(
            places, outcome, page: page.through, at: milliseconds(), using: &generator)
        try finish(places, outcome, consequences)
    }

    private func sendHeld(_ stream: String) throws {
        guard let entry = try journal.read({ try $0.oldestEntry(ofStream: stream) }) else {
            course.isGone(stream: stream)
            return publishHeld()
        }
        guard entry.sequence == course.held[stream]?.sequence else {
            course.isSetAside(stream: stream)
            return publishHeld()
        }
        let outcome = adapter.deliver([RelayBody.event(entry)]).checked(of: 1)
        let place = RelayedPlace(entry)
        let consequences = course.heldAnswered(place, outcome, at: milliseconds(), using: &generator)
        try finish([place], outcome, consequences)
    }

    private func finish(
        _ places: [RelayedPlace], _ outcome: DeliveryOutcome, _ consequences: [RelayCourse.Consequence]
    ) throws {
        let verdicts = outcome.verdicts
        if !verdicts.isEmpty { journal.pass(.relayed) }
        for (place, verdict) in zip(places, verdicts) {
            switch verdict {
            case .stored: unsettled.append(Settlement(sequence: place.sequence))
            case .refused(let reason):
                unsettled.append(Settlement(sequence: place.sequence, refusal: reason))
                log.refused(place, at: milliseconds())
            case .retry:
                if journal.planted.contains(.laterIsNever) { unsettled.append(Settlement(sequence: place.sequence)) }
            }
        }
        for consequence in consequences {
            log.tell(consequence, at: milliseconds())
            if case .quarantine(let place, let reason) = consequence {
                unsettled.append(Settlement(sequence: place.sequence, refusal: reason))
            }
        }
        publish(outcome)
        try settle()
    }

    /// Notes what upstream said of each entry. Should this not reach the disk, it is noted later; should the gateway end before
    /// that, the entries are sent again and upstream knows them by their keys.
    private func settle() throws {
        guard !unsettled.isEmpty else { return }
        let settlements = unsettled
        let now = clock.now()
        try journal.perform { transaction in
            for settlement in settlements {
                if let reason = settlement.refusal {
                    try transaction.quarantine(outbox: settlement.sequence, reason: reason, at: now)
                } else {
                    try transaction.confirmDelivered(outbox: settlement.sequence)
                }
            }
        }
        unsettled = []
        journal.pass(.confirmed)
    }

    // MARK: Telling

    private func publish(_ outcome: DeliveryOutcome) {
        publishHeld()
        let now = clock.now()
        let ticks = milliseconds()
        published.withLock { [course] status in
            let circuit = course.isOpen ? RelayStatus.Circuit.open : .closed
            if circuit != status.circuit { status.since = now }
            status.circuit = circuit
            status.failures = course.failures
            status.nextAttemptAt =
                course.nextAttempt > ticks ? now.adding(milliseconds: course.nextAttempt - ticks) : nil
            status.batchEntries = course.size.limit
            if case .failed(let failure, _) = outcome {
                status.lastError = failure.reason
                status.failedAt = now
            }
            if outcome.verdicts.contains(.stored) { status.storedAt = now }
        }
    }

    private func publishHeld() {
        let now = clock.now()
        let ticks = milliseconds()
        let held = course.held.map { stream, entry in
            RelayStatus.Held(
                stream: stream, id: entry.id, type: entry.type, since: now.adding(milliseconds: entry.since - ticks),
                attempts: entry.attempts, nextAttemptAt: now.adding(milliseconds: entry.nextAttempt - ticks),
                lastError: entry.lastError)
        }.sorted { ($0.since, $0.stream) < ($1.since, $1.stream) }
        published.withLock { $0.held = held }
    }
}

extension RelayedPlace {
    init(_ entry: OutboxEntry) {
        self.init(sequence: entry.sequence, stream: entry.stream, id: entry.id, type: entry.type)
    }
}
