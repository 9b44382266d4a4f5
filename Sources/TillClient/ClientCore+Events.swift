import EventLoop
import LineProtocol

/// Events in, acknowledgements out.
extension ClientCore {
    /// Events that wait for their reader: as many as the gateway keeps for a device.
    static let eventBufferMaximum = ProtocolLimits.unacknowledgedEvents
    /// After so many events an acknowledgement is sent without waiting for the delay.
    private static let acknowledgeEvery: Int64 = 64

    func eventReceived(_ number: UInt64, _ name: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer) {
        let kind = EventName(name)
        if kind == .drain { return drain() }
        if kind == .tasksChanged { return tasksChanged(body) }
        guard number > 0, let number = Int64(exactly: number), configuration.eventHandling != .ignored else { return }
        guard ledger.take(number) else {
            if !ledger.isBlocked { count { $0.duplicateEvents += 1 } }
            return
        }
        let event = TillEvent(
            number: number, name: String(decoding: name, as: UTF8.self), kind: kind, body: body, reader: reader)
        if case .dropped = eventSink.yield(event) { ledger.putBack(number) }
    }

    /// It has no number and nothing to acknowledge; one that cannot be read says nothing.
    private func tasksChanged(_ body: UnsafeRawBufferPointer) {
        guard let onTasksChanged = configuration.onTasksChanged,
            let change = try? TasksChanged(FieldReader(reader.read(body)))
        else { return }
        onTasksChanged(change)
    }

    /// The reader of the events, or the program by itself, has dealt with all up to this one.
    func handled(through number: Int64) {
        ledger.markHandled(through: number)
        guard configuration.eventHandling == .automatic else { return }
        if ledger.unannouncedCount >= Self.acknowledgeEvery {
            acknowledge()
        } else if ledger.unannouncedCount > 0, acknowledgeToken == nil, isGreeted {
            acknowledgeToken = loop.schedule(
                afterMilliseconds: configuration.acknowledgeDelayMilliseconds
            ) { [weak self] in
                self?.acknowledgeToken = nil
                self?.acknowledge()
            }
        }
    }

    /// An acknowledgement that is lost with its connection is made up for by the next HELLO.
    private func acknowledge() {
        guard isGreeted, ledger.unannouncedCount > 0 else { return }
        let message = Acknowledge(through: ledger.announce())
        sendOwn(.ack, body: encodedBody { message.write(to: $0) })
    }
}
