import GRDB
import Locking

/// The views of the read-only connections, kept with their prepared statements: a connection serves one read at a time, so
/// its view does, too.
final class ViewShelf: Sendable {
    /// A view goes only to whoever has its connection.
    private struct Shelved: @unchecked Sendable {
        let view: JournalView
    }

    /// By the connection's address.
    private let views = Mutex<[UInt: Shelved]>([:])

    /// The view of a connection that the caller has to itself.
    func view(on database: Database) throws(SQLError) -> JournalView {
        guard let connection = database.sqliteConnection else { return try JournalView(database) }
        let key = UInt(bitPattern: connection)
        if let known = views.withLock({ $0[key] }) { return known.view }
        let fresh = Shelved(view: try JournalView(database))
        views.withLock { $0[key] = fresh }
        return fresh.view
    }

    /// Gives the statements back, so that the connections can be closed; no read is under way.
    func removeAll() {
        views.withLock { $0.removeAll() }
    }
}
