import EventLoop
import LineProtocol
import Locking

/// The working part of a client. Everything in it is only touched on the loop, except `shared`.
final class ClientCore: @unchecked Sendable {
    enum Stage {
        /// `connect` has not been called.
        case idle
        /// Waits for the next try.
        case pausing(TimerToken)
        /// A connection is being made.
        case connecting
        /// HELLO was sent.
        case greeting
        /// Requests are answered.
        case greeted
        /// The gateway is about to restart: nothing new is sent.
        case draining
        /// No more connections are made.
        case ended(TillClientError)
    }

    /// A call that has no outcome yet.
    struct Call {
        /// Nil for requests of the client's own.
        let slot: ReplySlot?
        let deadlineMilliseconds: Int
        var deadlineToken: TimerToken?
        var retryToken: TimerToken?
        /// What the gateway said the last time, if it asked to come back later.
        var lastRefusal: Refusal?
        var refusals = 0
    }

    /// What callers on other threads look at.
    struct Shared {
        var session: HelloReply?
        var statistics = TillClientStatistics()
    }

    let loop: EventLoop
    let configuration: TillClientConfiguration
    let shared = Mutex(Shared())
    let eventSink: AsyncStream<TillEvent>.Continuation

    var stage = Stage.idle
    var wire: ClientWire?
    var table: RequestTable
    var plan: ConnectPlan
    var ledger: EventLedger
    var calls: [RequestTable.Number: Call] = [:]
    /// Those that wait for the first greeting.
    var greetingWaiters: [ReplySlot] = []
    /// Those that wait for the end.
    var endWaiters: [ReplySlot] = []
    /// `bye` was called: no new calls, and the client ends when those that it has are answered.
    var isLeaving = false
    var hasSaidBye = false
    /// Why there is no connection, in words.
    var problem: String?
    var generator = SystemRandomNumberGenerator()

    var greetedNanoseconds: UInt64 = 0
    var lastSentNanoseconds: UInt64 = 0
    var lineBytesLimit = ProtocolLimits.lineBytes
    var pingToken: TimerToken?
    var watchToken: TimerToken?
    var acknowledgeToken: TimerToken?

    let writer = ByteWriter(capacity: 4_096)
    let reader = JSONReader()

    init(configuration: TillClientConfiguration, loop: EventLoop, eventSink: AsyncStream<TillEvent>.Continuation) {
        self.configuration = configuration
        self.loop = loop
        self.eventSink = eventSink
        table = RequestTable(
            capacity: configuration.requestsMaximum, pipelineLimit: configuration.pipelineLimit)
        plan = ConnectPlan(addressCount: configuration.addresses.count, pauses: configuration.pauses)
        ledger = EventLedger(after: configuration.eventsAfter)
    }

    /// Begins to connect, and goes on doing so until the client ends.
    func start(_ slot: ReplySlot) {
        switch stage {
        case .ended(let error):
            slot.fill(.failure(error))
        case .greeted:
            slot.fill(.success([]))
        case .idle:
            greetingWaiters.append(slot)
            openConnection()
        case .pausing, .connecting, .greeting, .draining:
            greetingWaiters.append(slot)
        }
    }

    /// Ends everything: no call stays without an outcome.
    func end(_ error: TillClientError) {
        if case .ended = stage { return }
        if case .pausing(let token) = stage { loop.cancel(token) }
        stage = .ended(error)
        cancelConnectionTimers()
        wire?.letGo()
        wire = nil
        for number in table.removeAll() { complete(number, .failure(error)) }
        for waiter in greetingWaiters { waiter.fill(.failure(error)) }
        greetingWaiters = []
        for waiter in endWaiters { waiter.fill(.success([])) }
        endWaiters = []
        eventSink.finish()
        configuration.onConnectionChange?(.ended(error))
    }

    /// Answers what was asked before, says BYE and ends.
    func leave(withinMilliseconds deadline: Int, _ slot: ReplySlot) {
        if case .ended = stage { return slot.fill(.success([])) }
        endWaiters.append(slot)
        isLeaving = true
        loop.schedule(afterMilliseconds: deadline) { [weak self] in self?.end(.closed) }
        leaveIfDone()
    }

    func leaveIfDone() {
        guard isLeaving, table.count == 0 else { return }
        guard !hasSaidBye, isGreeted else { return end(.closed) }
        hasSaidBye = true
        sendOwn(.bye)
    }

    func cancelConnectionTimers() {
        for token in [pingToken, watchToken, acknowledgeToken] {
            if let token { loop.cancel(token) }
        }
        (pingToken, watchToken, acknowledgeToken) = (nil, nil, nil)
    }

    func count(_ change: (inout TillClientStatistics) -> Void) {
        shared.withLock { change(&$0.statistics) }
    }
}
