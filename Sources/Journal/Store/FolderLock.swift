import Glibc

/// Holds the data folder for this process: a second gateway on the same folder would be a second writer.
final class FolderLock: @unchecked Sendable {
    private let descriptor: Int32
    /// Whether other users may look into the folder: it is one of theirs, and stays as it is.
    let isOpenToOthers: Bool

    init(folder: String) throws(JournalError) {
        if mkdir(folder, 0o700) != 0, errno != EEXIST {
            throw .cannotOpen(path: folder, reason: String(cString: strerror(errno)))
        }
        isOpenToOthers = !Self.closeToOthers(folder)
        let path = folder + "/lock"
        let opened = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
        guard Self.lock(opened) else {
            Glibc.close(opened)
            throw .inUse(folder: folder)
        }
        descriptor = opened
    }

    /// A folder that was there already, made by hand perhaps, is closed to everybody but its owner: customers are in it.
    /// One that belongs to another user stays as it is; the files in it are nobody else's all the same.
    ///
    /// - Returns: whether it is closed now.
    private static func closeToOthers(_ folder: String) -> Bool {
        var status = stat()
        guard stat(folder, &status) == 0, status.st_mode & (S_IRWXG | S_IRWXO) != 0 else { return true }
        return chmod(folder, S_IRWXU) == 0
    }

    /// A gateway that was killed a moment ago may still be on its way out, and a child that is being started holds a copy of
    /// every descriptor for an instant: neither is another gateway.
    private static func lock(_ descriptor: Int32) -> Bool {
        for _ in 0..<attempts {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(pauseMicroseconds)
        }
        return false
    }

    private static let attempts = 20
    private static let pauseMicroseconds: UInt32 = 10_000

    /// The kernel releases the lock with the descriptor, so a killed process leaves nothing behind.
    func release() { flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}
