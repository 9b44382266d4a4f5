import CEventLoop
import Dispatch
import Glibc
import Locking

/// A serial queue that owns connections.
///
/// All connections and listeners of a loop sit in one epoll set, and one long-lived Dispatch read source watches that
/// set: a source on every connection would cost a re-arming and two thread hops per event. Every wake-up, whatever its
/// cause, is one `turn`: events, due timers, work from other threads, output, farewells, until nothing is left.
///
/// A loop lives until `stop()`. Everything that is not marked otherwise is only touched on its queue.
public final class EventLoop: @unchecked Sendable {
    /// Rounds of one turn at most, so that work put on the queue directly gets its chance.
    private static let roundsMaximum = 64
    private static let eventsMaximum = 256
    static let readBufferBytes = 65_536

    /// Names the queue, for debuggers and logs.
    public let label: String
    /// The serial queue. Prefer `execute`, which needs fewer hops.
    public let queue: DispatchQueue
    /// The monotonic clock as of the current round, in nanoseconds. Only on the loop.
    public private(set) var nowNanoseconds: UInt64

    let epollDescriptor: Int32
    let readBuffer: UnsafeMutableRawPointer
    var pool = BufferPool()
    var registry = Registry()
    /// Steps of handshakes that wait for their turn.
    var handshakes = HandshakeQueue()

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
    private var runnable: [Connection] = []
    private var spareRunnable: [Connection] = []
    private var flushable: [Connection] = []
    private var finished: [Connection] = []
    private var onStopped: [@Sendable () -> Void] = []

    private struct Inbox {
        var mail: [@Sendable () -> Void] = []
        /// A turn is on its way or under way, so nobody needs to ask for one.
        var isExpected = false
    }

    /// - Throws: `EventLoopError.system` when the process is out of descriptors.
    public init(label: String) throws(EventLoopError) {
        // OpenSSL writes to sockets with write(2); a peer that went away must not end the process.
        signal(SIGPIPE, SIG_IGN)
        epollDescriptor = shim_epoll_create()
        guard epollDescriptor >= 0 else { throw .system(call: "epoll_create1", number: errno) }
        self.label = label
        queue = DispatchQueue(label: label)
        nowNanoseconds = shim_monotonic_nanoseconds()
        readBuffer = .allocate(byteCount: Self.readBufferBytes, alignment: 64)
        events = .allocate(capacity: Self.eventsMaximum)
        startSources()
    }

    deinit {
        pool.removeAll()
        readBuffer.deallocate()
        events.deallocate()
    }

    /// Runs work on the loop, in the order of the calls. From any thread, at any time; after `stop()` the work still
    /// runs, and finds its connections closed.
    public func execute(_ work: @escaping @Sendable () -> Void) {
        let mustAsk = inbox.withLock { inbox in
            inbox.mail.append(work)
            hasMail.store(true, ordering: .relaxed)
            defer { inbox.isExpected = true }
            return !inbox.isExpected
        }
        if mustAsk { queue.async { self.turn() } }
    }

    /// Runs work on the loop after a while. Only on the loop.
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
        inbox.withLock { $0.isExpected = true }
        var rounds = 0
        var count = 0
        repeat {
            nowNanoseconds = shim_monotonic_nanoseconds()
            count = isStopped ? 0 : Int(epoll_wait(epollDescriptor, events, Int32(Self.eventsMaximum), 0))
            var index = 0
            while index < count {
                dispatch(events + index)
                index += 1
            }
            runHandshakes()
            finishRound()
            rounds += 1
        } while (count > 0 || !runnable.isEmpty || !handshakes.isEmpty) && rounds < Self.roundsMaximum
        isTurning = false
        leaveTurn()
    }

    /// Asks for another turn when something came in while this one was ending.
    private func leaveTurn() {
        let hasMore = inbox.withLock { inbox in
            inbox.isExpected = !inbox.mail.isEmpty || !runnable.isEmpty || !handshakes.isEmpty
            return inbox.isExpected
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

    /// Takes steps of handshakes until this round's share is used up.
    private func runHandshakes() {
        guard !handshakes.isEmpty else { return }
        let end = shim_monotonic_nanoseconds() + HandshakeQueue.shareNanoseconds
        repeat {
            guard let connection = handshakes.popFirst() else { return }
            connection.takeHandshakeStep()
        } while shim_monotonic_nanoseconds() < end
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
        let mustAsk = inbox.withLock { inbox in
            defer { inbox.isExpected = true }
            return !inbox.isExpected
        }
        if mustAsk { queue.async { self.turn() } }
    }

    private func armTimer() {
        let due = timers.nextDueNanoseconds
        guard due < armedNanoseconds, let timerSource else { return }
        armedNanoseconds = due
        timerSource.schedule(deadline: DispatchTime(uptimeNanoseconds: due), leeway: .milliseconds(1))
    }
}
