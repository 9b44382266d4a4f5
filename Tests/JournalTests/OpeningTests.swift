import Foundation
import GRDB
import Retail
import TestSupport
import Testing

@testable import Journal

@Suite("Opening the journal")
struct OpeningTests {
    private func database(_ folder: TemporaryFolder) throws -> DatabaseQueue {
        try DatabaseQueue(path: folder.path + "/journal.sqlite")
    }

    @Test("a new one needs no check, one that was closed neither")
    func clean() throws {
        let world = try JournalWorld()
        #expect(world.journal.startReport.stoppedCleanly)
        #expect(!world.journal.startReport.quickChecked)
        #expect(world.journal.startReport.schema == JournalSchema.newestMigration)
        #expect(world.journal.startReport.sqliteVersion.hasPrefix("3."))
        try world.journal.perform { _ = try $0.storeReceipt("1") }
        try world.reopen()
        #expect(world.journal.startReport.stoppedCleanly)
        #expect(!world.journal.startReport.quickChecked)
        #expect(try world.journal.read { try $0.receiptCount() } == 1)
    }

    @Test("one that was not closed is checked, and has everything that was acknowledged")
    func unclean() throws {
        let world = try JournalWorld()
        for number in 1...20 { try world.journal.perform { _ = try $0.storeReceipt("\(number)") } }
        let image = try TemporaryFolder(copyOf: world.folder.path)
        let revived = try JournalWorld(folder: image)
        #expect(!revived.journal.startReport.stoppedCleanly)
        #expect(revived.journal.startReport.quickChecked)
        #expect(try revived.journal.read { try $0.receiptCount() } == 20)
    }

    @Test("one that is checked beside the work is sound, or the first fault is named")
    func besideWork() throws {
        let world = try JournalWorld()
        try world.journal.perform { transaction in
            for number in 1...200 { try transaction.storeReceipt("\(number)") }
        }
        #expect(try world.journal.quickCheck() == nil)
        let image = try TemporaryFolder(copyOf: world.folder.path)
        try database(image).inDatabase { _ = try $0.checkpoint(.truncate) }
        let revived = try JournalWorld(folder: image)
        let path = image.path + "/journal.sqlite"
        let size = try Data(contentsOf: URL(filePath: path)).count
        let file = try FileHandle(forUpdating: URL(filePath: path))
        for page in (size / 8_192)..<(size / 4_096) {
            try file.seek(toOffset: UInt64(page * 4_096))
            try file.write(contentsOf: Data(count: 64))
        }
        try file.close()
        #expect(try revived.journal.quickCheck() != nil)
    }

    @Test("a damaged one is refused with what was found")
    func damaged() throws {
        let world = try JournalWorld()
        try world.journal.perform { transaction in
            for number in 1...200 { try transaction.storeReceipt("\(number)") }
        }
        let image = try TemporaryFolder(copyOf: world.folder.path)
        let path = image.path + "/journal.sqlite"
        // Into one file, without the note of a clean stop.
        try database(image).inDatabase { _ = try $0.checkpoint(.truncate) }
        var bytes = try Data(contentsOf: URL(filePath: path))
        let pages = bytes.count / 4_096
        for page in (pages / 2)..<pages {
            bytes.replaceSubrange(page * 4_096..<page * 4_096 + 64, with: Data(count: 64))
        }
        try bytes.write(to: URL(filePath: path))
        for rest in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + rest) }
        do {
            _ = try Journal.open(folder: image.path)
            Issue.record("it was opened")
        } catch {
            switch error {
            case .unsound(let check, _): #expect(check == "quick_check")
            case .cannotOpen: break
            default: Issue.record("\(error)")
            }
        }
    }

    @Test("writes are synchronous to the disk: FULL, in WAL mode")
    func synchronous() throws {
        let world = try JournalWorld()
        let settings = try world.journal.perform { transaction in
            try [transaction.setting("PRAGMA synchronous"), transaction.setting("PRAGMA journal_mode")]
        }
        #expect(settings == ["2", "wal"])
    }

    @Test("what a change may have to take back is kept in memory, not in a file")
    func savepointsInMemory() throws {
        let world = try JournalWorld()
        #expect(try world.journal.perform { try $0.setting("PRAGMA temp_store") } == "2")
    }

    @Test("a second one on the same folder is refused while the first is open")
    func lock() throws {
        let world = try JournalWorld()
        #expect(throws: JournalError.inUse(folder: world.folder.path)) {
            try Journal.open(folder: world.folder.path)
        }
        try world.journal.perform { _ = try $0.storeReceipt("1") }
        try world.reopen()
        #expect(try world.journal.read { try $0.receiptCount() } == 1)
    }

    @Test("one that a newer program has written is refused rather than guessed at")
    func newer() throws {
        let folder = try TemporaryFolder()
        try Journal.open(folder: folder.path).close()
        try database(folder).write { database in
            try database.execute(sql: "INSERT INTO grdb_migrations VALUES ('0099-tomorrow')")
        }
        do {
            _ = try Journal.open(folder: folder.path)
            Issue.record("it was opened")
        } catch {
            guard case .newerSchema(let found, let known) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(found == "0099-tomorrow")
            #expect(known == JournalSchema.newestMigration)
        }
    }

    @Test("a folder that cannot be made is named in the error")
    func noFolder() throws {
        #expect {
            try Journal.open(folder: "/proc/nowhere")
        } throws: { error in
            if case .cannotOpen(let path, _)? = error as? JournalError { path == "/proc/nowhere" } else { false }
        }
    }

    @Test("after closing, changes and reads are refused")
    func closed() throws {
        let folder = try TemporaryFolder()
        let journal = try Journal.open(folder: folder.path)
        journal.close()
        journal.close()
        #expect(throws: JournalError.closed) { try journal.perform { _ in } }
        #expect(throws: JournalError.closed) { try journal.read { _ in } }
    }
}
