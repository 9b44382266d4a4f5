import Dispatch
import GRDB

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
}

/// The checks between opening a database and trusting it.
enum JournalStart {
    static func prepare(_ pool: DatabasePool, path: String) throws -> JournalStartReport {
        let migrator = JournalSchema.migrator()
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
        }
        let version = try pool.read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }
        return JournalStartReport(
            sqliteVersion: version ?? "unknown", schema: JournalSchema.newestMigration,
            stoppedCleanly: stoppedCleanly, quickChecked: quickChecked)
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
            try database.execute(sql: "PRAGMA wal_autocheckpoint = \(JournalLimits.checkpointPages)")
            try database.execute(sql: "PRAGMA journal_size_limit = \(JournalLimits.logFileBytesMaximum)")
            try database.execute(sql: "PRAGMA cache_size = -\(JournalLimits.writerCacheKibibytes)")
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
