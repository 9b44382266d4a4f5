import Synchronization

/// Hands values from the loop to a test, which waits for them. The tests' time limit is the deadline.
final class Mailbox<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        var waiting: [CheckedContinuation<Value, Never>] = []
    }

    private let state = Mutex(State())

    func put(_ value: Value) {
        let receiver: CheckedContinuation<Value, Never>? = state.withLock { state in
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.values.append(value)
            return nil
        }
        receiver?.resume(returning: value)
    }

    /// The oldest value, waited for if there is none.
    func take() async -> Value {
        await withCheckedContinuation { continuation in
            let value: Value? = state.withLock { state in
                guard state.values.isEmpty else { return state.values.removeFirst() }
                state.waiting.append(continuation)
                return nil
            }
            if let value { continuation.resume(returning: value) }
        }
    }

    /// Values that nobody has taken.
    var count: Int { state.withLock { $0.values.count } }
}
