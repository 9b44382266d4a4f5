import Dispatch
import Locking

/// Counts the reads that are under way, so that the database is closed under none of them.
final class ReadGate: Sendable {
    private struct State {
        var reading = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let lastLeft = DispatchSemaphore(value: 0)

    /// Lets a read in; false once the gate is closed.
    func enter() -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.reading += 1
            return true
        }
    }

    func leave() {
        let isLast = state.withLock { state in
            state.reading -= 1
            return state.isClosed && state.reading == 0
        }
        if isLast { lastLeft.signal() }
    }

    /// Lets nobody in any more and returns when the last read has left.
    func close() {
        let mustWait = state.withLock { state in
            state.isClosed = true
            return state.reading > 0
        }
        if mustWait { lastLeft.wait() }
    }
}
