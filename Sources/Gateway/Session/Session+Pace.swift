import LineProtocol

// How fast a client is served, and how slow it may be.
extension Session {
    /// A session's share of a turn: a client that sends thousands of requests at once is served as fast as before when it
    /// is alone, and others do not wait for all of them.
    static let linesPerTurn = 32
    /// The same for few long lines.
    static let bytesPerTurn = 65_536

    func letOthersWork() {
        guard !awaitsTurn else { return }
        awaitsTurn = true
        link.pauseReading()
        executor.execute { [weak self] in
            guard let self else { return }
            awaitsTurn = false
            if isPaused { return }
            if case .greeting = phase { return }
            link.resumeReading()
        }
    }

    func helloDeadline() {
        isHelloOverdue = true
        switch phase {
        case .awaitingHello:
            refuse(tag: nil, .tooSlow("no HELLO", within: ProtocolLimits.helloMilliseconds))
        case .greeting, .open, .closing: break
        }
    }

    /// One timer for all lines: of those that come in parts there can be thousands a second.
    func watchIncompleteLine() {
        guard incompleteLine?.place != linesTaken, case .open = phase else { return }
        incompleteLine = (linesTaken, executor.milliseconds)
        if !hasLineTimer { setLineTimer(milliseconds: ProtocolLimits.lineCompletionMilliseconds) }
    }

    private func setLineTimer(milliseconds: Int) {
        hasLineTimer = true
        executor.after(milliseconds: milliseconds) { [weak self] in self?.lineDeadline() }
    }

    private func lineDeadline() {
        hasLineTimer = false
        guard case .open = phase, let incompleteLine, incompleteLine.place == linesTaken else { return }
        let limit = ProtocolLimits.lineCompletionMilliseconds
        let waited = executor.milliseconds - incompleteLine.since
        // The timer was set for an earlier line.
        guard waited >= Int64(limit) else { return setLineTimer(milliseconds: limit - Int(waited)) }
        refuse(tag: nil, .tooSlow("the line was not complete", within: limit))
    }
}
