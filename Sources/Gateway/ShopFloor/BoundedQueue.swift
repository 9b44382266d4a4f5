import Crew
import Locking

/// Work that reads much, one piece after the other beside the loops and the writer, and not without end.
final class BoundedQueue: Sendable {
    private let queue: any WorkQueue
    private let limit: Int
    private let waiting = Atomic<Int>(0)

    /// - Parameter limit: pieces that may wait.
    init(label: String, limit: Int, crew: any Crew) {
        queue = crew.queue(label)
        self.limit = limit
    }

    /// Hands work over.
    ///
    /// - Throws: `busy` when too much waits; nothing was done then.
    func run(_ work: @escaping @Sendable () -> Void) throws(Refusal) {
        guard waiting.add(1, ordering: .relaxed).newValue <= limit else {
            waiting.subtract(1, ordering: .relaxed)
            var refusal = Refusal(.busy, "more than \(limit) questions are waiting; nothing was done")
            refusal.retryAfterMilliseconds = 200
            throw refusal
        }
        queue.async { [self] in
            work()
            waiting.subtract(1, ordering: .relaxed)
        }
    }
}
