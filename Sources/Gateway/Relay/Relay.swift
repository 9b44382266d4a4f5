import Crew
import Journal
import Locking
import Logging
import Retail
import Upstream

/// Hands the outbox to upstream, in order per stream, for as long as it takes: nothing is dropped for age or number.
///
/// ``RelayCourse`` decides what is sent; a ``RelayDriver`` reads, sends and writes down, a worker of its own. Each entry
/// carries an idempotency key: sent twice, it counts once.
final class Relay: @unchecked Sendable {
    /// The pause between two looks when nobody calls; a call comes with every new entry.
    private static let idleMilliseconds: Int64 = 1_000
    /// How long a stop waits for the request that is under way; adapters end within about a second.
    private static let stopSeconds = 10

    private let adapter: any UpstreamAdapter
    private let driver: RelayDriver
    private let waker: Waker
    private let isStopping = Atomic<Bool>(false)
    private let isHurried = Atomic<Bool>(false)
    private let crew: any Crew
    private let employment = Mutex<Employment?>(nil)
    /// There has been a rest since the last step. Touched by the worker only.
    private var hasRested = false

    init(
        journal: Journal, adapter: any UpstreamAdapter, clock: any WallClock, waker: Waker, log: Logger
    ) {
        self.adapter = adapter
        self.waker = waker
        let crew = journal.crew
        self.crew = crew
        // A clock that nobody puts back: pauses must not grow because the time of day was corrected.
        driver = RelayDriver(
            journal: journal, adapter: adapter, clock: clock,
            milliseconds: { crew.milliseconds() }, generator: CrewGenerator(crew), log: log)
    }

    func start() {
        let employed = crew.employ("relay", waker: waker) { [self] in turn() }
        employment.withLock { $0 = employed }
    }

    /// Ends after the request that is under way; what is unsent waits in the journal.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        adapter.stop()
        waker.wake()
        employment.withLock { $0 }?.waitForEnd(seconds: Self.stopSeconds)
    }

    /// Tries at once, whatever pauses there are.
    func hurry() {
        isHurried.store(true, ordering: .relaxed)
        waker.wake()
    }

    /// How it goes.
    var status: RelayStatus { driver.status }

    private func turn() -> Rest {
        if hasRested { driver.lookAgain() }
        hasRested = false
        guard !isStopping.load(ordering: .relaxed) else { return .ended }
        if isHurried.exchange(false, ordering: .relaxed) { driver.hurry() }
        guard let pause = driver.step() else { return .none }
        hasRested = true
        return .milliseconds(Int(min(max(pause, 1), Self.idleMilliseconds)))
    }
}
