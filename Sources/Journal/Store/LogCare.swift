import GRDB
import GRDBSQLite
import Glibc

/// The writer's care for SQLite's log: when it is carried into the database, and what becomes of it when the disk fails.
///
/// SQLite would do it by itself, but keeps to itself when that fails. After a failed fsync the kernel may call pages
/// clean that never reached the disk; a log that is then cleared has lost what was acknowledged.
final class LogCare {
    private let connection: OpaquePointer
    /// Pages in the log after the last commit.
    private(set) var pages = 0

    /// The care for the log of a connection that lives longer than this does.
    init(_ database: Database) throws(SQLError) {
        guard let connection = database.sqliteConnection else {
            throw SQLError(code: SQLITE_MISUSE, message: "the connection is closed")
        }
        self.connection = connection
    }

    /// Counts the log's pages from now on; no commit may come after this object is gone.
    func watch() {
        let hook: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, Int32) -> Int32 = {
            context, _, _, pages in
            if let context { Unmanaged<LogCare>.fromOpaque(context).takeUnretainedValue().pages = Int(pages) }
            return SQLITE_OK
        }
        sqlite3_wal_hook(connection, hook, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Whether enough has gathered to be carried.
    func isDue(atPages limit: Int) -> Bool { pages >= limit }

    /// Copies what readers allow into the database and syncs it; with `empties` gives the log's room back when no reader is
    /// in the way.
    ///
    /// - Throws: when the disk refused. Everything is then copied anew by the next attempt, also what an earlier one had
    ///   copied without a sync of its own.
    func carryOver(empties: Bool = false) throws(SQLError) {
        let mode = empties ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
        sqlite3_busy_timeout(connection, 0)
        defer { sqlite3_busy_timeout(connection, JournalLimits.busyMilliseconds) }
        let code = sqlite3_wal_checkpoint_v2(connection, "main", mode, nil, nil)
        // Readers that stay are no fault: what they need is carried another time.
        guard code != SQLITE_OK, code & 0xFF != SQLITE_BUSY else { return }
        let error = SQLError(on: connection, code: code)
        forgetIndex()
        throw error
    }

    /// Makes SQLite read the log from its beginning, as after a crash, and count nothing of it as copied.
    ///
    /// While readers hold it back SQLite copies the log in parts and syncs the database with the last one only. When that
    /// sync fails, the earlier parts may be lost with it, but SQLite's index of the log counts them as copied and would
    /// clear the log after the next good sync. An index whose two headers differ is one that a crash has left, and is
    /// built anew by whoever needs it next (sqlite.org/walformat.html, 2.3.1).
    private func forgetIndex() {
        var file: UnsafeMutablePointer<sqlite3_file>?
        guard sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK,
            let file, let map = file.pointee.pMethods?.pointee.xShmMap
        else { return }
        var index: UnsafeMutableRawPointer?
        guard map(file, 0, Self.indexBytes, 0, &index) == SQLITE_OK, let index else { return }
        memset(index, 0, Self.indexHeaderBytes)
    }

    /// The first piece of the index, and the first of the two copies of its header.
    private static let indexBytes: Int32 = 32_768
    private static let indexHeaderBytes = 48

    /// Writes the log of a process that is gone once more, byte for byte, and syncs it.
    ///
    /// That process may have ended because a sync failed. The kernel then shows pages that the disk does not have and
    /// will not write again: what is appended behind them would be out of reach after a power cut.
    ///
    /// - Returns: the log's size in bytes; 0 when there is none.
    static func writeAnew(_ path: String) throws(SQLError) -> Int {
        guard access(path, F_OK) == 0 else { return 0 }
        let file = try RawFile(log: path)
        defer { file.close() }
        let size = try file.size()
        var place: Int64 = 0
        while place < size {
            let count = Int(min(Int64(RawFile.pieceBytesMaximum), size - place))
            let bytes = try file.read(count, at: place)
            try file.write(bytes, at: place)
            place += Int64(count)
        }
        if size > 0 { try file.sync() }
        return Int(size)
    }
}
