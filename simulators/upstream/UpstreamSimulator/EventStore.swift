import LineProtocol

/// What became of one event.
public enum EventResult: Hashable, Sendable {
    case stored
    case duplicate
    case refused(reason: String)
}

/// The counts of `GET /v1/stats`.
public struct StoreStatistics: Hashable, Sendable {
    /// Receipts in the store, those of earlier runs included.
    public var receipts = 0
    /// Other events in the store, those of earlier runs included.
    public var events = 0
    /// Events of this run that were there already.
    public var duplicates = 0
    /// Batches of this run that were taken.
    public var batches = 0
}

/// Keeps every event once, on the disk.
public final class EventStore {
    /// What was counted so far.
    public private(set) var statistics = StoreStatistics()

    private let receipts: LineFile
    private let events: LineFile
    private let index: IDIndex
    private let writer = ByteWriter()

    /// Opens the files and finds the ids that are in them.
    ///
    /// - Parameters:
    ///   - receiptsPath: one bare receipt per line. The ids are beside it, in a file with `.ids` added to the name.
    ///   - eventsPath: `{"id","type","body"}` per line.
    public init(receiptsPath: String, eventsPath: String) throws(StoreError) {
        receipts = try LineFile(path: receiptsPath)
        events = try LineFile(path: eventsPath)
        let present = RecordSizes(receiptsBytes: receipts.sizeBytes, eventsBytes: events.sizeBytes)
        index = try IDIndex(path: receiptsPath + ".ids", present: present)
        try cutToIndex()
        statistics.receipts = index.receiptCount
        statistics.events = index.ids.count - index.receiptCount
    }

    /// Stores the events that are new; everything is on the disk when this returns.
    ///
    /// - Parameter refusedSuffix: events with such an id are refused and not kept; nil refuses none.
    /// - Returns: a result for each event.
    public func take(_ batch: [IncomingEvent], refusedSuffix: String? = nil) throws(StoreError) -> [EventResult] {
        try cutToIndex()
        var results: [EventResult] = []
        var new: [IncomingEvent] = []
        var newIDs: Set<String> = []
        for event in batch {
            if let suffix = refusedSuffix, event.id.hasSuffix(suffix) {
                results.append(.refused(reason: "ids that end with \(suffix) are refused"))
            } else if index.ids.contains(event.id) || !newIDs.insert(event.id).inserted {
                results.append(.duplicate)
            } else {
                results.append(.stored)
                new.append(event)
            }
        }
        try write(new)
        statistics.batches += 1
        statistics.duplicates += results.count { $0 == .duplicate }
        return results
    }

    /// Records first, ids behind them: whatever a crash leaves behind is either whole or without an id.
    private func write(_ new: [IncomingEvent]) throws(StoreError) {
        guard !new.isEmpty else { return }
        var sizes = index.sizes
        var receiptLines: [UInt8] = []
        var eventLines: [UInt8] = []
        var entries: [(id: String, sizes: RecordSizes)] = []
        for event in new {
            let line = line(of: event)
            if event.type == "receipt" {
                receiptLines += line
                sizes.receiptsBytes += Int64(line.count)
            } else {
                eventLines += line
                sizes.eventsBytes += Int64(line.count)
            }
            entries.append((event.id, sizes))
        }
        for (file, lines) in [(receipts, receiptLines), (events, eventLines)] where !lines.isEmpty {
            try file.append(lines)
            try file.synchronize()
        }
        try index.append(entries)
        let newReceipts = new.count { $0.type == "receipt" }
        statistics.receipts += newReceipts
        statistics.events += new.count - newReceipts
    }

    private func line(of event: IncomingEvent) -> [UInt8] {
        // In JSON a raw line feed stands only between tokens, where a blank means the same.
        let body = event.body.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }
        if event.type == "receipt" { return body + [UInt8(ascii: "\n")] }
        writer.removeAll()
        writer.beginObject()
        writer.name("id")
        writer.value(event.id)
        writer.name("type")
        writer.value(event.type)
        writer.name("body")
        body.withUnsafeBytes { writer.rawValue($0) }
        writer.endObject()
        writer.append(byte: UInt8(ascii: "\n"))
        return Array(writer.bytes)
    }

    /// Takes back what a crash or a failed write left without an id.
    private func cutToIndex() throws(StoreError) {
        if receipts.sizeBytes != index.sizes.receiptsBytes { try receipts.truncate(to: index.sizes.receiptsBytes) }
        if events.sizeBytes != index.sizes.eventsBytes { try events.truncate(to: index.sizes.eventsBytes) }
    }
}
