import Crew
import GRDB
import Locking

/// The one worker that writes: takes whatever waits, commits it as one transaction, and only then lets the answers go.
final class JournalWriter: @unchecked Sendable {
    private struct Inbox {
        var waiting: [any AnyChange] = []
        /// Changes were taken from here whose commit is not over.
        var isCommitting = false
        var isStopping = false
        var unavailable: String?
    }

    private let pool: DatabasePool
    private let hooks: JournalHooks
    private let log: LogCare
    /// Pages of log after which it is carried into the database.
    private let checkpointPages: Int
    /// Whether the log may hold a commit that was refused; the kernel can show it although the index does not.
    private var hasRefusedCommit = false
    private let crew: any Crew
    private let inbox = Mutex(Inbox())
    /// Called when the inbox stops being empty.
    private let wakeUp: Waker
    private let employment = Mutex<Employment?>(nil)
    /// The disk has refused, and no fresh look at the file has found it sound. Touched by the worker only.
    private var isBroken = false
    private var transaction: JournalTransaction?

    init(pool: DatabasePool, hooks: JournalHooks, log: LogCare, checkpointPages: Int, crew: any Crew) {
        self.pool = pool
        self.hooks = hooks
        self.log = log
        self.checkpointPages = checkpointPages
        self.crew = crew
        wakeUp = crew.waker()
        let employed = crew.employ("journal", waker: wakeUp) { [self] in step() }
        employment.withLock { $0 = employed }
    }

    var isAvailable: Bool { inbox.withLock { $0.unavailable == nil && !$0.isStopping } }

    /// Whether nothing waits and nothing is being committed at this moment.
    var isIdle: Bool { inbox.withLock { $0.waiting.isEmpty && !$0.isCommitting } }

    var waitingChanges: Int { inbox.withLock { $0.waiting.count } }

    func submit(_ change: any AnyChange) {
        var mustWake = false
        let refusal: JournalError? = inbox.withLock { inbox in
            if inbox.isStopping { return .closed }
            if let reason = inbox.unavailable { return .unavailable(reason: reason) }
            if inbox.waiting.count >= JournalLimits.waitingChangesMaximum {
                return .busy(limit: JournalLimits.waitingChangesMaximum)
            }
            mustWake = inbox.waiting.isEmpty
            inbox.waiting.append(change)
            return nil
        }
        if let refusal { change.complete(failure: refusal) } else if mustWake { wakeUp.wake() }
    }

    /// Takes no more changes, completes those that wait, and returns when the worker has ended.
    ///
    /// - Returns: whether the disk took the last change; nil when it had been stopped before.
    func stop() -> Bool? {
        let wasRunning = inbox.withLock { inbox in
            defer { inbox.isStopping = true }
            return !inbox.isStopping
        }
        guard wasRunning else { return nil }
        wakeUp.wake()
        let employed = employment.withLock { employment in
            defer { employment = nil }
            return employment
        }
        employed?.waitForEnd()
        return inbox.withLock { $0.unavailable == nil }
    }

    private func step() -> Rest {
        if isBroken {
            if inbox.withLock({ $0.isStopping }) { return end() }
            guard recover() else { return .milliseconds(JournalLimits.recoveryPauseMilliseconds) }
            isBroken = false
            return .none
        }
        let (batch, isAll) = takeBatch()
        if !batch.isEmpty {
            commit(batch)
            // The next look at the file comes at once.
            if isBroken { return .none }
        }
        guard isAll else { return .none }
        let isOver = inbox.withLock { inbox in
            inbox.isCommitting = false
            return inbox.isStopping && inbox.waiting.isEmpty
        }
        return isOver ? end() : .untilCalled
    }

    private func end() -> Rest {
        transaction = nil
        return .ended
    }

    /// What waits, as much of it as one commit takes, and whether that is all of it.
    private func takeBatch() -> ([any AnyChange], isAll: Bool) {
        inbox.withLock { inbox in
            inbox.isCommitting = !inbox.waiting.isEmpty
            let limit = JournalLimits.changesPerCommitMaximum
            if inbox.waiting.count <= limit {
                defer { inbox.waiting.removeAll(keepingCapacity: true) }
                return (inbox.waiting, true)
            }
            let batch = Array(inbox.waiting.prefix(limit))
            inbox.waiting.removeFirst(limit)
            return (batch, false)
        }
    }

    private func commit(_ batch: [any AnyChange]) {
        do {
            try pool.writeWithoutTransaction { database in try commit(batch, on: database) }
        } catch  where hooks.planted.contains(.failureIgnored) {
            // Goes on as if nothing had happened.
        } catch {
            fail(batch, error)
            return
        }
        hooks.afterCommit?()
        #if DEBUG
        hooks.onPassing?(.committed)
        #endif
        if !hooks.planted.contains(.answerBeforeCommit) {
            for change in batch { change.complete(failure: nil) }
        }
        // Behind the answers: nobody waits for it who need not.
        guard log.isDue(atPages: checkpointPages) else { return }
        do {
            try pool.writeWithoutTransaction { _ in try log.carryOver() }
        } catch {
            fail([], error)
        }
    }

    private func commit(_ batch: [any AnyChange], on database: Database) throws {
        let transaction = try self.transaction ?? JournalTransaction(database, crew: crew)
        self.transaction = transaction
        transaction.planted = hooks.planted
        try transaction.begin()
        do {
            for change in batch {
                if let error = change.apply(in: transaction) { throw error }
                transaction.giveWay()
            }
            if hooks.planted.contains(.answerBeforeCommit) {
                for change in batch { change.complete(failure: nil) }
            }
            try hooks.beforeCommit?()
            do {
                try transaction.commit()
            } catch {
                // A full disk has not taken the commit's last page; any other failure may have come after it.
                hasRefusedCommit = hasRefusedCommit || !error.isFull
                throw error
            }
        } catch {
            // SQLite may have rolled back by itself (a full disk does); a second rollback then is no error worth telling.
            try? transaction.rollback()
            throw error
        }
    }

    /// The disk refused. Nothing of the batch happened; the changes are told so, and so is everyone who asks until a
    /// fresh look at the file finds it sound. A commit is never tried again blindly.
    private func fail(_ batch: [any AnyChange], _ error: any Error) {
        let reason = "\(error)"
        let waiting = inbox.withLock { inbox in
            inbox.unavailable = reason
            inbox.isCommitting = false
            defer { inbox.waiting.removeAll() }
            return inbox.waiting
        }
        hooks.onFailure?(reason)
        isBroken = true
        for change in batch + waiting { change.complete(failure: .unavailable(reason: reason)) }
    }

    /// Carries the whole log into the database with a sync of its own, and writes and syncs a probe.
    private func recover() -> Bool {
        do {
            try hooks.beforeCommit?()
            try pool.writeWithoutTransaction { database in
                if hasRefusedCommit {
                    // Over the refused commit, which a look at the log from its beginning would find and take for good.
                    try Self.probe(database)
                    hasRefusedCommit = false
                }
                try log.carryOver(empties: true)
                try Self.probe(database)
            }
            try JournalStart.requireDurableWrites(pool)
            inbox.withLock { $0.unavailable = nil }
            hooks.onRecovery?()
            return true
        } catch {
            return false
        }
    }

    private static func probe(_ database: Database) throws {
        try database.execute(sql: "INSERT OR REPLACE INTO fact VALUES ('recovered', datetime('now'))")
    }
}
