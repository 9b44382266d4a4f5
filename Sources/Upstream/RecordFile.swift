import Glibc

/// What a file of records has to offer; a protocol so that tests can make each call fail.
protocol RecordFile: Sendable {
    func sizeBytes() throws(FileFault) -> Int64
    func read(at offset: Int64, count: Int) throws(FileFault) -> [UInt8]
    func write(_ bytes: [UInt8], at offset: Int64) throws(FileFault)
    func truncate(to sizeBytes: Int64) throws(FileFault)
    /// Returns when the disk has everything that was written.
    func synchronize() throws(FileFault)
}

/// A call that failed, with the system's reason.
struct FileFault: Error, Hashable, Sendable {
    enum Operation: String, Sendable {
        case open, lock, inspect, read, write, truncate, synchronize, rename
    }

    let operation: Operation
    let errorNumber: Int32

    init(_ operation: Operation, errorNumber: Int32 = errno) {
        self.operation = operation
        self.errorNumber = errorNumber
    }

    var reason: String {
        "\(operation.rawValue) failed: \(String(cString: strerror(errorNumber)))"
    }
}

/// A regular file on disk, locked against a second writer.
final class DiskRecordFile: RecordFile {
    private let descriptor: Int32

    /// Opens the file, readable by its owner only when it is made; its name is on the disk too when this returns.
    init(path: String) throws(NDJSONUpstreamError) {
        descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw NDJSONUpstreamError(path, FileFault(.open)) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw NDJSONUpstreamError(path, FileFault(.inspect)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegularFile(path: path) }
        try lock(path)
        try synchronizeFolder(of: path)
    }

    /// Opens a finished file, which nobody writes any more.
    init(reading path: String) throws(NDJSONUpstreamError) {
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw NDJSONUpstreamError(path, FileFault(.open)) }
    }

    /// A gateway that was killed a moment ago may still be on its way out, and a child that is being started holds a copy of
    /// every descriptor for an instant: neither is another writer.
    private func lock(_ path: String) throws(NDJSONUpstreamError) {
        for _ in 0..<Self.lockAttempts {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
            guard errno == EWOULDBLOCK else { throw NDJSONUpstreamError(path, FileFault(.lock)) }
            usleep(Self.lockPauseMicroseconds)
        }
        throw .inUse(path: path)
    }

    private static let lockAttempts = 20
    private static let lockPauseMicroseconds: UInt32 = 10_000

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    private func synchronizeFolder(of path: String) throws(NDJSONUpstreamError) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let folderDescriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folderDescriptor >= 0 else { throw NDJSONUpstreamError(folder, FileFault(.open)) }
        defer { close(folderDescriptor) }
        guard fsync(folderDescriptor) == 0 else { throw NDJSONUpstreamError(folder, FileFault(.synchronize)) }
    }

    func sizeBytes() throws(FileFault) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFault(.inspect) }
        return Int64(status.st_size)
    }

    func read(at offset: Int64, count: Int) throws(FileFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress?.advanced(by: filled), count - filled, off_t(offset) + off_t(filled))
            }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { throw FileFault(.read, errorNumber: got == 0 ? EIO : errno) }
            filled += got
        }
        return bytes
    }

    func write(_ bytes: [UInt8], at offset: Int64) throws(FileFault) {
        var written = 0
        while written < bytes.count {
            let put = bytes.withUnsafeBytes {
                pwrite(
                    descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written,
                    off_t(offset) + off_t(written))
            }
            if put < 0 && errno == EINTR { continue }
            guard put > 0 else { throw FileFault(.write, errorNumber: put == 0 ? ENOSPC : errno) }
            written += put
        }
    }

    func truncate(to sizeBytes: Int64) throws(FileFault) {
        guard ftruncate(descriptor, off_t(sizeBytes)) == 0 else { throw FileFault(.truncate) }
    }

    func synchronize() throws(FileFault) {
        guard fsync(descriptor) == 0 else { throw FileFault(.synchronize) }
    }
}
