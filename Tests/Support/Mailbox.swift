import Locking

/// Hands values from the loop to a test, which waits for them. The tests' time limit is the deadline.
package final class Mailbox<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        var waiting: [CheckedContinuation<Value?, Never>] = []

        mutating func takeWaiting() -> [CheckedContinuation<Value?, Never>] {
            defer { waiting = [] }
            return waiting
        }
    }

    private let state = Mutex(State())

    /// Nothing in it yet.
    package init() {}

    package func put(_ value: Value) {
        let receiver: CheckedContinuation<Value?, Never>? = state.withLock { state in
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.values.append(value)
            return nil
        }
        receiver?.resume(returning: value)
    }

    /// The oldest value, waited for if there is none. Throws when the test has run out of time.
    package func take() async throws -> Value {
        let value = await withTaskCancellationHandler {
            await withCheckedContinuation { wait($0) }
        } onCancel: {
            for receiver in state.withLock({ $0.takeWaiting() }) { receiver.resume(returning: nil) }
        }
        guard let value else { throw CancellationError() }
        return value
    }

    /// Values that nobody has taken.
    package var count: Int { state.withLock { $0.values.count } }

    private func wait(_ continuation: CheckedContinuation<Value?, Never>) {
        let known: Value?? = state.withLock { state in
            if !state.values.isEmpty { return state.values.removeFirst() }
            if Task.isCancelled { return .some(nil) }
            state.waiting.append(continuation)
            return nil
        }
        if let known { continuation.resume(returning: known) }
    }
}
