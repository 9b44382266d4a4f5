import CEventLoop
import CScheduling
import Dispatch
import Glibc
import Locking

/// A serial queue that owns connections.
///
/// All connections and listeners of a loop sit in one epoll set, and one long-lived Dispatch read source watches that
/// set: a source on every connection would cost a re-arming and two thread hops per event. Every wake-up, whatever its
/// cause, is one `turn`: events, due timers, work from other threads, output, farewells, until nothing is left. Then the
/// turn waits a moment in the epoll set itself: a client that was answered often goes on at once, and taking its next
/// request from there costs neither a re-arming nor a hop.
///
/// A loop lives until `stop()`. Everything that is not marked otherwise is only touched on its queue.
///
/// What every request touches is marked `@exclusivity(unchecked)`, here and in connections: changing it calls nothing
/// that could come back to it, and to look for that at run time, which is done otherwise, would cost more than the change.
public final class EventLoop: @unchecked Sendable {
    /// The length of a turn, so that work put on the queue directly gets its chance.
    private static let turnNanosecondsMaximum: UInt64 = 20_000_000
    /// How long a turn waits for the next event before it ends.
    private static let patienceMilliseconds: Int32 = 1
    /// The pieces of time that a loop asks the kernel for. Beside a journal's writer or an import that keeps its core busy,
    /// a request would otherwise wait for the end of their pieces, which are milliseconds long.
    private static let sliceNanoseconds: UInt64 = 100_000
    /// The bell's key in the epoll set; the registry has no such key.
    private static let bellKey: UInt64 = 0
    private static let eventsMaximum = 256
    static let readBufferBytes = 65_536

    /// Names the queue, for debuggers and logs.
    public let label: String
    /// The serial queue. Prefer `execute`, which needs fewer hops.
    public let queue: DispatchQueue
    /// The monotonic clock as of the current round, in nanoseconds. Only on the loop.
    public private(set) var nowNanoseconds: UInt64

    let epollDescriptor: Int32
    /// Wakes a turn that waits in the epoll set.
    private let bell: Int32
    let readBuffer: UnsafeMutableRawPointer
    @exclusivity(unchecked) var pool = BufferPool()
    var registry = Registry()
    /// Steps of handshakes that wait for their turn.
    var handshakes = HandshakeQueue()
    /// Tickets that are to be made when there is time.
    var tickets = TicketQueue()

    private let events: UnsafeMutablePointer<epoll_event>
    private let inbox = Mutex(Inbox())
    private let hasMail = Atomic<Bool>(false)
    private var readSource: (any DispatchSourceRead)?
    private var timerSource: (any DispatchSourceTimer)?
    private var timers = TimerHeap()
    private var armedNanoseconds = UInt64.max
    private var isTurning = false
    private(set) var isStopped = false
    private var spareMail: [@Sendable () -> Void] = []
    @exclusivity(unchecked) private var runnable: [Connection] = []
    private var spareRunnable: [Connection] = []
    @exclusivity(unchecked) private var flushable: [Connection] = []
    @exclusivity(unchecked) private var finished: [Connection] = []
    private var onStopped: [@Sendable () -> Void] = []

    private struct Inbox {
        var mail: [@Sendable () -> Void] = []
        var attention = Attention.away

        /// Notes that a turn is wanted and returns how the loop has to be told.
        mutating func expectTurn() -> Attention {
            defer { attention = .expected }
            return attention
        }
    }

    /// Where a loop is, as others must know who want something of it.
    private enum Attention {
        /// No turn is under way: one has to be put on the queue.
        case away
        /// A turn waits in the epoll set: it has to be woken.
        case waiting
        /// A turn is on its way or looks around before it waits: there is nothing to do.
        case expected
    }

    /// - Throws: `EventLoopError.system` when the process is out of descriptors.
    public init(label: String) throws(EventLoopError) {
        // OpenSSL writes to sockets with write(2); a peer that went away must not end the process.
        signal(SIGPIPE, SIG_IGN)
        epollDescriptor = shim_epoll_create()
        guard epollDescriptor >= 0 else { throw .system(call: "epoll_create1", number: errno) }
        bell = shim_bell_create()
        guard bell >= 0 else {
            let number = errno
            close(epollDescriptor)
            throw .system(call: "eventfd", number: number)
        }
        // Edge-triggered, so that nobody has to silence it.
        _ = shim_epoll_control(
            epollDescriptor, EPOLL_CTL_ADD, bell, shim_epollin() | shim_epoll_edge(), Self.bellKey)
        self.label = label
        queue = DispatchQueue(label: label)
        nowNanoseconds = shim_monotonic_nanoseconds()
        readBuffer = .allocate(byteCount: Self.readBufferBytes, alignment: 64)
        events = .allocate(capacity: Self.eventsMaximum)
        startSources()
    }

