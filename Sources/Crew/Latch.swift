import Dispatch
import Locking

/// Opens once; whoever may block can wait for it.
package final class Latch: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let isOpenNow = Atomic<Bool>(false)
    private let passTime: (@Sendable (Latch, _ seconds: Int?) -> Void)?

    /// - Parameter passTime: does others' work until the latch is open, the seconds are over or nobody will ever open it,
    ///   in a crew without threads; nil: the thread stands still.
    package init(passTime: (@Sendable (Latch, _ seconds: Int?) -> Void)? = nil) { self.passTime = passTime }

    package var isOpen: Bool { isOpenNow.load(ordering: .acquiring) }

    /// Lets go whoever waits; from any thread.
    package func open() {
        isOpenNow.store(true, ordering: .releasing)
        semaphore.signal()
    }

    /// Waits until it is open; in a simulated world also ends with that world.
    package func wait() {
        if let passTime { return passTime(self, nil) }
        semaphore.wait()
        // For the next one who waits.
        semaphore.signal()
    }

    /// Waits until it is open, for so long at most; whether it is.
    package func wait(seconds: Int) -> Bool {
        if let passTime {
            passTime(self, seconds)
            return isOpen
        }
        guard semaphore.wait(timeout: .now() + .seconds(seconds)) == .success else { return false }
        semaphore.signal()
        return true
    }
}
