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

    /// Looks into the mailbox once more when something came between the look for the greeting and the greeting itself.
    func askForMissedEvents(_ principal: Principal) {
        // Where more wait anyway they come with these.
        guard hasMissedEvents, !isBehind else { return }
        // What is stored from now on is not to overtake them.
        isBehind = true
        gateway.acknowledge(through: 0, sent: lastEvent, by: principal) { [self] result in
            executor.execute { [self] in
                // A client that connects again is told of all.
                if case .success(let page) = result { send(page) } else { close() }
            }
        }
    }

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
