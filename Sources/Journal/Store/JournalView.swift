import Crew
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
    /// Numbers that are given out, so that they need not be looked up each time.
    var numbers = GivenNumbers()
    /// Mistakes to be made; none but in a world that looks for them.
    package internal(set) var planted: PlantedFaults = []
    private let crew: any Crew
    private var stepsTaken = 0

    init(_ database: Database, crew: any Crew) throws(SQLError) {
        self.crew = crew
        try super.init(database)
    }

    /// Lets others have the processor now and then; called after each step of what takes long, such as a row of an import.
    ///
    /// Where loops and the writer share a processor, the system lets the writer run for some milliseconds at a time, and no
    /// till is answered meanwhile. Whoever waits for the journal waits for the disk anyway.
    package func giveWay() {
        stepsTaken += 1
        if stepsTaken.isMultiple(of: JournalLimits.stepsBeforeOthers) { crew.giveWay() }
    }

    func begin() throws(SQLError) { try statement("BEGIN IMMEDIATE").run() }
    func commit() throws(SQLError) { try statement("COMMIT").run() }

    func rollback() throws(SQLError) {
        // What a rollback takes back may be what the numbers came from.
        numbers = GivenNumbers()
        try statement("ROLLBACK").run()
    }

    func savepoint() throws(SQLError) { try statement("SAVEPOINT change").run() }
    func releaseSavepoint() throws(SQLError) { try statement("RELEASE change").run() }

    func rollbackToSavepoint() throws(SQLError) {
        numbers = GivenNumbers()
        try statement("ROLLBACK TO change").run()
        try releaseSavepoint()
    }

    /// The row number of the last insertion.
    var lastInsertedRow: Int64 { sqlite3LastInsertedRow(connection) }
}

/// What the writer knows of numbers that it gives out.
struct GivenNumbers {
    var lots = LotNumbers()
    /// The newest receipt's; nil when it has to be looked up.
    var lastReceipt: Int64?
}
