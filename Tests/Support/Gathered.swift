import Dispatch
import Locking

/// What other threads have said so far; whoever waits is woken by each new word and gives up at a deadline.
package final class Gathered<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    private let bell = DispatchSemaphore(value: 0)

    package init() {}

    package func add(_ element: Element) {
        elements.withLock { $0.append(element) }
        bell.signal()
    }

    package var all: [Element] { elements.withLock { $0 } }

    /// Waits until `condition` holds for what was gathered; false when the deadline passes first.
    package func wait(seconds: Int = 20, until condition: ([Element]) -> Bool) -> Bool {
        let deadline = DispatchTime.now() + .seconds(seconds)
        while !condition(all) {
            guard bell.wait(timeout: deadline) == .success else { return condition(all) }
        }
        return true
    }

    /// Waits for a number of elements.
    package func wait(count: Int, seconds: Int = 20) -> Bool {
        wait(seconds: seconds) { $0.count >= count }
    }
}

/// A door that stays shut until somebody opens it.
package final class Gate: Sendable {
    private let isOpen = Mutex(false)
    private let bell = DispatchSemaphore(value: 0)

    package init() {}

    package func open() {
        isOpen.withLock { $0 = true }
        bell.signal()
    }

    /// Waits at the door; false when it did not open in time.
    @discardableResult
    package func pass(seconds: Int = 20) -> Bool {
        guard !isOpen.withLock({ $0 }) else { return true }
        let passed = bell.wait(timeout: .now() + .seconds(seconds)) == .success
        // The next one in line may pass as well.
        if passed { bell.signal() }
        return passed
    }
}
