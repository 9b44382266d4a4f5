import Glibc
import LineProtocol
import Locking

/// What a simulator tells: one JSON object per line on standard output, for people and for scripts that follow it.
public final class ProgressLines: Sendable {
    private let descriptor: Int32
    private let lock = Mutex<Void>(())

    /// Writes to a file descriptor, standard output unless given otherwise.
    public init(descriptor: Int32 = STDOUT_FILENO) {
        self.descriptor = descriptor
    }

    /// Writes one line at once. The object begins with `{"event":…` and goes on with what `members` writes.
    public func write(_ event: String, _ members: (ByteWriter) -> Void = { _ in }) {
        let writer = ByteWriter()
        writer.beginObject()
        writer.field("event", event)
        members(writer)
        writer.endObject()
        writer.append(byte: 0x0A)
        lock.withLock { _ in writeAll(writer.bytes, to: descriptor) }
    }
}

/// Writes one line to standard error.
public func complain(_ text: String) {
    var line = text + "\n"
    line.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: STDERR_FILENO) }
}

private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
    var rest = bytes
    while !rest.isEmpty {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
}
