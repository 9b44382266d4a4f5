import Foundation
import Journal
import Locking
import Logging
import Retail
import Upstream

/// Hands the outbox to upstream, in order, for as long as it takes: nothing is dropped for age or number.
///
/// A till's receipts lie in the outbox in the order in which they were stored, and batches are taken from its front, so
/// the order per till is kept. Each entry carries an idempotency key: sent twice, it counts once.
final class Relay: @unchecked Sendable {
    private static let batchEntries = 200
    /// The pause between two looks when nobody calls; a call comes with every new entry.
    private static let idleMilliseconds = 1_000

    private let journal: Journal
    private let adapter: any UpstreamAdapter
    private let clock: any WallClock
    private let waker: RelayWaker
    private let log: Logger
    private let isStopping = Atomic<Bool>(false)
    private let stopped = DispatchSemaphore(value: 0)

    init(
        journal: Journal, adapter: any UpstreamAdapter, clock: any WallClock, waker: RelayWaker, log: Logger
    ) {
        self.journal = journal
        self.adapter = adapter
        self.clock = clock
        self.waker = waker
        self.log = log
    }

    func start() {
        let thread = Thread { [self] in run() }
        thread.name = "relay"
        thread.start()
    }

    /// Ends after the batch that is under way; what is unsent waits in the journal.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        adapter.stop()
        waker.wake()
        _ = stopped.wait(timeout: .now() + .seconds(10))
    }

    private func run() {
        var backoff = Backoff()
        var generator = SystemRandomNumberGenerator()
        while !isStopping.load(ordering: .relaxed) {
            switch sendBatch() {
            case .nothingToSend:
                waker.wait(milliseconds: Self.idleMilliseconds)
            case .sent:
                backoff.reset()
            case .failed(let reason, let asked):
                let pause = max(backoff.pause(using: &generator), asked ?? 0)
                log.warning("upstream did not take a batch", metadata: ["reason": "\(reason)", "pause_ms": "\(pause)"])
                waitUnlessStopping(milliseconds: pause)
            }
        }
        stopped.signal()
    }

    private enum Progress {
        case nothingToSend
        case sent
        case failed(reason: String, retryAfterMilliseconds: Int?)
    }

    private func sendBatch() -> Progress {
        do {
            let entries = try journal.read { try $0.outbox(limit: Self.batchEntries) }
            guard !entries.isEmpty else { return .nothingToSend }
            switch adapter.deliver(entries.map(RelayBody.event)) {
            case .answered(let verdicts):
                journal.pass(.relayed)
                return try settle(entries, verdicts)
            case .failed(let reason, let retryAfter):
                return .failed(reason: reason, retryAfterMilliseconds: retryAfter)
            }
        } catch {
            return .failed(reason: "\(error)", retryAfterMilliseconds: nil)
        }
    }

    /// Notes what upstream said of each entry. Should this not reach the disk, the batch is sent again and upstream knows
    /// it by its keys.
    private func settle(_ entries: [OutboxEntry], _ verdicts: [EventVerdict]) throws -> Progress {
        let now = clock.now()
        let settled = Array(zip(entries.map(\.sequence), verdicts))
        try journal.perform { transaction in
            for (sequence, verdict) in settled {
                switch verdict {
                case .stored: try transaction.confirm(outbox: sequence)
                case .refused(let reason): try transaction.quarantine(outbox: sequence, reason: reason, at: now)
                case .retry: break
                }
            }
        }
        journal.pass(.confirmed)
        var postponed: String?
        for (entry, verdict) in zip(entries, verdicts) {
            switch verdict {
            case .stored: break
            case .refused(let reason):
                log.error("upstream refuses an entry for good", metadata: ["id": "\(entry.id)", "reason": "\(reason)"])
            case .retry(let reason): postponed = postponed ?? reason
            }
        }
        return postponed.map { .failed(reason: $0, retryAfterMilliseconds: nil) } ?? .sent
    }

    /// New receipts wake the relay while upstream is away; only a stop may cut the pause short.
    private func waitUnlessStopping(milliseconds: Int) {
        let end = DispatchTime.now() + .milliseconds(milliseconds)
        while !isStopping.load(ordering: .relaxed), DispatchTime.now() < end {
            let left = Int(
                (end.uptimeNanoseconds - min(DispatchTime.now().uptimeNanoseconds, end.uptimeNanoseconds)) / 1_000_000)
            waker.wait(milliseconds: min(max(left, 1), 250))
        }
    }
}
