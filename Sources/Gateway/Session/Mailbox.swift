import Journal
import LineProtocol

/// As many of a device's events as may be sent before it acknowledges some: a device that has been away for thousands of
/// events gets them page by page, and neither side holds them all at once.
struct MailboxPage: Sendable {
    var events: [DeviceEvent]
    /// Whether more wait behind these.
    var hasMore: Bool
    /// How many the device has not acknowledged, those not sent yet included.
    var unacknowledged: Int

    /// Nothing waits.
    static let empty = MailboxPage(events: [], hasMore: false, unacknowledged: 0)
}

extension JournalView {
    /// The events of a device that come after `number`, up to the limits of a page.
    ///
    /// - Parameter acknowledged: what the device has acknowledged and could not be written down.
    func mailbox(of device: DeviceKey, after number: Int64, acknowledged: Int64 = 0) throws -> MailboxPage {
        let limit = ProtocolLimits.eventsPerPage
        let found = try unacknowledgedEvents(
            store: device.store, device: device.name, after: number, limit: limit + 1)
        var page: [DeviceEvent] = []
        var bytes = 0
        for event in found.prefix(limit) {
            bytes += event.body.count
            // One event is sent however long it is: it would wait for ever otherwise.
            if !page.isEmpty, bytes > ProtocolLimits.lineBytes { break }
            page.append(event)
        }
        return MailboxPage(
            events: page, hasMore: page.count < found.count,
            unacknowledged: try unacknowledgedEventCount(store: device.store, device: device.name, after: acknowledged))
    }
}
