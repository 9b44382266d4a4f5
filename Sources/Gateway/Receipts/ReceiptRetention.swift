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
    fileprivate static let millisecondsPerDay: Int64 = 86_400_000
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
    /// instead. Looks first, on a connection of its own: where nothing is to be removed the writer is not asked.
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
        let now = clock.now()
        let after = pass.state.last
        let found: (bound: Bound, look: RetentionLook)
        do {
            found = try journal.lookUp { view in
                let bound = try Bound(settings, at: now, view)
                let look = try view.lookForReceipts(
                    after: after, receivedBefore: bound.before, at: now, among: Self.receiptsPerStep)
                return (bound, look)
            }
        } catch {
            // The store says for itself how it is; the next pass tries again.
            return end(pass, completion)
        }
        let bound = found.bound
        switch found.look {
        case .isOver: return ended(bound, pass, completion)
        case .saysNothing(let last):
            return went(RetentionStep(removed: 0, kept: 0, last: last), bound, pass, completion)
        case .hasOld: break
        }
        journal.submit { transaction -> RetentionStep? in
            // A clock that has jumped makes everything old at once: until it is believed nothing goes.
            guard try transaction.seeClock(at: now) else { return nil }
            return try transaction.removeReceipts(
                after: after, receivedBefore: bound.before, at: now, limit: Self.receiptsPerStep)
        } completion: { [self] result in
            switch result {
            case .success(let step?): went(step, bound, pass, completion)
            case .success(nil), .failure: end(pass, completion)
            }
        }
    }

    /// Before when receipts may go.
    private struct Bound: Sendable {
        let isOverSize: Bool
        let before: Instant

        init(_ settings: RetentionSettings, at now: Instant, _ view: JournalView) throws {
            let used = try view.bytesInUse()
            isOverSize = settings.mebibytes > 0 && used > Int64(settings.mebibytes) << 20
            let days = isOverSize ? RetentionSettings.daysMinimum : settings.days
            before = Instant(
                millisecondsSinceEpoch: now.millisecondsSinceEpoch
                    - Int64(days) * ReceiptRetention.millisecondsPerDay)
        }
    }

    private func went(
        _ step: RetentionStep, _ bound: Bound, _ pass: Pass, _ completion: @escaping @Sendable (Int) -> Void
    ) {
        var pass = pass
        pass.removed += step.removed
        pass.kept += step.kept
        pass.stepsLeft -= 1
        guard let last = step.last else { return ended(bound, pass, completion) }
        pass.state.last = last
        if pass.stepsLeft > 0 { self.step(pass, completion) } else { end(pass, completion) }
    }

    /// There is nothing more to look at. The next pass begins at the front: what upstream had not confirmed may be by then.
    private func ended(_ bound: Bound, _ pass: Pass, _ completion: @escaping @Sendable (Int) -> Void) {
        var pass = pass
        pass.state.last = 0
        warn(isOverSize: bound.isOverSize, &pass.state)
        end(pass, completion)
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
