import GRDB
import Retail

/// Reads of the journal's tables, inside a transaction or on a read-only connection.
///
/// The queries of one subject stand in one extension (`JournalView+Customers` and so on).
package class JournalView {
    let connection: OpaquePointer
    private var statements: [UInt: SQLStatement] = [:]

    init(_ database: Database) throws(SQLError) {
        guard let connection = database.sqliteConnection else {
            throw SQLError(code: 21, message: "the connection is closed")
        }
        self.connection = connection
    }

    /// The prepared statement for `sql`, kept for the life of the connection.
    func statement(_ sql: StaticString) throws(SQLError) -> SQLStatement {
        // A literal has one address in the program, which makes it its own key.
        let key = UInt(bitPattern: sql.utf8Start)
        if let known = statements[key] { return known }
        let prepared = try SQLStatement(sql, on: connection)
        statements[key] = prepared
        return prepared
    }
}

/// The writer's view: everything a ``JournalView`` reads, and the changes.
package final class JournalTransaction: JournalView {
    var lotNumbers = LotNumbers()
    /// Mistakes to be made; none but in a world that looks for them.
    package internal(set) var planted: PlantedFaults = []

    func begin() throws(SQLError) { try statement("BEGIN IMMEDIATE").run() }
    func commit() throws(SQLError) { try statement("COMMIT").run() }

    func rollback() throws(SQLError) {
        // What a rollback takes back may be the very block that the numbers came from.
        lotNumbers = LotNumbers()
        try statement("ROLLBACK").run()
    }

    func savepoint() throws(SQLError) { try statement("SAVEPOINT change").run() }
    func releaseSavepoint() throws(SQLError) { try statement("RELEASE change").run() }

    func rollbackToSavepoint() throws(SQLError) {
        lotNumbers = LotNumbers()
        try statement("ROLLBACK TO change").run()
        try releaseSavepoint()
    }

    /// The row number of the last insertion.
    var lastInsertedRow: Int64 { sqlite3LastInsertedRow(connection) }
}
