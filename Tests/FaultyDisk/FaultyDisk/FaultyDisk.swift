import CFaultyDisk
import Foundation
import Locking
import TestSupport

/// A folder on a disk that fails as a test wants it to, under every SQLite connection of this process.
///
/// It keeps account of what was synced: ``image(_:seed:)`` is the folder as a power cut at this moment would leave it.
/// Names of files outlive the cut: SQLite syncs the folder with the first sync of a log.
/// Files that SQLite does not open lie on the machine's own disk and never fail.
package final class FaultyDisk: Sendable {
    /// What SQLite asks of the disk.
    package enum Call: Sendable {
        case open, write, sync, truncate, delete, lock
    }

    /// One call that is about to be made.
    package struct Step: Sendable {
        /// Counted from 1 over all writes, syncs, truncations and deletions; openings and locks have the number of the
        /// next one.
        package let number: Int
        package let call: Call
        /// The file's name without its folder, for example `journal.sqlite-wal`.
        package let file: String

        package var isLog: Bool { file.hasSuffix("-wal") }
    }

    /// How a call goes wrong.
    package enum Fault: Sendable {
        /// Nothing happens, and SQLite is told this code.
        case error(Int32)
        /// Some bytes of a write arrive before the disk refuses.
        case shortWrite(bytes: Int, Int32)
        /// A sync fails, and the cache goes on showing what it will never write again.
        case syncForgotten
        /// A sync fails, and what was not synced is gone from the cache, too.
        case syncReverted
    }

    package typealias Rule = @Sendable (Step) -> Fault?

    fileprivate struct State {
        var shadows: [String: DiskShadow] = [:]
        var rule: Rule?
        var steps = 0
        var space: Int?
    }

    package let folder: TemporaryFolder
    private let state = Mutex(State())

    /// A disk with a folder on it, as it stands.
    package init(folder: TemporaryFolder) throws {
        try DiskWatch.install()
        self.folder = folder
        let path = folder.path
        let files = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.contains(".sqlite") }
        state.withLock { state in
            // The index of a log is memory, although it has a file.
            for file in files where !file.hasSuffix("-shm") {
                state.shadows[file] = DiskShadow(durable: Self.content(of: path + "/" + file))
            }
        }
        DiskWatch.watch(self)
    }

    /// From now on the random numbers of SQLite in this process follow from the seed, and its clock stands still.
    package static func foresee(seed: UInt64) throws {
        try DiskWatch.install()
        faulty_disk_foresee(seed)
    }

    /// A disk with an empty folder.
    package convenience init() throws { try self.init(folder: TemporaryFolder()) }

    deinit { DiskWatch.unwatch(folder.path) }

    // MARK: What a test wants

    /// Asked before each call; nil lets it go on. It runs on SQLite's thread and may take an image.
    package func obey(_ rule: Rule?) { state.withLock { $0.rule = rule } }

    /// Files may grow by so many bytes altogether, then the disk is full; nil: without end.
    package func limit(space: Int?) { state.withLock { $0.space = space } }

    /// Everything that would change the disk is refused as a read-only file system does.
    package func beReadOnly() {
        obey { step in
            switch step.call {
            case .open: .error(Codes.readOnly)
            case .lock: nil
            default: .error(Codes.writeFailed)
            }
        }
    }

    /// Nothing finds room any more, not even in the place of what was there.
    package func beFull() { obey { $0.call == .write ? .error(Codes.full) : nil } }

    /// Calls that were made so far.
    package var steps: Int { state.withLock { $0.steps } }

    /// What is on the disk and in the cache at this moment.
    package func snapshot() -> DiskSnapshot { DiskSnapshot(shadows: state.withLock { $0.shadows }) }

    /// The folder as a power cut at this moment leaves it.
    package func image(_ loss: PowerLoss, seed: UInt64 = 0) throws -> TemporaryFolder {
        try snapshot().image(loss, seed: seed)
    }

    /// Another folder on the disk as a process that is killed leaves it: programs see everything that was written, and the
    /// disk holds no more of it than before.
    package func afterKill() throws -> FaultyDisk {
        let copy = try TemporaryFolder()
        let shadows = state.withLock { $0.shadows }
        for file in shadows.keys {
            try FileManager.default.copyItem(atPath: folder.path + "/" + file, toPath: copy.path + "/" + file)
        }
        let disk = try FaultyDisk(folder: copy)
        disk.state.withLock { $0.shadows = shadows }
        return disk
    }

    // MARK: SQLite's side

    /// Decides about a call and keeps account of it.
    func judge(_ call: Call, path: String, bytes: [UInt8], offset: Int) -> (code: Int32, bytesWritten: Int) {
        let file = String(path.dropFirst(folder.path.count + 1))
        let (rule, step) = state.withLock { state in
            if call != .open, call != .lock { state.steps += 1 }
            let number = call == .open || call == .lock ? state.steps + 1 : state.steps
            return (state.rule, Step(number: number, call: call, file: file))
        }
        // Without the lock: the rule may look at the disk.
        let fault = rule?(step)
        return state.withLock { state in
            if state.shadows[file] == nil, call != .delete {
                state.shadows[file] = DiskShadow(durable: Self.content(of: path))
            }
            if let fault { return state.fail(fault, file, path, bytes, offset) }
            return state.allow(call, file, bytes, offset)
        }
    }

    private static func content(of path: String) -> [UInt8] {
        FileManager.default.contents(atPath: path).map(Array.init) ?? []
    }
}

