import Crew
import GRDB
import GRDBSQLite

/// The gateway's durable store: one SQLite database in WAL mode, one writer, any number of read-only readers.
///
/// A change that was completed without an error is on the disk. Changes are taken in the order of submission and
/// complete in that order, many to one commit.
package final class Journal: @unchecked Sendable {
    /// The folder that holds the database; one process at a time.
    package let folder: String
    /// What the start-up checks found, for the log.
    package let startReport: JournalStartReport
    /// Whether other users of the machine may look into the folder, because it belongs to one of them.
    package var isOpenToOthers: Bool { lock.isOpenToOthers }

    /// Mistakes to be made; none but in a world that looks for them.
    package let planted: PlantedFaults
    /// Who does what the journal and those who use it do beside the loops.
    package let crew: any Crew

    private let lock: FolderLock
    private let pool: DatabasePool
    private let writer: JournalWriter
    private let gate = ReadGate()
    private let views = ViewShelf()
    private let quickReaders: QuickReaders
    #if DEBUG
    private var onPassing: (@Sendable (CrashPoint) -> Void)?
    #endif

    private init(
        folder: String, lock: FolderLock, pool: DatabasePool, writer: JournalWriter, startReport: JournalStartReport,
        crew: any Crew, planted: PlantedFaults
    ) {
        self.folder = folder
        self.planted = planted
        self.crew = crew
        self.lock = lock
        self.pool = pool
        self.writer = writer
        quickReaders = QuickReaders(path: folder + "/journal.sqlite")
        self.startReport = startReport
    }

    /// Opens the store in `folder`, creating both when absent, brings its schema up to date and checks that it is sound.
    ///
    /// - Throws: ``JournalError`` when another process has the folder, the file cannot be opened, the schema is newer
    ///   than this program, or a check (`synchronous`, `journal_mode`, `quick_check` after an unclean stop) fails.
    ///   A log without its database, and a database of another program, are refused and left as they are.
    package static func open(
        folder: String, hooks: JournalHooks = JournalHooks(), checkpointPages: Int = JournalLimits.checkpointPages,
        crew: any Crew = MachineCrew()
    ) throws(JournalError) -> Journal {
        let lock = try FolderLock(folder: folder)
        let path = folder + "/journal.sqlite"
        let logBytes = try JournalStart.inspectFiles(path: path)
        let pool = try openPool(path: path)
        let report: JournalStartReport
        let log: LogCare
        do {
            report = try JournalStart.prepare(pool, path: path, logBytes: logBytes)
            log = try pool.writeWithoutTransaction { database in try LogCare(database) }
            log.watch()
            if hooks.planted.contains(.lateSync) {
                try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
            }
        } catch let error as JournalError {
            throw error
        } catch {
            throw .cannotOpen(path: path, reason: "\(error)")
        }
        let writer = JournalWriter(pool: pool, hooks: hooks, log: log, checkpointPages: checkpointPages, crew: crew)
        let journal = Journal(
            folder: folder, lock: lock, pool: pool, writer: writer, startReport: report, crew: crew,
            planted: hooks.planted)
        #if DEBUG
        journal.onPassing = hooks.onPassing
        #endif
        return journal
    }

    /// Hands `body` to the writer. `completion` runs on the writer's thread after the commit that holds the change, or
    /// at once on the caller's thread when the change is refused.
    ///
    /// - Parameters:
    ///   - body: reads and writes; if it throws, only its own writes are undone, and the error reaches `completion`.
    ///   - completion: the value, the error of `body`, or a ``JournalError``.
    package func submit<Value: Sendable>(
        _ body: @escaping @Sendable (JournalTransaction) throws -> Value,
        completion: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        writer.submit(Change(body: body, completion: completion))
    }

    /// Like ``submit(_:completion:)``, for a caller that may wait: tools, tests and the relay's own thread.
    package func perform<Value: Sendable>(
        _ body: @escaping @Sendable (JournalTransaction) throws -> Value
    ) throws -> Value {
        let waiter = Waiter<Value>(crew)
        submit(body) { waiter.fulfil($0) }
        return try waiter.wait().get()
    }

    /// Runs a query on a read-only connection, seeing everything that was committed when it began.
    package func read<Value>(_ body: (JournalView) throws -> Value) throws -> Value {
        guard gate.enter() else { throw JournalError.closed }
        defer { gate.leave() }
        return try pool.read { database in try body(views.view(on: database)) }
    }

    /// Like ``read(_:)``, for a question of a few rows that a loop waits for: within some microseconds.
    package func lookUp<Value>(_ body: (JournalView) throws -> Value) throws -> Value {
        guard gate.enter() else { throw JournalError.closed }
        defer { gate.leave() }
        if let answer = try quickReaders.read(body) { return answer }
        return try pool.read { database in try body(views.view(on: database)) }
    }

    /// Says that a change, or what follows from it, has come to a point of its life; nothing in a release build.
    @inline(__always)
    package func pass(_ point: CrashPoint) {
        #if DEBUG
        onPassing?(point)
        #endif
    }

    /// Runs `quick_check` on a read-only connection, beside the work; nil when the database is sound, else what it found.
    package func quickCheck() throws -> String? {
        try read { view in try view.quickCheck() }
    }

    /// Whether writes are accepted at present.
    package var isAvailable: Bool { writer.isAvailable }

    /// Whether at this moment no change waits or is being written: all that were submitted before can be read.
    package var isIdle: Bool { writer.isIdle }

    /// Changes that wait for the writer.
    package var waitingChanges: Int { writer.waitingChanges }

    /// Completes what was submitted, waits for the reads that are under way, notes that the stop was clean unless the disk
    /// refuses writes, and closes.
    /// Later submissions and reads are refused.
    package func close() {
        guard let isSound = writer.stop() else { return }
        gate.close()
        views.removeAll()
        quickReaders.removeAll()
        if isSound {
            try? pool.writeWithoutTransaction { database in
                try database.execute(sql: "INSERT OR REPLACE INTO fact VALUES ('clean_stop', '1')")
            }
        }
        try? pool.close()
        lock.release()
    }

    private static func openPool(path: String) throws(JournalError) -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "journal"
        configuration.maximumReaderCount = JournalLimits.readersMaximum
        configuration.busyMode = .timeout(Double(JournalLimits.busyMilliseconds) / 1_000)
        // The log is carried by its own care, which hears of it when the disk refuses.
        configuration.prepareDatabase { database in sqlite3_wal_autocheckpoint(database.sqliteConnection, 0) }
        do {
            return try DatabasePool(path: path, configuration: configuration)
        } catch {
            throw .cannotOpen(path: path, reason: "\(error)")
        }
    }
}

/// Whom the journal tells what happens to it, and places where a test may look in or make the store fail.
package struct JournalHooks: Sendable {
    /// The store refuses writes from now on; the reason is for the operator's log.
    package var onFailure: (@Sendable (String) -> Void)?
    /// The store takes writes again.
    package var onRecovery: (@Sendable () -> Void)?
    /// Mistakes to be made; none unless a program that looks for mistakes says so.
    package var planted: PlantedFaults = []
    /// Runs before each commit; throwing makes the commit fail as a full disk would.
    package var beforeCommit: (@Sendable () throws -> Void)?
    /// Runs after each commit, before any completion: what a crash here loses was never answered.
    package var afterCommit: (@Sendable () -> Void)?
    #if DEBUG
    /// Runs on whatever thread passes a point at which a test may want a crash.
    package var onPassing: (@Sendable (CrashPoint) -> Void)?
    #endif

    /// No hooks.
    package init() {}
}
