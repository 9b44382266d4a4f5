import Dispatch
import Locking

/// Tells a worker that there may be something to do.
package final class Waker: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    /// One look answers all the calls that came before it.
    private let isCalled = Atomic<Bool>(false)
    private let listener: (@Sendable () -> Void)?

    /// - Parameter listener: hears the calls in a crew without threads; nil: a thread waits for them.
    package init(listener: (@Sendable () -> Void)? = nil) { self.listener = listener }

    /// Calls; from any thread.
    package func wake() {
        if let listener { return listener() }
        if !isCalled.exchange(true, ordering: .acquiringAndReleasing) { semaphore.signal() }
    }

    /// Waits until somebody calls, or has called since the last wait.
    package func wait() {
        semaphore.wait()
        isCalled.store(false, ordering: .sequentiallyConsistent)
    }

    /// Waits until somebody calls or the time is over.
    package func wait(milliseconds: Int) {
        guard semaphore.wait(timeout: .now() + .milliseconds(milliseconds)) == .success else { return }
        isCalled.store(false, ordering: .sequentiallyConsistent)
    }
}
