import Journal
import LineProtocol

/// What the gateway tells a client on its own. All of it on the loop.
extension Session {
    /// Sends an event that has just been stored; number 0 needs no acknowledgement.
    func send(_ event: DeviceEvent) {
        // While older ones wait in the mailbox, this one waits behind them; with them it may have been sent already.
        if event.number > 0, isBehind || event.number <= lastEvent { return }
        write(event)
    }

    /// Sends what the mailbox has for this session.
    func send(_ page: MailboxPage) {
        isBehind = page.hasMore
        for event in page.events where event.number > lastEvent { write(event) }
    }

    /// The connection that events went to has ended: this one has what that one may not have read.
    func takeOverEvents() {
        executor.execute { [self] in
            hasMissedEvents = true
            askForMissedEvents()
        }
    }

    /// Looks into the mailbox once more when something came that was not sent. What comes from now on waits behind
    /// it: a number that is passed over would never be sent on this connection.
    func askForMissedEvents() {
        // Where more wait anyway they come with these.
        guard hasMissedEvents, !isBehind, let principal else { return }
        hasMissedEvents = false
        isBehind = true
        fetchMissedEvents(principal)
    }

    private func fetchMissedEvents(_ principal: Principal) {
        gateway.acknowledge(through: 0, sent: lastEvent, by: principal) { [self] result in
            executor.execute { [self] in
                if case .success(let page) = result { return send(page) }
                executor.after(milliseconds: Self.missedAgainMilliseconds) { [weak self] in
                    guard let self, case .open = phase, isBehind else { return }
                    fetchMissedEvents(principal)
                }
            }
        }
    }

    /// When the mailbox is looked into again that could not be read.
    private static let missedAgainMilliseconds = 1_000

    private func write(_ event: DeviceEvent) {
        if case .greeting = phase { hasMissedEvents = true }
        guard case .open = phase else { return }
        lastEvent = max(lastEvent, event.number)
        workbench.output.append("EVENT ")
        workbench.output.append(integer: event.number)
        workbench.output.append(byte: UInt8(ascii: " "))
        workbench.output.append(utf8: event.name)
        workbench.output.append(byte: UInt8(ascii: " "))
        event.body.withUnsafeBytes { workbench.output.append($0) }
        workbench.output.endLine()
        flush()
    }
}
