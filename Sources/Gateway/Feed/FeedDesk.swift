import Crew
import Journal
import LineProtocol
import Retail

/// What operators see of what upstream sends down, and what they can do about what was refused.
final class FeedDesk: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    private let journal: Journal
    private let intake: ChangeIntake
    private let feed: Feed?
    private let lookups: CustomerLookups?
    /// One after the other: a retry of thousands must not take the machine.
    private let queue: any WorkQueue

    init(journal: Journal, intake: ChangeIntake, feed: Feed?, lookups: CustomerLookups?) {
        self.journal = journal
        self.intake = intake
        self.feed = feed
        self.lookups = lookups
        queue = journal.crew.queue("feed-desk")
    }

    /// FEED_STATUS
    func status(completion: @escaping Completion) {
        answer(completion) { [self] in
            let (state, kept) = try journal.read { view in (try view.feedState(), try view.refusedChangeCount()) }
            let report = feed?.report
            var reply = FeedStatusReply(
                state: .off, source: feed?.place ?? state.source, applied: state.applied, known: state.known,
                refused: state.refused, kept: kept, lookups: lookupStatus())
            reply.takenAt = state.takenAt
            reply.snapshotAt = state.snapshotAt
            if feed != nil {
                if case .following = state.position { reply.state = .following } else { reply.state = .snapshot }
            }
            switch report?.pace {
            case .failing(let since, let reason):
                reply.state = .failing
                reply.failingSince = since
                reply.lastError = String(reason.prefix(ProtocolLimits.noteCharacters))
            case .notOffered: reply.state = .notOffered
            case .good, nil: break
            }
            if let next = report?.next, next > .earliest { reply.nextAttemptAt = next }
            return reply.text
        }
    }

    private func lookupStatus() -> FeedStatusReply.Lookups {
        guard let lookups else {
            return .init(state: .off, asked: 0, found: 0, unknown: 0, failed: 0, late: 0)
        }
        let counts = lookups.counts
        return .init(
            state: lookups.isPaused ? .paused : .ready, asked: counts.asked, found: counts.found,
            unknown: counts.unknown, failed: counts.failed, late: counts.late)
    }

    /// FEED_REFUSED
    func refused(_ request: FeedRefusedRequest, completion: @escaping Completion) {
        answer(completion) { [journal] in
            if let id = request.id {
                guard let change = try journal.read({ try $0.refusedChange(id) }) else { throw Self.notKept }
                var entry = FeedRefusedReply.Change(change)
                if let body = change.body, Self.isJSON(body) { entry.text = JSONText(bytes: body) }
                return FeedRefusedReply(changes: [entry], next: nil).text
            }
            guard let after = request.after.map({ Int64($0) }) ?? 0 else {
                throw Refusal.badField("after", "is not where a page ended")
            }
            let found = try journal.read { try $0.refusedChanges(after: after, limit: request.limit + 1) }
            let shown = found.prefix(request.limit)
            return FeedRefusedReply(
                changes: shown.map { .init($0) },
                next: found.count > shown.count ? shown.last.map { "\($0.number)" } : nil
            ).text
        }
    }

    /// FEED_RETRY
    func retry(_ request: FeedRetry, completion: @escaping Completion) {
        answer(completion) { [self] in
            var reply = FeedRetry.Reply(applied: 0, refused: 0)
            if let id = request.id {
                guard let change = try journal.read({ try $0.refusedChange(id) }) else { throw Self.notKept }
                try retry([change], &reply)
            } else {
                var after: Int64 = 0
                // Those that are refused for another reason now come to the end of the list: not further than it was.
                let last = try journal.read { try $0.lastRefusedChange() }
                while after < last {
                    let page = try journal.read {
                        try $0.refusedChanges(after: after, limit: ChangeIntake.changesPerCommit)
                    }.filter { $0.number <= last }
                    guard let end = page.last?.number else { break }
                    after = end
                    try retry(
                        try journal.read { view in try page.compactMap { try view.refusedChange($0.id) } }, &reply)
                }
            }
            feed?.hurry(startingAgain: request.takesSnapshot)
            return reply.text
        }
    }

    private func retry(_ changes: [RefusedChange], _ reply: inout FeedRetry.Reply) throws {
        let reader = ChangeReader()
        let received = changes.compactMap { change in change.body.map(reader.read) }
        let counts = try intake.take(received, isSnapshot: false) { _, _ in }
        reply.applied += counts.applied + counts.known
        reply.refused += counts.refused + changes.count - received.count
    }

    private static var notKept: Refusal { Refusal(.notFound, "no refused change of this id is kept") }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        (try? bytes.withUnsafeBytes { raw in try withJSON(raw) { _ in true } }) ?? false
    }

    private func answer(_ completion: @escaping Completion, _ body: @escaping @Sendable () throws -> [UInt8]) {
        queue.async { completion(Result { try body() }.mapError { Refusal(store: $0) }) }
    }
}

extension FeedRefusedReply.Change {
    init(_ change: RefusedChange) {
        self.init(
            id: change.id, type: change.type, code: change.code, field: change.field,
            reason: String(change.reason.prefix(ProtocolLimits.noteCharacters)), waitsFor: change.waitsFor,
            refusedAt: change.refusedAt)
    }
}
