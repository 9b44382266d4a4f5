import Dispatch

/// Tells the relay that there may be something to send.
final class RelayWaker: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func wake() { semaphore.signal() }

    /// Waits until somebody wakes the relay or the time is over.
    func wait(milliseconds: Int) {
        _ = semaphore.wait(timeout: .now() + .milliseconds(milliseconds))
        // One look at the outbox answers all the calls that came meanwhile.
        while semaphore.wait(timeout: .now()) == .success {}
    }
}
