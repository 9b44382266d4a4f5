import Crew
import Gateway

/// Threads, queues, timers, ticks and dice of one process in a simulated world.
final class SimulatedCrew: Crew, @unchecked Sendable {
    private let agenda: Agenda
    private let life: Life
    private var dice: Dice
    /// What wakes whom, by the waker's place.
    fileprivate var bells: [ObjectIdentifier: Bell] = [:]
    /// Timers of this machine come so many times later than they were asked for.
    private let slowness: Int64

    init(_ agenda: Agenda, _ life: Life, dice: Dice, slowness: Int64) {
        self.agenda = agenda
        self.life = life
        self.dice = dice
        self.slowness = slowness
    }

    func queue(_ name: String, isConcurrent: Bool) -> any WorkQueue {
        SimulatedQueue(agenda: agenda, lane: agenda.lane(name, life, mayBlock: true), isConcurrent: isConcurrent)
    }

    func begin(_ name: String, _ work: @escaping @Sendable () -> Void) {
        agenda.add(agenda.lane(name, life, mayBlock: true), work)
    }

    func waker() -> Waker {
        let bell = Bell()
        let waker = Waker { bell.ring() }
        bells[ObjectIdentifier(waker)] = bell
        bell.waker = waker
        return waker
    }

    func latch() -> Latch {
        Latch { [agenda, life] latch, seconds in
            let end = seconds.map { agenda.now + Int64($0) * 1_000 } ?? .max
            agenda.pass(life) { latch.isOpen || agenda.now >= end }
        }
    }

    func employ(_ name: String, waker: Waker, step: @escaping @Sendable () -> Rest) -> Employment {
        let worker = SimulatedWorker(agenda, agenda.lane(name, life, mayBlock: true), ended: latch(), step: step)
        bells[ObjectIdentifier(waker)]?.worker = worker
        worker.call()
        return Employment(ended: worker.ended)
    }

    func timeKeeper() -> any TimeKeeper {
        SimulatedTimeKeeper(agenda, agenda.lane("time", life, mayBlock: true), slowness: slowness)
    }

    /// There is only one thread.
    func giveWay() {}

    func milliseconds() -> Int64 { agenda.now }

    func random() -> UInt64 { dice.word() }
}

/// Hears a waker's calls. It keeps the waker, whose address is its name.
private final class Bell: @unchecked Sendable {
    var worker: SimulatedWorker?
    var waker: Waker?

    func ring() { worker?.call() }

    func dismiss() {
        worker = nil
        waker = nil
    }
}

private final class SimulatedWorker: @unchecked Sendable {
    let ended: Latch
    private let agenda: Agenda
    private let lane: Lane
    private let step: @Sendable () -> Rest
    private var isScheduled = false
    private var isAtWork = false
    /// Somebody called in the middle of a step.
    private var isCalled = false
    private var hasEnded = false
    private var rests = 0

    init(_ agenda: Agenda, _ lane: Lane, ended: Latch, step: @escaping @Sendable () -> Rest) {
        self.agenda = agenda
        self.lane = lane
        self.ended = ended
        self.step = step
    }

    func call() {
        if isAtWork { isCalled = true } else { schedule() }
    }

    private func schedule() {
        guard !isScheduled, !hasEnded else { return }
        isScheduled = true
        agenda.add(lane) { [self] in work() }
    }

    private func work() {
        isScheduled = false
        isAtWork = true
        let rest = step()
        isAtWork = false
        rests += 1
        let wasCalled = isCalled
        isCalled = false
        switch rest {
        case .ended:
            hasEnded = true
            ended.open()
        case .none: schedule()
        case .untilCalled: if wasCalled { schedule() }
        case .milliseconds(let pause):
            if wasCalled { return schedule() }
            let begun = rests
            agenda.after(Int64(pause), lane) { [self] in if rests == begun, !hasEnded, !isScheduled { work() } }
        }
    }
}

private final class SimulatedQueue: WorkQueue, @unchecked Sendable {
    private let agenda: Agenda
    private let lane: Lane
    private let isConcurrent: Bool

    init(agenda: Agenda, lane: Lane, isConcurrent: Bool) {
        self.agenda = agenda
        self.lane = lane
        self.isConcurrent = isConcurrent
    }

    func async(_ work: @escaping @Sendable () -> Void) {
        agenda.add(isConcurrent ? agenda.lane(lane.name, lane.life, mayBlock: true) : lane, work)
    }

    func sync<Value>(_ work: () throws -> Value) rethrows -> Value { try agenda.runNow(lane, work) }
}

private final class SimulatedTimeKeeper: TimeKeeper, @unchecked Sendable {
    private let agenda: Agenda
    private let lane: Lane
    private let slowness: Int64
    private var isStopped = false

    init(_ agenda: Agenda, _ lane: Lane, slowness: Int64) {
        self.agenda = agenda
        self.lane = lane
        self.slowness = slowness
    }

    func start(everySeconds seconds: Int, _ body: @escaping @Sendable () -> Void) {
        agenda.after(Int64(seconds) * 1_000 * slowness, lane) { [self] in
            guard !isStopped else { return }
            body()
            start(everySeconds: seconds, body)
        }
    }

    func stop() { isStopped = true }
}

/// A loop of the gateway's server.
final class SimulatedLoop: SessionExecutor, @unchecked Sendable {
    let lane: Lane
    let workbench = Workbench()
    private let agenda: Agenda

    init(_ name: String, _ agenda: Agenda, _ life: Life) {
        self.agenda = agenda
        lane = agenda.lane(name, life)
    }

    func execute(_ work: @escaping @Sendable () -> Void) { agenda.add(lane, work) }

    func after(milliseconds: Int, _ work: @escaping () -> Void) { agenda.after(Int64(milliseconds), lane, work) }

    var milliseconds: Int64 { agenda.now }
}

extension SimulatedCrew {
    /// The process is gone: nobody works for it any more.
    func dismiss() {
        for bell in bells.values { bell.dismiss() }
        bells = [:]
    }
}
