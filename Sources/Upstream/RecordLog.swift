import Foundation

/// The lines of an NDJSON file of events, and how far they are known to be on the disk.
///
/// A batch is one write and one fsync. After a failure the file is cut back to what the disk is known to have, and the
/// next attempt writes anew: a second fsync alone would report success for pages that the failed one has dropped.
struct RecordLog {
    /// How much of a file's end is read for the ids that it has: some batches, however long their receipts are.
    private static let recentBytesMaximum: Int64 = 16 << 20
    private static let searchStepBytes: Int64 = 65_536

    /// The last events, in this file and those before it.
    private(set) var recent: RecentIDs
    /// How long the file is, as far as the disk is known to have it.
    private(set) var durableBytes: Int64

    private let file: any RecordFile
    private var isUnsound = false

    /// Reads the end of the file and cuts off a torn last line, which was never acknowledged.
    ///
    /// - Parameter earlier: the last events of the files before this one.
    init(_ file: any RecordFile, path: String, earlier: RecentIDs = RecentIDs()) throws(NDJSONUpstreamError) {
        self.file = file
        recent = earlier
        var damage: Int64?
        do throws(FileFault) {
            let size = try file.sizeBytes()
            durableBytes = try Self.endOfLine(in: file, before: size)
            if durableBytes < size { try file.truncate(to: durableBytes) }
            // Lines of a program that was killed may be in memory only; they count as delivered from now on.
            try file.synchronize()
            damage = try Self.readRecent(file, sizeBytes: durableBytes, into: &recent)
        } catch {
            throw NDJSONUpstreamError(path, error)
        }
        if let damage { throw .damaged(path: path, offsetBytes: damage) }
    }

    /// Appends the events that were not written lately and returns when the disk has them.
    mutating func append(_ events: [UpstreamEvent]) throws(FileFault) {
        if isUnsound {
            try file.truncate(to: durableBytes)
            isUnsound = false
        }
        let new = events.filter { !recent.contains($0.id) }
        guard !new.isEmpty else { return }
        var bytes: [UInt8] = []
        for event in new { Self.appendLine(event, to: &bytes) }
        do throws(FileFault) {
            try file.write(bytes, at: durableBytes)
            try file.synchronize()
        } catch {
            isUnsound = true
            throw error
        }
        durableBytes += Int64(bytes.count)
        for event in new { recent.add(event.id) }
    }

    /// The places in the journal of the first and the last event of the file; nil when it is empty.
    func sequences() throws(FileFault) -> (first: Int64, last: Int64)? {
        guard durableBytes > 0 else { return nil }
        let head = try file.read(at: 0, count: Int(min(durableBytes, Self.searchStepBytes)))
        let start = try Self.endOfLine(in: file, before: durableBytes - 1)
        let tail = try file.read(at: start, count: Int(min(durableBytes - start, Self.searchStepBytes)))
        guard let first = Self.sequence(ofLine: head), let last = Self.sequence(ofLine: tail) else { return nil }
        return (first, last)
    }

    /// `{"sequence":N` is how each line begins.
    private static func sequence(ofLine bytes: [UInt8]) -> Int64? {
        let digits = bytes.drop { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            .prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    /// Notes the ids of the last lines.
    ///
    /// - Returns: where the last line begins, if it is not an event.
    private static func readRecent(
        _ file: any RecordFile, sizeBytes: Int64, into recent: inout RecentIDs
    ) throws(FileFault) -> Int64? {
        guard sizeBytes > 0 else { return nil }
        let last = try endOfLine(in: file, before: sizeBytes - 1)
        // The last line whatever its length, and before it as many as there is room for.
        let start = min(last, max(0, sizeBytes - recentBytesMaximum))
        let bytes = try file.read(at: start, count: Int(sizeBytes - start))
        var lines = bytes.split(separator: lineFeed)[...]
        // The first piece may be the end of a line.
        if start > 0, start < last { lines = lines.dropFirst() }
        for line in lines.suffix(RecentIDs.maximum) {
            if let event = try? JSONDecoder().decode(Line.self, from: Data(line)) { recent.add(event.id) }
        }
        guard let line = lines.last, (try? JSONDecoder().decode(Line.self, from: Data(line))) != nil else {
            return last
        }
        return nil
    }

    private static func appendLine(_ event: UpstreamEvent, to bytes: inout [UInt8]) {
        let start = bytes.count
        EventEnvelope.append(event, to: &bytes)
        // In JSON a raw line feed stands only between tokens, where a blank means the same.
        for index in bytes[start...].indices where bytes[index] == lineFeed { bytes[index] = UInt8(ascii: " ") }
        bytes.append(lineFeed)
    }

    /// Where the last line that ends before the offset ends: behind its line feed, or 0.
    private static func endOfLine(in file: any RecordFile, before offset: Int64) throws(FileFault) -> Int64 {
        var end = offset
        while end > 0 {
            let start = max(0, end - searchStepBytes)
            let bytes = try file.read(at: start, count: Int(end - start))
            if let index = bytes.lastIndex(of: lineFeed) { return start + Int64(index) + 1 }
            end = start
        }
        return 0
    }

    private struct Line: Decodable {
        let sequence: Int64
        let id: String
    }

    private static let lineFeed = UInt8(ascii: "\n")
}
