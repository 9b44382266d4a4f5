/// Something that lives until it dies at once, with all the work that it has: a process.
final class Life: @unchecked Sendable {
    private(set) var isOver = false
    private var lanes: [Lane] = []

    fileprivate func add(_ lane: Lane) { lanes.append(lane) }

    /// What was still to be done is never done.
    func end() {
        isOver = true
        for lane in lanes { lane.forget() }
        lanes = []
    }
}

/// Whoever does one piece of work after the other: a thread, a serial queue, a loop, a till.
final class Lane: @unchecked Sendable {
    let name: String
    let life: Life
    /// Its work may wait for others'.
    let mayBlock: Bool
    fileprivate var work: [() -> Void] = []
    fileprivate var first = 0
    fileprivate var isReady = false
    /// In the middle of a piece of work, which may be waiting for something.
    fileprivate(set) var isBusy = false

    fileprivate init(_ name: String, _ life: Life, mayBlock: Bool) {
        self.name = name
        self.life = life
        self.mayBlock = mayBlock
    }

    var hasWork: Bool { first < work.count }

    fileprivate func forget() {
        work = []
        first = 0
    }

    fileprivate func take() -> (() -> Void)? {
        guard hasWork else { return nil }
        let next = work[first]
        work[first] = {}
        first += 1
        if first == work.count {
            work.removeAll(keepingCapacity: true)
            first = 0
        }
        return next
    }
}

/// What is to be done in a simulated world, and its time: the only thread of it asks here for the next step. Of all lanes
/// that have something to do the dice choose one; when none has, time passes.
final class Agenda: @unchecked Sendable {
    private struct Timer {
        let due: Int64
        let number: Int
        let lane: Lane
        let work: () -> Void

        static func < (left: Timer, right: Timer) -> Bool { (left.due, left.number) < (right.due, right.number) }
    }

    /// Milliseconds since the world began.
    private(set) var now: Int64 = 0
    private(set) var steps = 0
    private var ready: [Lane] = []
    /// A heap, the next one first.
    private var timers: [Timer] = []
    private var timersMade = 0
    private var dice: Dice
    private let trace: Trace

    init(seed: UInt64, trace: Trace) {
        dice = Dice(seed: seed, for: "agenda")
        self.trace = trace
    }

    func lane(_ name: String, _ life: Life, mayBlock: Bool = false) -> Lane {
        let lane = Lane(name, life, mayBlock: mayBlock)
        life.add(lane)
        return lane
    }

    /// Hands work to a lane.
    func add(_ lane: Lane, _ work: @escaping () -> Void) {
        guard !lane.life.isOver else { return }
        lane.work.append(work)
        makeReady(lane)
    }

    /// Hands work to a lane when the time has passed.
    func after(_ milliseconds: Int64, _ lane: Lane, _ work: @escaping () -> Void) {
        timersMade += 1
        push(Timer(due: now + max(0, milliseconds), number: timersMade, lane: lane, work: work))
    }

    /// Does one thing, or lets time pass until there is one; false when there is nothing to wait for.
    ///
    /// - Parameter sparesBlocking: lanes whose work may wait for others' are left alone: who asks is one that they wait
    ///   for.
    func step(sparesBlocking: Bool = false) -> Bool {
        while true {
            while let place = choose(sparesBlocking) {
                let lane = ready[place]
                if lane.life.isOver || lane.isBusy || !lane.hasWork {
                    lane.isReady = false
                    ready.remove(at: place)
                    continue
                }
                run(lane)
                return true
            }
            guard !timers.isEmpty else { return false }
            now = max(now, timers[0].due)
            while let next = timers.first, next.due <= now {
                pop()
                add(next.lane, next.work)
            }
        }
    }

    private func choose(_ sparesBlocking: Bool) -> Int? {
        guard sparesBlocking else {
            return ready.isEmpty ? nil : ready.count == 1 ? 0 : dice.number(0...ready.count - 1)
        }
        return dice.pick(ready.indices.filter { !ready[$0].mayBlock })
    }

    /// Goes on with others' work until a condition holds or a life is over: what a thread does that stands still.
    func pass(_ life: Life, until condition: () -> Bool) {
        while !life.isOver, !condition() { if !step() { return } }
    }

    /// Lets a lane wait for some time, in the middle of its work.
    ///
    /// - Parameter sparesBlocking: the lane is one that others wait for.
    /// - Parameter until: ends it before its time.
    func pause(
        _ milliseconds: Int64, _ life: Life, sparesBlocking: Bool = false, until isOver: () -> Bool = { false }
    ) {
        let end = now + milliseconds
        after(milliseconds, Lane("pause", life, mayBlock: false)) {}
        while !life.isOver, now < end, !isOver() { if !step(sparesBlocking: sparesBlocking) { return } }
    }

    /// Forgets everything.
    func clear() {
        ready = []
        timers = []
    }

    /// Does work in a lane's turn, behind what it has.
    func runNow<Value>(_ lane: Lane, _ work: () throws -> Value) rethrows -> Value {
        pass(lane.life) { !lane.isBusy }
        while !lane.life.isOver, lane.hasWork { run(lane) }
        lane.isBusy = true
        defer { lane.isBusy = false }
        return try work()
    }

    private func run(_ lane: Lane) {
        guard let work = lane.take() else { return }
        steps += 1
        trace.ran(lane.name, at: now)
        lane.isBusy = true
        work()
        lane.isBusy = false
        makeReady(lane)
    }

    private func makeReady(_ lane: Lane) {
        guard lane.hasWork, !lane.isReady, !lane.isBusy else { return }
        lane.isReady = true
        ready.append(lane)
    }

    private func push(_ timer: Timer) {
        timers.append(timer)
        var place = timers.count - 1
        while place > 0, timers[place] < timers[(place - 1) / 2] {
            timers.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private func pop() {
        timers.swapAt(0, timers.count - 1)
        timers.removeLast()
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < timers.count && timers[child] < timers[least] {
                least = child
            }
            if least == place { return }
            timers.swapAt(place, least)
            place = least
        }
    }
}
