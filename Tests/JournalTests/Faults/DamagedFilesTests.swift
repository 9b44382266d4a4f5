import Foundation
import GRDB
import TestSupport
import Testing

@testable import Journal

@Suite("Files that somebody has damaged")
struct DamagedFilesTests {
    private static let receipts = 1...30

    /// The folder of a gateway that was killed: all receipts in the log, the database as it was before.
    private func killed() throws -> TemporaryFolder {
        let world = try JournalWorld()
        for number in Self.receipts { try world.journal.perform { _ = try $0.storeReceipt("\(number)") } }
        let image = try TemporaryFolder(copyOf: world.folder.path)
        try? FileManager.default.removeItem(atPath: image.path + "/journal.sqlite-shm")
        try change(image.path + "/journal.sqlite-wal") { log in
            // Behind the receipts lies what the log held before it was carried over: pages with the salt of that time.
            let salt = log[16..<24]
            while log.count > 4_120, log[log.count - 4_120 + 8..<log.count - 4_120 + 16] != salt {
                log.removeLast(4_120)
            }
        }
        return image
    }

    private func change(_ path: String, _ body: (inout Data) -> Void) throws {
        var bytes = try Data(contentsOf: URL(filePath: path))
        body(&bytes)
        try bytes.write(to: URL(filePath: path))
    }

    /// How many of the first receipts are there; nil when others are, too.
    private func kept(_ journal: Journal) throws -> Int? {
        let count = Int(try journal.read { try $0.receiptCount() })
        #expect(try journal.read { try $0.audit(at: JournalWorld.beginning).findings } == [])
        #expect(try journal.quickCheck() == nil)
        let faults = try journal.read { view in
            try (1...max(count, 1)).filter { number in try count > 0 && view.storedReceipt("\(number)") == nil }
        }
        return faults.isEmpty ? count : nil
    }

    @Test(
        "a log that was cut off gives all whole commits before the cut",
        arguments: Array(stride(from: 1, to: 100, by: 7)))
    func truncatedLog(_ percent: Int) throws {
        let image = try killed()
        try change(image.path + "/journal.sqlite-wal") { $0.removeLast($0.count * percent / 100) }
        let world = try JournalWorld(folder: image)
        #expect(!world.journal.startReport.stoppedCleanly || percent > 90)
        let kept = try #require(try kept(world.journal))
        #expect(kept < Self.receipts.count)
        #expect(kept >= Self.receipts.count * (100 - percent) / 100 - 4)
    }

    @Test("a log that was overwritten in the middle gives all whole commits before that", arguments: [10, 40, 75])
    func overwrittenLog(_ percent: Int) throws {
        let image = try killed()
        try change(image.path + "/journal.sqlite-wal") { bytes in
            let middle = bytes.count * percent / 100
            bytes.replaceSubrange(middle..<middle + 100, with: Data(repeating: 0xA5, count: 100))
        }
        let world = try JournalWorld(folder: image)
        let kept = try #require(try kept(world.journal))
        #expect(kept < Self.receipts.count)
        #expect(kept >= Self.receipts.count * percent / 100 - 4)
    }

    @Test("a log that is missing is told, and the database is what it was when the log was last carried over")
    func missingLog() throws {
        let image = try killed()
        try FileManager.default.removeItem(atPath: image.path + "/journal.sqlite-wal")
        let world = try JournalWorld(folder: image)
        #expect(world.journal.startReport.lacksLog)
        #expect(world.journal.startReport.quickChecked)
        #expect(try kept(world.journal) == 0)
        let whole = try JournalWorld(folder: killed())
        #expect(!whole.journal.startReport.lacksLog)
        #expect(try kept(whole.journal) == Self.receipts.count)
        try whole.reopen()
        #expect(!whole.journal.startReport.lacksLog)
    }

    @Test("a log whose database is missing or empty is refused and kept", arguments: [true, false])
    func missingDatabase(_ isEmpty: Bool) throws {
        let image = try killed()
        let path = image.path + "/journal.sqlite"
        let whole = try Data(contentsOf: URL(filePath: path))
        if isEmpty {
            try Data().write(to: URL(filePath: path))
        } else {
            try FileManager.default.removeItem(atPath: path)
        }
        #expect(try refusal(of: image).hasPrefix("start-up check files failed"))
        // Whoever finds the database again has everything.
        try whole.write(to: URL(filePath: path))
        let world = try JournalWorld(folder: image)
        #expect(try kept(world.journal) == Self.receipts.count)
    }

    @Test("a database that was cut off is refused and left as it is", arguments: [1, 30, 60, 99])
    func truncatedDatabase(_ percent: Int) throws {
        let world = try JournalWorld()
        for number in Self.receipts { try world.journal.perform { _ = try $0.storeReceipt("\(number)") } }
        try world.reopen()
        let image = try TemporaryFolder(copyOf: world.folder.path)
        let path = image.path + "/journal.sqlite"
        for rest in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + rest) }
        try change(path) { $0.removeLast($0.count * percent / 100) }
        let cut = try Data(contentsOf: URL(filePath: path))
        #expect(try refusal(of: image) != "")
        #expect(try Data(contentsOf: URL(filePath: path)) == cut)
    }

    @Test("a file that is no database is refused and left as it is")
    func foreignFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/journal.sqlite"
        let text = Data(repeating: UInt8(ascii: "x"), count: 10_000)
        try text.write(to: URL(filePath: path))
        #expect(try refusal(of: folder).contains("journal.sqlite"))
        #expect(try Data(contentsOf: URL(filePath: path)) == text)
    }

    @Test("a database of another program is refused and gets no tables")
    func foreignDatabase() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/journal.sqlite"
        try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE song (title TEXT)") }
        #expect(try refusal(of: folder).hasPrefix("start-up check tables failed"))
        let tables = try DatabaseQueue(path: path).read {
            try String.fetchAll($0, sql: "SELECT name FROM sqlite_master")
        }
        #expect(tables == ["song"])
    }

    private func refusal(of folder: TemporaryFolder) throws -> String {
        do {
            try Journal.open(folder: folder.path).close()
            Issue.record("it was opened")
            return ""
        } catch {
            return error.description
        }
    }
}

extension JournalView {
    /// A receipt of the first till.
    func storedReceipt(_ number: String) throws -> StoredReceipt? {
        try receipt(.init(store: "S1", till: "T01", shift: 1, number: number))
    }
}