extension FaultyDisk.State {
    fileprivate mutating func allow(
        _ call: FaultyDisk.Call, _ file: String, _ bytes: [UInt8], _ offset: Int
    ) -> (code: Int32, bytesWritten: Int) {
        switch call {
        case .open, .lock: break
        case .delete: shadows[file] = nil
        case .sync: shadows[file]?.sync()
        case .truncate: shadows[file]?.truncate(to: offset, place: steps)
        case .write:
            let growth = max(0, offset + bytes.count - (shadows[file]?.visibleSize ?? 0))
            if growth > 0, let left = space {
                guard growth <= left else { return (Codes.full, 0) }
                space = left - growth
            }
            shadows[file]?.write(bytes, at: offset, place: steps)
        }
        return (Codes.ok, bytes.count)
    }

    fileprivate mutating func fail(
        _ fault: FaultyDisk.Fault, _ file: String, _ path: String, _ bytes: [UInt8], _ offset: Int
    ) -> (code: Int32, bytesWritten: Int) {
        switch fault {
        case .error(let code): return (code, 0)
        case .shortWrite(let count, let code):
            let written = Array(bytes.prefix(count))
            shadows[file]?.write(written, at: offset, place: steps)
            return (code, written.count)
        case .syncForgotten:
            shadows[file]?.forgetUnsynced()
            return (Codes.syncFailed, 0)
        case .syncReverted:
            shadows[file]?.revert()
            if let durable = shadows[file]?.durable { FileContent.replace(path, with: durable) }
            return (Codes.syncFailed, 0)
        }
    }
}

/// SQLite's codes that tests speak of.
package enum Codes {
    package static let ok = SQLITE_OK
    package static let full = SQLITE_FULL
    package static let readOnly = SQLITE_READONLY
    package static let busy = SQLITE_BUSY
    /// `SQLITE_IOERR_WRITE`.
    package static let writeFailed: Int32 = SQLITE_IOERR | 3 << 8
    /// `SQLITE_IOERR_FSYNC`.
    package static let syncFailed: Int32 = SQLITE_IOERR | 4 << 8
    /// `SQLITE_IOERR_TRUNCATE`.
    package static let truncateFailed: Int32 = SQLITE_IOERR | 6 << 8
    /// `SQLITE_IOERR_SHMLOCK`.
    package static let lockFailed: Int32 = SQLITE_IOERR | 20 << 8
}
