import CFaultyDisk
import Glibc
import Locking

/// Who watches which folder; SQLite has one layer for the whole process.
enum DiskWatch {
    struct NotInstalled: Error { var code: Int32 }

    private struct Weak: Sendable {
        weak let disk: FaultyDisk?
    }

    private static let disks = Mutex<[String: Weak]>([:])

    /// Puts the layer under SQLite, once.
    static func install() throws {
        let code = installation
        guard code == SQLITE_OK else { throw NotInstalled(code: code) }
    }

    static func watch(_ disk: FaultyDisk) { disks.withLock { $0[disk.folder.path] = Weak(disk: disk) } }

    static func unwatch(_ folder: String) { _ = disks.withLock { $0.removeValue(forKey: folder) } }

    private static func disk(of path: String) -> FaultyDisk? {
        guard let slash = path.lastIndex(of: "/") else { return nil }
        return disks.withLock { $0[String(path[..<slash])] }?.disk
    }

    private static let installation: Int32 = faulty_disk_install(
        faulty_callbacks(
            watcher: { path in
                guard let path, let disk = DiskWatch.disk(of: String(cString: path)) else { return nil }
                return Unmanaged.passRetained(disk).toOpaque()
            },
            judge: { watcher, call in
                guard let watcher, let call = call?.pointee else { return faulty_verdict() }
                let disk = Unmanaged<FaultyDisk>.fromOpaque(watcher).takeUnretainedValue()
                let kind = DiskWatch.calls[Int(call.kind.rawValue)]
                let bytes = UnsafeRawBufferPointer(start: call.bytes, count: call.bytes == nil ? 0 : Int(call.count))
                let verdict = disk.judge(
                    kind, path: String(cString: call.path), bytes: Array(bytes), offset: Int(call.offset))
                return faulty_verdict(code: verdict.code, bytes_written: Int32(verdict.bytesWritten))
            },
            release: { watcher in
                if let watcher { Unmanaged<FaultyDisk>.fromOpaque(watcher).release() }
            }))

    /// In the order of the layer's kinds.
    private static let calls: [FaultyDisk.Call] = [.open, .write, .sync, .truncate, .delete, .lock]
}

/// Writes files behind SQLite's back, as a cache does that is read anew.
enum FileContent {
    static func replace(_ path: String, with bytes: [UInt8]) {
        let file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        bytes.withUnsafeBytes { content in
            if let start = content.baseAddress { _ = pwrite(file, start, content.count, 0) }
        }
        _ = ftruncate(file, off_t(bytes.count))
    }
}
