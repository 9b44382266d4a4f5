import GRDB
import GRDBSQLite

/// A failure that SQLite reported, with its extended result code.
package struct SQLError: Error, Sendable, CustomStringConvertible {
    /// SQLite's extended result code, for example `SQLITE_IOERR_FSYNC`.
    package let code: Int32
    /// SQLite's own words.
    package let message: String

    package var description: String { "SQLite error \(code): \(message)" }

    /// Whether the row was refused by a constraint of the schema, which is the caller's error and not the disk's.
    package var isConstraint: Bool { code & 0xFF == SQLITE_CONSTRAINT }

    /// Whether there was no room on the disk.
    package var isFull: Bool { code & 0xFF == SQLITE_FULL }
}

/// A prepared statement that is bound, stepped and read without an allocation per value.
///
/// The journal answers every receipt through a handful of these, so the conversion to boxed values that a general
/// library makes is left out here; everything else about the database goes through GRDB.
final class SQLStatement {
    private let handle: OpaquePointer
    private let connection: OpaquePointer
    private var nextParameter: Int32 = 1

    init(_ sql: StaticString, on connection: OpaquePointer) throws(SQLError) {
        var prepared: OpaquePointer?
        let code = sql.withUTF8Buffer { text in
            text.withMemoryRebound(to: CChar.self) { characters in
                sqlite3_prepare_v3(
                    connection, characters.baseAddress, Int32(characters.count), UInt32(SQLITE_PREPARE_PERSISTENT),
                    &prepared, nil)
            }
        }
        guard code == SQLITE_OK, let prepared else { throw SQLError(on: connection, code: code) }
        self.handle = prepared
        self.connection = connection
    }

    deinit { sqlite3_finalize(handle) }

    // MARK: Binding, in the order of the parameters

    @discardableResult func bind(_ value: Int64) -> Self {
        sqlite3_bind_int64(handle, takeParameter(), value)
        return self
    }

    @discardableResult func bind(_ value: Int64?) -> Self {
        guard let value else { return bindNull() }
        return bind(value)
    }

    @discardableResult func bind(_ value: Int) -> Self { bind(Int64(value)) }

    @discardableResult func bind(_ value: Bool) -> Self { bind(value ? 1 as Int64 : 0) }

    @discardableResult func bind(_ value: String) -> Self {
        var text = value
        let parameter = takeParameter()
        _ = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                // An empty Swift string may have no address, and SQLite would read that as NULL.
                if let start = characters.baseAddress, !characters.isEmpty {
                    sqlite3_bind_text(handle, parameter, start, Int32(characters.count), transientDestructor)
                } else {
                    sqlite3_bind_text(handle, parameter, "", 0, transientDestructor)
                }
            }
        }
        return self
    }

    @discardableResult func bind(_ value: String?) -> Self {
        guard let value else { return bindNull() }
        return bind(value)
    }

    @discardableResult func bind(_ value: [UInt8]) -> Self {
        let parameter = takeParameter()
        _ = value.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress, !bytes.isEmpty {
                sqlite3_bind_blob(handle, parameter, start, Int32(bytes.count), transientDestructor)
            } else {
                sqlite3_bind_zeroblob(handle, parameter, 0)
            }
        }
        return self
    }

    @discardableResult func bind(_ value: [UInt8]?) -> Self {
        guard let value else { return bindNull() }
        return bind(value)
    }

    @discardableResult func bindNull() -> Self {
        sqlite3_bind_null(handle, takeParameter())
        return self
    }

    private func takeParameter() -> Int32 {
        defer { nextParameter += 1 }
        return nextParameter
    }

    // MARK: Running

    /// Runs a statement that returns no rows.
    func run() throws(SQLError) {
        defer { reset() }
        let code = sqlite3_step(handle)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw SQLError(on: connection, code: code) }
    }

    /// The first row, or nil when there is none.
    func first<Row>(_ read: (SQLRow) -> Row) throws(SQLError) -> Row? {
        defer { reset() }
        let code = sqlite3_step(handle)
        if code == SQLITE_DONE { return nil }
        guard code == SQLITE_ROW else { throw SQLError(on: connection, code: code) }
        return read(SQLRow(handle: handle))
    }

    /// Every row, in the statement's order.
    func all<Row>(_ read: (SQLRow) -> Row) throws(SQLError) -> [Row] {
        var rows: [Row] = []
        try forEach { rows.append(read($0)) }
        return rows
    }

    func forEach(_ body: (SQLRow) -> Void) throws(SQLError) {
        defer { reset() }
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw SQLError(on: connection, code: code) }
            body(SQLRow(handle: handle))
        }
    }

    /// The next row, for a reader that walks two statements side by side; call ``finish()`` at the end.
    func next() throws(SQLError) -> SQLRow? {
        let code = sqlite3_step(handle)
        if code == SQLITE_DONE { return nil }
        guard code == SQLITE_ROW else { throw SQLError(on: connection, code: code) }
        return SQLRow(handle: handle)
    }

    /// Ends a walk that was made with ``next()``.
    func finish() { reset() }

    private func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
        nextParameter = 1
    }
}

/// The row a statement stands on; valid only inside the closure that was given it.
struct SQLRow {
    fileprivate let handle: OpaquePointer

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func integerOrNil(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    func bool(_ column: Int32) -> Bool { integer(column) != 0 }

    func text(_ column: Int32) -> String {
        String(decoding: bytes(column), as: UTF8.self)
    }

    func textOrNil(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    func blob(_ column: Int32) -> [UInt8] { Array(bytes(column)) }

    func blobOrNil(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : blob(column) }

    /// The column's bytes where they lie; gone when the statement moves on.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }

    func hasValue(_ column: Int32) -> Bool { !isNull(column) }

    private func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
}

/// Tells SQLite to copy what is bound: the bytes are the caller's and may move.
private var transientDestructor: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

extension SQLError {
    init(on connection: OpaquePointer, code: Int32) {
        self.code = sqlite3_extended_errcode(connection) == 0 ? code : sqlite3_extended_errcode(connection)
        self.message = String(cString: sqlite3_errmsg(connection))
    }
}

func sqlite3LastInsertedRow(_ connection: OpaquePointer) -> Int64 { sqlite3_last_insert_rowid(connection) }
