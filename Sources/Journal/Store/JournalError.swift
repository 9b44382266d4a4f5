/// Why the journal could not be opened or would not take a change.
package enum JournalError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another process holds the data folder; one gateway writes to one folder.
    case inUse(folder: String)
    /// The folder or the database file could not be created or opened.
    case cannotOpen(path: String, reason: String)
    /// The database was written by a newer program.
    case newerSchema(found: String, known: String)
    /// A start-up check failed: what was asked, what was found.
    case unsound(check: String, found: String)
    /// More changes are waiting than the limit allows; nothing was changed, ask again later.
    case busy(limit: Int)
    /// The disk or the database refuses writes at present; nothing that was acknowledged is lost.
    case unavailable(reason: String)
    /// The journal was closed.
    case closed

    package var description: String {
        switch self {
        case .inUse(let folder): "the data folder \(folder) is in use by another gateway"
        case .cannotOpen(let path, let reason): "cannot open \(path): \(reason)"
        case .newerSchema(let found, let known):
            "the database has schema \(found), this program knows up to \(known): use the newer program"
        case .unsound(let check, let found): "start-up check \(check) failed: \(found)"
        case .busy(let limit): "more than \(limit) changes are waiting for the disk"
        case .unavailable(let reason): "the store is not available: \(reason)"
        case .closed: "the journal is closed"
        }
    }
}
