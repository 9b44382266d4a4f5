import Glibc
import Retail

/// Receipts that were acknowledged, one key a line, for whoever checks them against the gateway.
final class KeyFile: Sendable {
    /// The file cannot be written.
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let reason: String

        var description: String { "\(path) cannot be written: \(reason)" }
    }

    private let path: String
    private let descriptor: Int32

    /// Opens a file, making it when it is not there; what is in it stays.
    init(path: String) throws(Failure) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Failure(path: path, reason: String(cString: strerror(errno))) }
    }

    deinit { close(descriptor) }

    /// Adds a key, a whole line at once.
    ///
    /// - Throws: when the line is not in the file whole; a reader must not take what is there for everything.
    func add(_ key: ReceiptKey) throws(Failure) {
        var line = key.text + "\n"
        let (written, code) = line.withUTF8 { bytes in
            let written = write(descriptor, bytes.baseAddress, bytes.count)
            return (written == bytes.count, written < 0 ? errno : ENOSPC)
        }
        guard written else { throw Failure(path: path, reason: String(cString: strerror(code))) }
    }
}
