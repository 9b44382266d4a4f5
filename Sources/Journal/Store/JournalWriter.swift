import Dispatch
import Foundation
import GRDB
import Locking

/// The one thread that writes: takes whatever waits, commits it as one transaction, and only then lets the answers go.
final class JournalWriter: @unchecked Sendable {
    private struct Inbox {
        var waiting: [any AnyChange] = []
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
    private let inbox = Mutex(Inbox())
    /// Signalled when the inbox stops being empty.
    private let wakeUp = DispatchSemaphore(value: 0)
    private let stopped = DispatchSemaphore(value: 0)
    private var transaction: JournalTransaction?

    init(pool: DatabasePool, hooks: JournalHooks, log: LogCare, checkpointPages: Int) {
        self.pool = pool
        self.hooks = hooks
        self.log = log
        self.checkpointPages = checkpointPages
        let thread = Thread { [self] in run() }
        thread.name = "journal"
        thread.start()
    }

    var isAvailable: Bool { inbox.withLock { $0.unavailable == nil && !$0.isStopping } }

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
        if let refusal { change.complete(failure: refusal) } else if mustWake { wakeUp.signal() }
    }

    /// Takes no more changes, completes those that wait, and returns when the thread has ended.
    ///
    /// - Returns: whether the disk took the last change; nil when it had been stopped before.
    func stop() -> Bool? {
        let wasRunning = inbox.withLock { inbox in
            defer { inbox.isStopping = true }
            return !inbox.isStopping
        }
        guard wasRunning else { return nil }
        wakeUp.signal()
        stopped.wait()
        return inbox.withLock { $0.unavailable == nil }
    }

    private func run() {
        while true {
            wakeUp.wait()
            let (batch, isLast) = takeBatch()
            if !batch.isEmpty { commit(batch) }
            // A stop that came while the store was being brought back has used up its signal.
            if isLast || inbox.withLock({ $0.isStopping && $0.waiting.isEmpty }) { break }
        }
        transaction = nil
        stopped.signal()
    }

    private func takeBatch() -> ([any AnyChange], isLast: Bool) {
        inbox.withLock { inbox in
            let limit = JournalLimits.changesPerCommitMaximum
            if inbox.waiting.count <= limit {
                defer { inbox.waiting.removeAll(keepingCapacity: true) }
                return (inbox.waiting, inbox.isStopping)
            }
            let batch = Array(inbox.waiting.prefix(limit))
            inbox.waiting.removeFirst(limit)
            // The inbox is not empty, so no submission will signal: ask for the next round here.
            wakeUp.signal()
            return (batch, false)
        }
    }

    private func commit(_ batch: [any AnyChange]) {
        do {
            try pool.writeWithoutTransaction { database in try commit(batch, on: database) }
        } catch {
            fail(batch, error)
            return
        }
        hooks.afterCommit?()
        #if DEBUG
        hooks.onPassing?(.committed)
        #endif
        for change in batch { change.complete(failure: nil) }
        // Behind the answers: nobody waits for it who need not.
        guard log.isDue(atPages: checkpointPages) else { return }
        do {
            try pool.writeWithoutTransaction { _ in try log.carryOver() }
        } catch {
            fail([], error)
        }
    }

    private func commit(_ batch: [any AnyChange], on database: Database) throws {
        let transaction = try self.transaction ?? JournalTransaction(database)
        self.transaction = transaction
        try transaction.begin()
        do {
            for change in batch {
                if let error = change.apply(in: transaction) { throw error }
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
            defer { inbox.waiting.removeAll() }
            return inbox.waiting
        }
        hooks.onFailure?(reason)
        for change in batch + waiting { change.complete(failure: .unavailable(reason: reason)) }
        while inbox.withLock({ !$0.isStopping }) {
            if recover() { return }
            _ = wakeUp.wait(timeout: .now() + .milliseconds(JournalLimits.recoveryPauseMilliseconds))
        }
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
