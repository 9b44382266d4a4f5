import GRDB
import TestSupport
import Testing

@testable import Journal

@Suite("A journal from before streams were counted")
struct RelayMigrationTests {
    @Test("counts what is unsent of each, and goes on counting")
    func counts() throws {
        let folder = try TemporaryFolder()
        let pool = try DatabasePool(path: folder.path + "/journal.sqlite")
        try JournalSchema.migrator().migrate(pool, upTo: "0009-order-promises")
        try pool.write { database in
            for (id, stream) in [("1", "S1/T01"), ("2", "S1/T02"), ("3", "S1/T01")] {
                try database.execute(
                    sql: "INSERT INTO outbox (stream, id, type, body, created_at) VALUES (?, ?, 'visit', x'7B7D', 0)",
                    arguments: [stream, id])
            }
        }
        try pool.close()
        let world = try JournalWorld(folder: folder)
        #expect(try world.journal.read { try $0.backlog(stream: "S1/T01").unsent } == 2)
        let first = try #require(try world.journal.read { try $0.outbox(limit: 1) }.first)
        try world.journal.perform { try $0.confirm(outbox: first.sequence) }
        #expect(try world.journal.read { try $0.backlog(stream: "S1/T01").unsent } == 1)
        #expect(try world.journal.read { try $0.backlog().unsent } == 2)
        #expect(try world.journal.read { try $0.audit(at: JournalWorld.beginning) }.findings == [])
    }
}
