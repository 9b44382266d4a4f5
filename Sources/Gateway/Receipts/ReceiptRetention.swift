import Journal
import Locking
import Logging
import Retail

/// How long receipts are kept that upstream has confirmed. What it has not confirmed is kept for as long as it takes.
package struct RetentionSettings: Sendable, Equatable {
    /// A repeated receipt is answered as the first time for at least so long (DOMAIN 7), whatever the size.
    package static let daysMinimum = 40
    package static let daysMaximum = 36_500
    /// Longer than goods may come back, because a return finds its sale among the receipts that are kept.
    package static let daysUsual = 400

    /// Confirmed receipts are removed this many days after they came.
    package var days: Int
    /// With more in use, in MiB, the oldest confirmed receipts go before their time, down to ``daysMinimum``; 0 for no limit.
    package var mebibytes: Int

    /// - Parameters:
    ///   - days: ``daysMinimum`` to ``daysMaximum``.
    ///   - mebibytes: 0 or more.
    package init(days: Int = RetentionSettings.daysUsual, mebibytes: Int = 0) {
        self.days = days
        self.mebibytes = mebibytes
    }
}

/// Removes old receipts that upstream has confirmed, in small steps beside the work.
final class ReceiptRetention: Sendable {
    private static let millisecondsPerDay: Int64 = 86_400_000
    /// Receipts that one step looks at: a till that sells at that moment waits for some milliseconds at most.
    static let receiptsPerStep = 100
    /// Steps of one pass; the next pass goes on, so that there is time for everything else on the disk.
    static let stepsPerPass = 50

    private struct State {
        var isRunning = false
        /// The pass before ended here, with more to look at behind it.
        var last: Int64 = 0
        var hasWarned = false
    }

    private struct Pass {
        var state: State
        var stepsLeft = ReceiptRetention.stepsPerPass
        var removed = 0
        var kept = 0
    }

    private let settings: RetentionSettings
    private let journal: Journal
    private let clock: any WallClock
    private let log: Logger
    private let state = Mutex(State())

    init(settings: RetentionSettings, journal: Journal, clock: any WallClock, log: Logger) {
        self.settings = settings
        self.journal = journal
        self.clock = clock
        self.log = log
    }

    /// Removes what is over time or over size, some hundreds of receipts at most; a pass that is still under way goes on
    /// instead.
    ///
    /// - Parameter completion: how many receipts are gone.
    func pass(completion: @escaping @Sendable (Int) -> Void = { _ in }) {
        let begun = state.withLock { state -> State? in
            guard !state.isRunning else { return nil }
            state.isRunning = true
            return state
        }
        guard let begun else { return completion(0) }
        step(Pass(state: begun), completion)
    }

    private func step(_ pass: Pass, _ completion: @escaping @Sendable (Int) -> Void) {
        let now = clock.now().millisecondsSinceEpoch
        let settings = settings
        let after = pass.state.last
        journal.submit { transaction in
            let used = try transaction.bytesInUse()
            let isOverSize = settings.mebibytes > 0 && used > Int64(settings.mebibytes) << 20
            let days = isOverSize ? RetentionSettings.daysMinimum : settings.days
            let before = Instant(millisecondsSinceEpoch: now - Int64(days) * Self.millisecondsPerDay)
            let step = try transaction.removeReceipts(
                after: after, receivedBefore: before, limit: Self.receiptsPerStep)
            return (step, isOverSize)
        } completion: { [self] result in
            switch result {
            case .success(let (step, isOverSize)): went(step, isOverSize: isOverSize, pass, completion)
            // The store says for itself that it takes nothing; the next pass tries again.
            case .failure: end(pass, completion)
            }
        }
    }

    private func went(
        _ step: RetentionStep, isOverSize: Bool, _ pass: Pass, _ completion: @escaping @Sendable (Int) -> Void
    ) {
        var pass = pass
        pass.removed += step.removed
        pass.kept += step.kept
        pass.stepsLeft -= 1
        guard let last = step.last else {
            // From the front again next time: what upstream had not confirmed may be confirmed by then.
            pass.state.last = 0
            warn(isOverSize: isOverSize, &pass.state)
            return end(pass, completion)
        }
        pass.state.last = last
        if pass.stepsLeft > 0 { self.step(pass, completion) } else { end(pass, completion) }
    }

    private func warn(isOverSize: Bool, _ state: inout State) {
        if isOverSize, !state.hasWarned {
            log.warning(
                "the database is larger than wanted, and nothing in it may be removed",
                metadata: ["wanted_mib": "\(settings.mebibytes)", "days_kept": "\(RetentionSettings.daysMinimum)"])
        }
        state.hasWarned = isOverSize
    }

    private func end(_ pass: Pass, _ completion: @escaping @Sendable (Int) -> Void) {
        var state = pass.state
        state.isRunning = false
        self.state.withLock { $0 = state }
        if pass.removed > 0 {
            log.debug(
                "old receipts removed", metadata: ["receipts": "\(pass.removed)", "unconfirmed": "\(pass.kept)"])
        }
        completion(pass.removed)
    }
}
