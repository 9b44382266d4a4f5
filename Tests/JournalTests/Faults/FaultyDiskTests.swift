import FaultyDisk
import Foundation
import GRDB
import TestSupport
import Testing

@Suite("The disk that fails when told to")
struct FaultyDiskTests {
    private func database(_ disk: FaultyDisk) throws -> DatabaseQueue {
        let queue = try DatabaseQueue(path: disk.folder.path + "/file.sqlite")
        try queue.inDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "CREATE TABLE number (value INTEGER)")
        }
        return queue
    }

    private func numbers(_ image: TemporaryFolder) throws -> [Int] {
        try DatabaseQueue(path: image.path + "/file.sqlite").read { database in
            try Int.fetchAll(database, sql: "SELECT value FROM number ORDER BY value")
        }
    }

    private func add(_ value: Int, to queue: DatabaseQueue) throws {
        try queue.write { try $0.execute(sql: "INSERT INTO number VALUES (?)", arguments: [value]) }
    }

    private func log(_ image: TemporaryFolder) throws -> Data {
        try Data(contentsOf: URL(filePath: image.path + "/file.sqlite-wal"))
    }

    @Test("loses in a power cut what was not synced, and nothing else")
    func unsynced() throws {
        let disk = try FaultyDisk()
        let queue = try database(disk)
        try add(1, to: queue)
        try queue.inDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        try add(2, to: queue)
        #expect(try numbers(disk.image(.allUnsynced)) == [1])
        #expect(try numbers(disk.image(.nothing)) == [1, 2])
        try queue.inDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        try add(3, to: queue)
        #expect(try numbers(disk.image(.allUnsynced)) == [1, 2, 3])
    }

    @Test("keeps every sector or none of it, as the seed says")
    func sectors() throws {
        let disk = try FaultyDisk()
        let queue = try database(disk)
        try queue.inDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        let before = try log(disk.image(.allUnsynced))
        try add(1, to: queue)
        let after = try log(disk.image(.nothing))
        var images: Set<Data> = []
        for seed in 1...20 as ClosedRange<UInt64> {
            let image = try log(disk.image(.scattered, seed: seed))
            images.insert(image)
            // A sector holds the end of one write and the beginning of the next, each of them there or not.
            let isOldOrNew = image.indices.allSatisfy { place in
                image[place] == after[place] || image[place] == (place < before.count ? before[place] : 0)
            }
            #expect(isOldOrNew, "seed \(seed)")
        }
        #expect(images.count > 5)
    }

    @Test("forgets with a sync that fails, and takes what is written anew")
    func forgotten() throws {
        let disk = try FaultyDisk()
        let queue = try database(disk)
        try add(1, to: queue)
        disk.obey { $0.call == .sync ? .syncForgotten : nil }
        #expect(throws: DatabaseError.self) { try add(2, to: queue) }
        disk.obey(nil)
        #expect(try numbers(disk.image(.nothing)) == [1])
        try add(3, to: queue)
        #expect(try numbers(disk.image(.allUnsynced)) == [1, 3])
    }

    @Test("is full after so many bytes, and fails at the call that is meant")
    func errors() throws {
        let disk = try FaultyDisk()
        let queue = try database(disk)
        disk.limit(space: 100)
        #expect { try add(1, to: queue) } throws: { ($0 as? DatabaseError)?.resultCode == .SQLITE_FULL }
        disk.limit(space: nil)
        try add(2, to: queue)
        disk.obey { $0.call == .write && $0.isLog ? .error(Codes.writeFailed) : nil }
        #expect { try add(3, to: queue) } throws: { ($0 as? DatabaseError)?.extendedResultCode == .SQLITE_IOERR_WRITE }
        disk.obey(nil)
        #expect(try numbers(disk.image(.allUnsynced)) == [2])
    }

    @Test("leaves other folders alone")
    func others() throws {
        let disk = try FaultyDisk()
        disk.obey { _ in .error(Codes.writeFailed) }
        let other = try FaultyDisk()
        try add(1, to: try database(other))
        let folder = try TemporaryFolder()
        let queue = try DatabaseQueue(path: folder.path + "/file.sqlite")
        try queue.inDatabase { try $0.execute(sql: "CREATE TABLE number (value INTEGER)") }
        #expect(disk.steps == 0)
        #expect(other.steps > 0)
    }
}
