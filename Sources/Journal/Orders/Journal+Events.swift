import Retail

/// A message for one device, kept until the device acknowledges it.
package struct DeviceEvent: Sendable, Equatable {
    /// Rises by one per device; 0 is never stored.
    package var number: Int64
    package var name: String
    package var body: [UInt8]

    /// An event with every field given.
    package init(number: Int64, name: String, body: [UInt8]) {
        self.number = number
        self.name = name
        self.body = body
    }
}

extension JournalView {
    /// What a device has not acknowledged and comes after `number`, in order, up to `limit` of them.
    package func unacknowledgedEvents(
        store: String, device: String, after number: Int64 = 0, limit: Int = JournalLimits.eventsPerDeviceMaximum
    ) throws(SQLError) -> [DeviceEvent] {
        try statement(
            """
            SELECT number, name, body FROM device_event
            WHERE store = ? AND device = ? AND number > ? ORDER BY number LIMIT ?
            """
        )
        .bind(store).bind(device).bind(number).bind(limit)
        .all { DeviceEvent(number: $0.integer(0), name: $0.text(1), body: $0.blob(2)) }
    }

    /// Whether a device has any event that it has not acknowledged.
    package func hasEvents(store: String, device: String) throws(SQLError) -> Bool {
        try statement("SELECT EXISTS (SELECT 1 FROM device_event WHERE store = ? AND device = ?)")
            .bind(store).bind(device).first { $0.bool(0) } ?? false
    }

    /// How many events a device has not acknowledged.
    package func unacknowledgedEventCount(store: String, device: String, after: Int64 = 0) throws(SQLError) -> Int {
        let count = try statement("SELECT count(*) FROM device_event WHERE store = ? AND device = ? AND number > ?")
            .bind(store).bind(device).bind(after)
            .first { $0.integer(0) }
        return Int(count ?? 0)
    }
}

extension JournalTransaction {
    /// Writes an event into a device's mailbox. When the mailbox is full the oldest gives way: a device that has been
    /// away for ten thousand events asks for a list instead of reading them one by one.
    package func post(
        _ name: String, body: [UInt8], store: String, device: String, at instant: Instant
    ) throws(SQLError) -> DeviceEvent {
        let number =
            try statement(
                """
                INSERT INTO device_event_counter (store, device, last_number) VALUES (?, ?, 1)
                ON CONFLICT (store, device) DO UPDATE SET last_number = last_number + 1
                RETURNING last_number
                """
            ).bind(store).bind(device).first { $0.integer(0) } ?? 1
        try statement(
            "INSERT INTO device_event (store, device, number, name, body, created_at) VALUES (?, ?, ?, ?, ?, ?)"
        )
        .bind(store).bind(device).bind(number).bind(name).bind(body).bind(instant.millisecondsSinceEpoch)
        .run()
        try acknowledge(
            through: number - Int64(JournalLimits.eventsPerDeviceMaximum), store: store, device: device)
        return DeviceEvent(number: number, name: name, body: body)
    }

    /// Forgets a device's events up to and including `number`.
    package func acknowledge(through number: Int64, store: String, device: String) throws(SQLError) {
        try statement("DELETE FROM device_event WHERE store = ? AND device = ? AND number <= ?")
            .bind(store).bind(device).bind(number)
            .run()
    }
}
