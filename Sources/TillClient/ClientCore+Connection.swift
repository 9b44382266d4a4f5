import EventLoop
import LineProtocol

/// Making connections, greeting, losing them.
extension ClientCore {
    /// HELLO's tag; requests have numbers from 1.
    static let helloTag = "0"

    func openConnection() {
        let address = configuration.addresses[plan.addressIndex]
        guard configuration.tls != nil || address.isOnThisMachine else {
            return end(.insecure(address: address.description))
        }
        stage = .connecting
        configuration.onConnectionChange?(.connecting(address))
        wire = ClientWire(
            client: self, to: address, tls: configuration.tls,
            deadlineMilliseconds: configuration.connectDeadlineMilliseconds)
    }

    func opened() {
        guard let wire else { return }
        stage = .greeting
        wire.setDeadline(afterMilliseconds: configuration.helloDeadlineMilliseconds)
        let after = configuration.eventHandling == .ignored ? 0 : ledger.announce()
        let hello = Hello(
            role: configuration.role, client: configuration.program, token: configuration.token,
            language: configuration.language, eventsAfter: after > 0 ? after : nil)
        writeLine(.hello, tag: Self.helloTag, body: encodedBody { hello.write(to: $0) })
    }

    /// HELLO was answered OK.
    func greeted(_ body: UnsafeRawBufferPointer) {
        guard let session = try? HelloReply(FieldReader(reader.read(body))) else {
            return lost("the answer to HELLO cannot be read")
        }
        wire?.setDeadline(afterMilliseconds: nil)
        stage = .greeted
        problem = nil
        greetedNanoseconds = loop.nowNanoseconds
        lineBytesLimit = session.limits.lineBytes
        table.pipelineLimit = max(1, min(configuration.pipelineLimit, session.limits.pipelineRequests))
        shared.withLock { shared in
            shared.session = session
            shared.statistics.connections += 1
        }
        for waiter in greetingWaiters { waiter.fill(.success([])) }
        greetingWaiters = []
        configuration.onConnectionChange?(.greeted(session))
        armPing(fromNanoseconds: loop.nowNanoseconds)
        sendWaiting()
    }

    /// HELLO was refused.
    func notGreeted(_ refusal: Refusal) {
        // Connections of this device that the gateway has not yet noticed to be dead count against the limit.
        let isPassing = refusal.retry != .never || refusal.code == .limit
        guard isPassing else { return end(.refused(refusal)) }
        lost("\(refusal.codeText): \(refusal.message)")
    }

    /// The gateway announced its restart.
    func drain() {
        guard case .greeted = stage else { return }
        stage = .draining
        configuration.onConnectionChange?(.draining)
        leaveWhenDrained()
    }

    func leaveWhenDrained() {
        guard case .draining = stage, table.underWayCount == 0 else { return }
        lost("the gateway restarts")
    }

    /// There is no connection any more, or the one that was begun did not come about.
    func lost(_ reason: String) {
        if case .ended = stage { return }
        wire?.letGo()
        wire = nil
        cancelConnectionTimers()
        let (repeated, dropped) = table.connectionLost()
        ledger.connectionLost()
        count { $0.repeatedRequests += repeated }
        // Those that are not repeated have nothing left to do without the connection: BYE, PING, ACK.
        for number in dropped { complete(number, .success([])) }
        leaveIfDone()
        if case .ended = stage { return }
        let pause = nextPauseMilliseconds()
        problem = reason
        stage = .pausing(loop.schedule(afterMilliseconds: pause) { [weak self] in self?.openConnection() })
        configuration.onConnectionChange?(.lost(reason: reason, pauseMilliseconds: pause))
    }

    private func nextPauseMilliseconds() -> Int {
        switch stage {
        case .draining:
            return plan.pauseAfterDrain(using: &generator)
        case .greeted:
            let lasted = Int((loop.nowNanoseconds - greetedNanoseconds) / 1_000_000)
            return plan.pauseAfterLoss(lastedMilliseconds: lasted, using: &generator)
        default:
            return plan.pauseAfterFailure(using: &generator)
        }
    }

    // MARK: Watching a connection

    /// PING when nothing was sent for a while, so that the gateway does not close, and a dead connection is noticed.
    func armPing(fromNanoseconds start: UInt64) {
        let interval = UInt64(configuration.pingIntervalMilliseconds) * 1_000_000
        pingToken = loop.schedule(afterMilliseconds: millisecondsUntil(start + interval)) { [weak self] in
            guard let self, isGreeted else { return }
            let now = loop.nowNanoseconds
            guard now >= lastSentNanoseconds + interval else { return armPing(fromNanoseconds: lastSentNanoseconds) }
            sendOwn(.ping)
            armPing(fromNanoseconds: now)
        }
    }

    private func millisecondsUntil(_ nanoseconds: UInt64) -> Int {
        let now = loop.nowNanoseconds
        return nanoseconds > now ? Int((nanoseconds - now) / 1_000_000) + 1 : 0
    }

    /// Gives a connection up on which an answer does not come.
    func armReplyWatch() {
        guard watchToken == nil, let oldest = table.oldestSentNanoseconds else { return }
        let limit = UInt64(configuration.replyDeadlineMilliseconds) * 1_000_000
        watchToken = loop.schedule(afterMilliseconds: millisecondsUntil(oldest + limit)) { [weak self] in
            guard let self else { return }
            watchToken = nil
            guard let oldest = table.oldestSentNanoseconds else { return }
            if loop.nowNanoseconds >= oldest + limit {
                lost("no answer for \(configuration.replyDeadlineMilliseconds) ms")
            } else {
                armReplyWatch()
            }
        }
    }
}
