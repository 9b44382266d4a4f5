import Dispatch

/// Tells a thread that there may be something to do.
final class Waker: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func wake() { semaphore.signal() }

    /// Waits until somebody calls or the time is over.
    func wait(milliseconds: Int) {
        _ = semaphore.wait(timeout: .now() + .milliseconds(milliseconds))
        // One look answers all the calls that came meanwhile.
        while semaphore.wait(timeout: .now()) == .success {}
    }
}
