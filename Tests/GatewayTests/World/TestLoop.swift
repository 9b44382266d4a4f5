import Dispatch
import Gateway
import Locking

/// The loop of a simulated world: work runs on the test's own thread when the test lets it, and timers run in virtual
/// time.
final class TestLoop: SessionExecutor, @unchecked Sendable {
    private struct Timer {
        var due: Int
        var work: () -> Void
    }

    private let clock: VirtualClock
    private let inbox = Mutex<[@Sendable () -> Void]>([])
    private let bell = DispatchSemaphore(value: 0)
    private var timers: [Timer] = []
    /// Work that waits for its time.
    var timerCount: Int { timers.count }
    private var elapsedMilliseconds = 0

    init(clock: VirtualClock) {
        self.clock = clock
    }

    func execute(_ work: @escaping @Sendable () -> Void) {
        inbox.withLock { $0.append(work) }
        bell.signal()
    }

    func after(milliseconds: Int, _ work: @escaping () -> Void) {
        timers.append(Timer(due: elapsedMilliseconds + milliseconds, work: work))
    }

    var milliseconds: Int64 { Int64(elapsedMilliseconds) }

    /// Forgets what has been handed over and was not run: it holds the sessions that hold this loop.
    func end() {
        _ = inbox.withLock { inbox in
            defer { inbox.removeAll() }
            return inbox
        }
        timers.removeAll()
    }

    /// Runs what has been handed over, and what that hands over, until there is nothing more.
    func drain() {
        while true {
            let work = inbox.withLock { inbox in
                defer { inbox.removeAll() }
                return inbox
            }
            if work.isEmpty { return }
            for item in work { item() }
        }
    }

    /// Runs work as it comes until `condition` holds; false when the deadline passes first.
    func run(seconds: Int = 20, until condition: () -> Bool) -> Bool {
        let deadline = DispatchTime.now() + .seconds(seconds)
        while true {
            drain()
            if condition() { return true }
            guard bell.wait(timeout: deadline) == .success else { return condition() }
        }
    }

    /// Lets virtual time pass; timers that fall due run at their moment, in their order.
    func advance(milliseconds: Int) {
        let end = elapsedMilliseconds + milliseconds
        drain()
        while let next = timers.indices.filter({ timers[$0].due <= end }).min(by: { timers[$0].due < timers[$1].due }) {
            let timer = timers.remove(at: next)
            pass(until: timer.due)
            timer.work()
            drain()
        }
        pass(until: end)
    }

    private func pass(until moment: Int) {
        clock.advance(milliseconds: max(0, moment - elapsedMilliseconds))
        elapsedMilliseconds = max(elapsedMilliseconds, moment)
    }
}
