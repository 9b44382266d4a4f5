import GRDB
import Locking

/// Read-only connections for the short questions that a loop asks: used directly, because a question of a few pages
/// costs less than what a general library does around it.
final class QuickReaders: Sendable {
    /// A connection that nobody but its holder uses.
    private struct Reader: @unchecked Sendable {
        let view: JournalView
        /// Keeps the connection open; nobody asks it anything.
        let queue: DatabaseQueue
    }

    private struct Shelf {
        var idle: [Reader] = []
        var opened = 0
    }

    private let path: String
    private let shelf = Mutex(Shelf())

    init(path: String) {
        self.path = path
    }

    /// Runs a question on a connection, seeing everything that was committed when it began.
    ///
    /// - Returns: nil when every connection is at work: the caller asks elsewhere.
    func read<Value>(_ body: (JournalView) throws -> Value) throws -> Value? {
        guard let reader = try take() else { return nil }
        defer { shelf.withLock { $0.idle.append(reader) } }
        try reader.view.statement("BEGIN").run()
        // Nothing was written, so it does not matter how the transaction ends; the next one must be able to begin.
        defer { try? reader.view.statement("ROLLBACK").run() }
        return try body(reader.view)
    }

    private func take() throws -> Reader? {
        let (known, mayOpen) = shelf.withLock { shelf in
            if let known = shelf.idle.popLast() { return (known as Reader?, false) }
            guard shelf.opened < JournalLimits.quickReadersMaximum else { return (nil, false) }
            shelf.opened += 1
            return (nil, true)
        }
        guard mayOpen else { return known }
        do {
            var configuration = Configuration()
            configuration.label = "look-ups"
            configuration.readonly = true
            configuration.busyMode = .timeout(Double(JournalLimits.busyMilliseconds) / 1_000)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            return Reader(view: try queue.unsafeRead { try JournalView($0) }, queue: queue)
        } catch {
            shelf.withLock { $0.opened -= 1 }
            throw error
        }
    }

    /// Closes the connections; no read is under way.
    func removeAll() {
        shelf.withLock { $0 = Shelf() }
    }
}
