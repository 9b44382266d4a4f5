import Dispatch
import Locking

/// Hands values from the loops to the test, which waits with a deadline.
final class Mailbox<Value: Sendable>: Sendable {
    struct TimedOut: Error {}

    private let values = Mutex<[Value]>([])
    private let arrived = DispatchSemaphore(value: 0)

    func put(_ value: Value) {
        values.withLock { $0.append(value) }
        arrived.signal()
    }

    /// The oldest value, waited for if there is none.
    func take(withinMilliseconds deadline: Int = 5_000) throws -> Value {
        guard arrived.wait(timeout: .now() + .milliseconds(deadline)) == .success else { throw TimedOut() }
        return values.withLock { $0.removeFirst() }
    }

    var count: Int { values.withLock { $0.count } }
}
