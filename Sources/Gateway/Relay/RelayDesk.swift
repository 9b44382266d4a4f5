import Crew
import Journal
import LineProtocol
import Retail

/// What an operator asks of the relay.
final class RelayDesk: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    /// Entries that go back to the outbox in one transaction: a till waits for no more than that.
    private static let entriesPerTransaction = 500

    private let journal: Journal
    private let clock: any WallClock
    private let waker: Waker
    private let relay: Relay?
    /// Of its own: who asks why nothing goes upstream does not wait behind an audit.
    private let queue: any WorkQueue

    /// - Parameter relay: nil when nothing is relayed.
    init(journal: Journal, clock: any WallClock, waker: Waker, relay: Relay?) {
        self.journal = journal
        self.clock = clock
        self.waker = waker
        self.relay = relay
        queue = journal.crew.queue("relay-desk")
    }

    /// How the relay stands, and what is unsent.
    func status(_ request: RelayStatusRequest, completion: @escaping Completion) {
        let now = clock.now()
        let status = relay?.status
        read(completion) { view in
            let backlog = try view.backlog()
            var reply = RelayStatusReply(
                unsent: Int(backlog.unsent), oldestAt: backlog.oldestAt, oldestAgeSeconds: backlog.ageSeconds(at: now),
                quarantined: Int(try view.quarantineCount()))
            if let status { reply.add(status) }
            if request.wantsStreams {
                reply.streams = try view.streamBacklogs(limit: ProtocolLimits.relayStreams).map { entry in
                    RelayStatusReply.Stream(
                        stream: entry.stream, unsent: Int(entry.backlog.unsent),
                        oldestAt: entry.backlog.oldestAt ?? now,
                        oldestAgeSeconds: entry.backlog.ageSeconds(at: now))
                }
            }
            return reply.text
        }
    }

    /// What upstream refused for good: a page of it, or one event with its body.
    func quarantine(_ request: RelayQuarantine, completion: @escaping Completion) {
        read(completion) { view in
            if let id = request.id {
                guard let found = try view.quarantined(id: id) else { throw Self.notFound }
                let entry = RelayQuarantine.Entry(found.entry, body: RelayBody.event(found.content).body)
                return RelayQuarantine.Reply(entries: [entry], next: nil).text
            }
            let after = try request.after.map { cursor in
                guard let place = Int64(cursor), place > 0 else {
                    throw Refusal.badField("after", "is not a cursor that a list has given")
                }
                return place
            }
            // One more than is asked for tells whether there is another page.
            let found = try view.quarantine(after: after ?? 0, limit: request.limit + 1)
            let page = found.prefix(request.limit)
            return RelayQuarantine.Reply(
                entries: page.map { RelayQuarantine.Entry($0) },
                next: found.count > page.count ? page.last.map { "\($0.sequence)" } : nil
            ).text
        }
    }

    /// Sends one event again, or all that are in quarantine now.
    func retry(_ request: RelayRetry, completion: @escaping Completion) {
        guard let id = request.id else { return retryAll(after: 0, through: nil, before: 0, completion) }
        journal.submit { transaction in
            guard try transaction.requeue(id: id) else { throw Self.notFound }
        } completion: { [self] result in
            hurry()
            completion(result.mapError { Refusal(store: $0) }.map { RelayRetry.Reply(requeued: 1).text })
        }
    }

    /// Piece by piece, so that tills go on between the pieces; what is refused anew meanwhile stays.
    private func retryAll(after: Int64, through last: Int64?, before: Int, _ completion: @escaping Completion) {
        journal.submit { transaction in
            let end = try last ?? transaction.lastQuarantined()
            let moved = try transaction.requeue(after: after, through: end, limit: Self.entriesPerTransaction)
            return (moved: moved, end: end)
        } completion: { [self] result in
            hurry()
            switch result {
            case .failure(let error): completion(.failure(Refusal(store: error)))
            case .success(let (moved, _)) where moved.count < Self.entriesPerTransaction:
                completion(.success(RelayRetry.Reply(requeued: before + moved.count).text))
            case .success(let (moved, end)):
                retryAll(after: moved.last, through: end, before: before + moved.count, completion)
            }
        }
    }

    /// Puts an event that its stream waits behind into quarantine, so that the stream goes on. Where nothing else goes
    /// upstream meanwhile the relay cannot tell such an event from an outage; a person can.
    func setAside(_ request: RelaySetAside, completion: @escaping Completion) {
        let now = clock.now()
        guard let stream = relay?.status.held.first(where: { $0.id == request.id })?.stream else {
            return completion(.failure(Self.notHeld))
        }
        journal.submit { transaction in
            guard let entry = try transaction.oldestEntry(ofStream: stream), entry.id == request.id else {
                throw Self.notHeld
            }
            try transaction.quarantine(outbox: entry.sequence, reason: "set aside by the operator", at: now)
        } completion: { [self] result in
            hurry()
            completion(
                result.mapError { Refusal(store: $0) }.map { RelaySetAside.Reply(id: request.id, stream: stream).text })
        }
    }

    private func read(
        _ completion: @escaping Completion, _ body: @escaping @Sendable (JournalView) throws -> [UInt8]
    ) {
        queue.async { [journal] in
            completion(Result { try journal.read(body) }.mapError { Refusal(store: $0) })
        }
    }

    private func hurry() {
        relay?.hurry()
        waker.wake()
    }

    private static var notHeld: Refusal { Refusal(.notFound, "no stream waits behind an event with this id") }
    private static var notFound: Refusal { Refusal(.notFound, "no such event is in quarantine") }
}

extension Backlog {
    /// How old the oldest is; 0 when there is none.
    func ageSeconds(at now: Instant) -> Int {
        Int(oldestAt.map { max(0, now.millisecondsSinceEpoch - $0.millisecondsSinceEpoch) / 1_000 } ?? 0)
    }
}

extension RelayQuarantine.Entry {
    init(_ entry: QuarantinedEntry, body: [UInt8]? = nil) {
        self.init(
            id: entry.id, stream: entry.stream, type: entry.type,
            reason: String(entry.reason.prefix(ProtocolLimits.noteCharacters)), refusedAt: entry.refusedAt,
            createdAt: entry.createdAt, body: body)
    }
}

extension RelayStatusReply {
    /// Takes over how the relay stands.
    mutating func add(_ status: RelayStatus) {
        upstream = status.upstream
        state = status.circuit == .open ? .away : .sending
        since = status.since
        failures = status.failures
        nextAttemptAt = status.nextAttemptAt
        lastError = status.lastError.map { String($0.prefix(ProtocolLimits.noteCharacters)) }
        failedAt = status.failedAt
        storedAt = status.storedAt
        held = status.held.count
        heldStreams = status.held.prefix(ProtocolLimits.relayHeldStreams).map { entry in
            Held(
                stream: entry.stream, id: entry.id, type: entry.type, since: entry.since, attempts: entry.attempts,
                nextAttemptAt: entry.nextAttemptAt,
                lastError: String(entry.lastError.prefix(ProtocolLimits.noteCharacters)))
        }
    }
}
