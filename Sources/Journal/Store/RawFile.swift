import GRDBSQLite
import Glibc

/// A file as SQLite itself reads and writes it, for what has to be done before a database is opened.
struct RawFile {
    /// SQLite's own way to a file takes no more at once, and calls the disk full when it is asked to.
    static let pieceBytesMaximum = 65_536

    private let file: UnsafeMutablePointer<sqlite3_file>
    private let path: UnsafeMutablePointer<CChar>

    /// Opens a database's log, which must be there.
    init(log name: String) throws(SQLError) {
        guard let layer = sqlite3_vfs_find(nil), let open = layer.pointee.xOpen, let path = strdup(name) else {
            throw SQLError(code: SQLITE_CANTOPEN, message: "no way to open files")
        }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: Int(layer.pointee.szOsFile), alignment: 16)
        memset(memory, 0, Int(layer.pointee.szOsFile))
        let file = memory.bindMemory(to: sqlite3_file.self, capacity: 1)
        let code = open(layer, path, file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, nil)
        guard code == SQLITE_OK else {
            memory.deallocate()
            free(path)
            throw Self.error(code, "open")
        }
        self.file = file
        self.path = path
    }

    /// Ends the use of the file.
    func close() {
        _ = file.pointee.pMethods?.pointee.xClose?(file)
        UnsafeMutableRawPointer(file).deallocate()
        free(path)
    }

    func size() throws(SQLError) -> Int64 {
        var size: sqlite3_int64 = 0
        try Self.check(file.pointee.pMethods?.pointee.xFileSize?(file, &size), "size")
        return size
    }

    func read(_ count: Int, at place: Int64) throws(SQLError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let code = bytes.withUnsafeMutableBytes { bytes in
            file.pointee.pMethods?.pointee.xRead?(file, bytes.baseAddress, Int32(count), place)
        }
        try Self.check(code, "read")
        return bytes
    }

    func write(_ bytes: [UInt8], at place: Int64) throws(SQLError) {
        let code = bytes.withUnsafeBytes { bytes in
            file.pointee.pMethods?.pointee.xWrite?(file, bytes.baseAddress, Int32(bytes.count), place)
        }
        try Self.check(code, "write")
    }

    func sync() throws(SQLError) {
        try Self.check(file.pointee.pMethods?.pointee.xSync?(file, SQLITE_SYNC_NORMAL), "sync")
    }

    private static func check(_ code: Int32?, _ what: StaticString) throws(SQLError) {
        guard code == SQLITE_OK else { throw error(code ?? SQLITE_MISUSE, what) }
    }

    private static func error(_ code: Int32, _ what: StaticString) -> SQLError {
        SQLError(code: code, message: "the log cannot be rewritten (\(what)): \(String(cString: sqlite3_errstr(code)))")
    }
}
