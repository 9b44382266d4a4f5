import Dispatch
import GRDB
import Glibc

/// What the start-up checks found.
package struct JournalStartReport: Sendable {
    /// The SQLite library's version, for example `3.40.1`.
    package let sqliteVersion: String
    /// The last migration that is applied.
    package let schema: String
    /// Whether the previous run closed the journal properly.
    package let stoppedCleanly: Bool
    /// Whether `quick_check` ran before this report; for a large database the caller runs ``Journal/quickCheck()`` later.
    package let quickChecked: Bool
    /// Size of the log that the previous run has left, in bytes; 0 when there was none, as after a clean stop.
    package let logBytes: Int

    /// Whether the previous run was not stopped properly, and what it wrote last is nevertheless nowhere: the log was
    /// taken away, or the database is a copy that was made without it.
    package var lacksLog: Bool { !stoppedCleanly && logBytes == 0 }
}

/// The checks between opening a database and trusting it.
enum JournalStart {
    /// Looks at the files before anything opens them: SQLite would throw away a log whose database is gone.
    ///
    /// - Returns: the size in bytes of the log that was left.
    static func inspectFiles(path: String) throws(JournalError) -> Int {
        let log = path + "-wal"
        var database = stat()
        let hasDatabase = stat(path, &database) == 0 && database.st_size > 0
        if !hasDatabase, size(of: log) > 0 {
            throw .unsound(check: "files", found: "\(log) is there, and \(path) is missing or empty")
        }
        if size(of: log) == 0 { try requireWhole(path) }
        do {
            return try LogCare.writeAnew(log)
        } catch {
            throw .cannotOpen(path: log, reason: "\(error)")
        }
    }

    /// A database without a log has all the pages that it says it has; SQLite itself takes zeros for what is missing of the
    /// last one. (sqlite.org/fileformat.html, 1.3)
    private static func requireWhole(_ path: String) throws(JournalError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        var header = [UInt8](repeating: 0, count: 100)
        // Anything shorter is for SQLite to judge.
        guard pread(file, &header, header.count, 0) == header.count else { return }
        func number(_ place: Int, bytes: Int) -> Int {
            header[place..<place + bytes].reduce(0) { $0 << 8 | Int($1) }
        }
        let isCountValid = number(24, bytes: 4) == number(92, bytes: 4)
        // The largest size does not fit into its two bytes and is written as 1.
        let pageBytes = number(16, bytes: 2) == 1 ? 65_536 : number(16, bytes: 2)
        let wanted = number(28, bytes: 4) * pageBytes
        guard header.starts(with: "SQLite format 3".utf8), isCountValid, size(of: path) < wanted else { return }
        throw .unsound(check: "files", found: "\(path) has \(size(of: path)) of \(wanted) bytes")
    }

    private static func size(of path: String) -> Int {
        var found = stat()
        return stat(path, &found) == 0 ? Int(found.st_size) : 0
    }

    static func prepare(_ pool: DatabasePool, path: String, logBytes: Int) throws -> JournalStartReport {
        let migrator = JournalSchema.migrator()
        guard try pool.read(isOurs) else {
            throw JournalError.unsound(check: "tables", found: "\(path) is a database of another program")
        }
        if try pool.read(migrator.hasBeenSuperseded) {
            let found = try pool.read { try migrator.appliedIdentifiers($0).max() ?? "unknown" }
            throw JournalError.newerSchema(found: found, known: JournalSchema.newestMigration)
        }
        try migrator.migrate(pool)
        let stoppedCleanly = try pool.read(wasStoppedCleanly)
        let quickChecked = try quickCheck(pool, path: path, needed: !stoppedCleanly)
        try requireDurableWrites(pool)
        try pool.writeWithoutTransaction { database in
            try database.execute(sql: "INSERT OR REPLACE INTO fact VALUES ('clean_stop', '0')")
            // The database itself says so from now on, also without its log.
            try LogCare(database).carryOver()
        }
        let version = try pool.read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }
        return JournalStartReport(
            sqliteVersion: version ?? "unknown", schema: JournalSchema.newestMigration,
            stoppedCleanly: stoppedCleanly, quickChecked: quickChecked, logBytes: logBytes)
    }

    /// A database without any table is one that was just created.
    private static func isOurs(_ database: Database) throws -> Bool {
        let tables = try Set(String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'"))
        return tables.isEmpty || tables.contains("grdb_migrations")
    }

    private static func wasStoppedCleanly(_ database: Database) throws -> Bool {
        // A database that was just created has no fact yet and nothing to check.
        try String.fetchOne(database, sql: "SELECT value FROM fact WHERE name = 'clean_stop'") != "0"
    }

    /// The library sets `synchronous` back to NORMAL when it opens in WAL mode, so FULL is set afterwards and read back.
    static func requireDurableWrites(_ pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
            guard synchronous == 2 else {
                throw JournalError.unsound(check: "synchronous", found: "\(synchronous ?? -1) instead of 2 (FULL)")
            }
            let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode")
            guard mode == "wal" else {
                throw JournalError.unsound(check: "journal_mode", found: "\(mode ?? "nothing") instead of wal")
            }
            try database.execute(sql: "PRAGMA journal_size_limit = \(JournalLimits.logFileBytesMaximum)")
            try database.execute(sql: "PRAGMA cache_size = -\(JournalLimits.writerCacheKibibytes)")
            // What a change's savepoint keeps to go back to is small and needed until the commit at most: as a file, which it
            // becomes else from 64 KiB on, it would double what is written.
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
        }
    }

    private static func quickCheck(_ pool: DatabasePool, path: String, needed: Bool) throws -> Bool {
        guard needed else { return false }
        let pages = try pool.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        let pageBytes = try pool.read { try Int.fetchOne($0, sql: "PRAGMA page_size") ?? 4_096 }
        guard pages * pageBytes <= JournalLimits.quickCheckBeforeServingBytes else { return false }
        let found = try pool.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
        guard found == "ok" else {
            throw JournalError.unsound(check: "quick_check", found: found ?? "no answer")
        }
        return true
    }
}
