import Foundation
import GRDB
import Retail
import TestSupport
import Testing

@testable import Journal

/// A database as an older program has left it, with receipts and an order.
enum OlderJournal {
    /// The numbers of its receipts.
    static let receipts = ["1", "2", "3"]

    /// - Parameter migration: the newest that the older program knew.
    static func folder(upTo migration: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let pool = try DatabasePool(path: folder.path + "/journal.sqlite")
        let migrator = JournalSchema.migrator()
        try migrator.migrate(pool, upTo: migrator.migrations[0])
        try pool.write { database in
            for number in receipts {
                try database.execute(
                    sql: """
                        INSERT INTO receipt (store, till, shift, number, kind, total, received_at, body, answer)
                        VALUES ('S1', 'T01', 1, ?, 'sale', 100, 0, x'7B7D', x'7B7D')
                        """,
                    arguments: [number])
                try database.execute(
                    sql: """
                        INSERT INTO outbox (stream, id, type, receipt, created_at)
                        VALUES ('S1/T01', 'S1/T01/1/' || ?, 'receipt', last_insert_rowid(), 0)
                        """,
                    arguments: [number])
            }
        }
        try migrator.migrate(pool, upTo: migration)
        try pool.close()
        return folder
    }
}

@Suite("A database from an older version")
struct OlderVersionTests {
    @Test("has everything that was in it, and takes more", arguments: JournalSchema.migrator().migrations)
    func migrated(_ migration: String) throws {
        let folder = try OlderJournal.folder(upTo: migration)
        let image = try TemporaryFolder(copyOf: folder.path)
        #expect(Shopping.faults(of: image, acknowledged: OlderJournal.receipts) == [])
        let world = try JournalWorld(folder: folder)
        #expect(world.journal.startReport.schema == JournalSchema.newestMigration)
        let queued = try world.journal.read { try $0.outbox(limit: 10).map(\.id) }
        #expect(queued == OlderJournal.receipts.map { "S1/T01/1/\($0)" })
        try world.journal.perform { _ = try $0.storeReceipt("4") }
        #expect(try world.journal.read { try $0.receiptCount() } == 4)
    }
}