    deinit {
        pool.removeAll()
        close(bell)
        readBuffer.deallocate()
        events.deallocate()
    }

    /// Runs work on the loop, in the order of the calls. From any thread, at any time; after `stop()` the work still
    /// runs, and finds its connections closed.
    public func execute(_ work: @escaping @Sendable () -> Void) {
        let attention = inbox.withLock { inbox in
            inbox.mail.append(work)
            hasMail.store(true, ordering: .relaxed)
            return inbox.expectTurn()
        }
        askForTurn(attention)
    }

    private func askForTurn(_ attention: Attention) {
        switch attention {
        case .away: queue.async { self.turn() }
        case .waiting: shim_bell_ring(bell)
        case .expected: break
        }
    }

    /// Runs work on the loop after a while; never when the loop has been stopped. Only on the loop.
    ///
    /// - Returns: a token for `cancel`.
    @discardableResult
    public func schedule(afterMilliseconds milliseconds: Int, _ work: @escaping () -> Void) -> TimerToken {
        preconditionOnLoop()
        if !isTurning { nowNanoseconds = shim_monotonic_nanoseconds() }
        return schedule(atNanoseconds: nowNanoseconds + UInt64(max(0, milliseconds)) * 1_000_000, work)
    }

    /// Calls scheduled work off; nothing happens when it has run already. Only on the loop.
    public func cancel(_ token: TimerToken) {
        preconditionOnLoop()
        timers.cancel(token)
    }

    /// Traps when called from anywhere else than this loop.
    public func preconditionOnLoop() {
        dispatchPrecondition(condition: .onQueue(queue))
    }

    /// Closes all connections and listeners of this loop at once and ends its sources. From any thread; returns before
    /// it is done.
    public func stop() {
        stop(whenStopped: nil)
    }

    /// As `stop()`, and calls `whenStopped` on the loop's queue when every connection has had its last call.
    public func stop(whenStopped: (@Sendable () -> Void)?) {
        queue.async {
            if let whenStopped { self.onStopped.append(whenStopped) }
            self.stopOnLoop()
        }
    }

    /// Connections of this loop, those in their handshake and those saying goodbye included. Only on the loop.
    public var connectionCount: Int {
        preconditionOnLoop()
        return registry.connectionCount
    }
}

// MARK: - A turn

extension EventLoop {
    private func startSources() {
        let readSource = DispatchSource.makeReadSource(fileDescriptor: epollDescriptor, queue: queue)
        readSource.setEventHandler(handler: DispatchWorkItem { self.turn() })
        let timerSource = DispatchSource.makeTimerSource(queue: queue)
        timerSource.setEventHandler(
            handler: DispatchWorkItem {
                self.armedNanoseconds = .max
                self.turn()
            })
        timerSource.schedule(deadline: .distantFuture)
        self.readSource = readSource
        self.timerSource = timerSource
        readSource.resume()
        timerSource.resume()
    }

    /// Handles everything there is to do, round by round.
    private func turn() {
        isTurning = true
        shim_prefer_slices(Self.sliceNanoseconds)
        inbox.withLock { $0.attention = .expected }
        let end = shim_monotonic_nanoseconds() + Self.turnNanosecondsMaximum
        // The first round does not wait: the turn may have been asked for by mail or by a timer.
        var waits = false
        while true {
            let count = takeEvents(waiting: waits)
            for index in 0..<count { dispatch(events + index) }
            runHandshakes()
            finishRound()
            let hasWaitedInVain = waits && count == 0
            if hasWaitedInVain || isStopped || nowNanoseconds >= end { break }
            waits = !hasWorkLeft && mayWait()
        }
        isTurning = false
        // The thread is Dispatch's; what it does next is not a loop's.
        shim_prefer_slices(0)
        leaveTurn()
    }

    /// Work that the next round takes up.
    private var hasWorkLeft: Bool { !runnable.isEmpty || !handshakes.isEmpty || !tickets.isEmpty }

    /// Whether there is nothing to do but to wait for events; from now on whoever has mail rings the bell.
    private func mayWait() -> Bool {
        inbox.withLock { inbox in
            guard inbox.mail.isEmpty else { return false }
            inbox.attention = .waiting
            return true
        }
    }

    /// Fetches events, which it waits for a little after `mayWait`, and looks at the clock.
    private func takeEvents(waiting: Bool) -> Int {
        let patience = waiting ? Self.patienceMilliseconds : 0
        let count = isStopped ? 0 : epoll_wait(epollDescriptor, events, Int32(Self.eventsMaximum), patience)
        if waiting { inbox.withLock { $0.attention = .expected } }
        nowNanoseconds = shim_monotonic_nanoseconds()
        return max(0, Int(count))
    }

    /// Asks for another turn when something came in while this one was ending.
    private func leaveTurn() {
        let hasMore = inbox.withLock { inbox in
            let hasMore = !inbox.mail.isEmpty || hasWorkLeft
            inbox.attention = hasMore ? .expected : .away
            return hasMore
        }
        if hasMore { queue.async { self.turn() } }
        armTimer()
    }

    @inline(__always)
    private func dispatch(_ event: UnsafeMutablePointer<epoll_event>) {
        let key = shim_event_key(event)
        if let connection = registry.connection(key) {
            connection.handleEvents(shim_event_flags(event))
        } else if let listener = registry.listener(key) {
            listener.acceptWaiting()
        }
    }

    /// Takes steps of handshakes until this round's share is used up, and makes tickets of what is left of it.
    private func runHandshakes() {
        guard !handshakes.isEmpty || !tickets.isEmpty else { return }
        let end = shim_monotonic_nanoseconds() + HandshakeQueue.shareNanoseconds
        while tickets.isLong { makeTicket() }
        while let connection = handshakes.popFirst() {
            connection.takeHandshakeStep()
            guard shim_monotonic_nanoseconds() < end else { return }
        }
        while !tickets.isEmpty {
            makeTicket()
            guard shim_monotonic_nanoseconds() < end else { return }
        }
    }

    private func makeTicket() {
        guard let key = tickets.popFirst() else { return }
        registry.connection(key)?.sendTicket()
    }

    private func finishRound() {
        runDueTimers()
        if hasMail.load(ordering: .relaxed) { runMail() }
        if !runnable.isEmpty { runRunnable() }
        while !flushable.isEmpty || !finished.isEmpty {
            while let connection = flushable.popLast() { connection.flushAtEndOfRound() }
            while let connection = finished.popLast() { connection.finish() }
        }
    }

    /// Not more than were waiting when the round began: work that schedules itself again at once has to queue up.
    private func runDueTimers() {
        guard timers.nextDueNanoseconds <= nowNanoseconds else { return }
        var left = timers.count
        while left > 0, let work = timers.popDue(nowNanoseconds: nowNanoseconds) {
            work()
            left -= 1
        }
    }

    private func runMail() {
        inbox.withLock { inbox in
            swap(&inbox.mail, &spareMail)
            hasMail.store(false, ordering: .relaxed)
        }
        for work in spareMail { work() }
        spareMail.removeAll(keepingCapacity: true)
    }

    private func runRunnable() {
        swap(&runnable, &spareRunnable)
        for connection in spareRunnable { connection.runAgain() }
        spareRunnable.removeAll(keepingCapacity: true)
    }

    private func stopOnLoop() {
        if !isStopped {
            isStopped = true
            for listener in registry.listeners { listener.close() }
            for connection in registry.connections { connection.abandon(reason: .loopStopped) }
            finishRound()
            handshakes = HandshakeQueue()
            tickets = TicketQueue()
            timers.removeAll()
            timerSource?.cancel()
            let descriptor = epollDescriptor
            readSource?.setCancelHandler(handler: DispatchWorkItem { close(descriptor) })
            readSource?.cancel()
            // The handlers hold the loop; without them it goes when the last connection and owner let go.
            (readSource, timerSource) = (nil, nil)
        }
        while let work = onStopped.popLast() { work() }
    }
}

// MARK: - What connections ask of their loop

extension EventLoop {
    func schedule(atNanoseconds due: UInt64, _ work: @escaping () -> Void) -> TimerToken {
        let token = timers.insert(dueNanoseconds: due, work)
        // Nobody would run it, and what it holds may hold the loop.
        if isStopped { timers.cancel(token) }
        if !isTurning { armTimer() }
        return token
    }

    /// Gives the connection another go in the next round: input that it holds, or a fair share that was used up.
    func runLater(_ connection: Connection) {
        runnable.append(connection)
        askForTurn()
    }

    /// Sends the connection's output at the end of the round.
    func flushLater(_ connection: Connection) {
        flushable.append(connection)
        askForTurn()
    }

    /// Takes the closed connection apart at the end of the round, when nobody is inside its buffers any more.
    func finishLater(_ connection: Connection) {
        finished.append(connection)
        askForTurn()
    }

    /// Somebody used the queue directly; what they started is finished in a turn.
    private func askForTurn() {
        guard !isTurning else { return }
        askForTurn(inbox.withLock { $0.expectTurn() })
    }

    private func armTimer() {
        let due = timers.nextDueNanoseconds
        guard due < armedNanoseconds, let timerSource else { return }
        armedNanoseconds = due
        timerSource.schedule(deadline: DispatchTime(uptimeNanoseconds: due), leeway: .milliseconds(1))
    }
}
