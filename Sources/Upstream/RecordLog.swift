import Foundation

/// The lines of an NDJSON file of events, and how far they are known to be on the disk.
///
/// A batch is one write and one fsync. After a failure the file is cut back to what the disk is known to have, and the
/// next attempt writes anew: a second fsync alone would report success for pages that the failed one has dropped.
struct RecordLog {
    /// The sequence of the last event in the file; nil in an empty one.
    private(set) var lastSequence: Int64?

    private let file: any RecordFile
    private var durableBytes: Int64
    private var isUnsound = false

    private static let searchStepBytes: Int64 = 65_536

    /// Reads the end of the file and cuts off a torn last line, which was never acknowledged.
    init(_ file: any RecordFile, path: String) throws(NDJSONUpstreamError) {
        self.file = file
        let line: (offset: Int64, bytes: [UInt8])
        do throws(FileFault) {
            let size = try file.sizeBytes()
            durableBytes = try Self.endOfLine(in: file, before: size)
            if durableBytes < size { try file.truncate(to: durableBytes) }
            // Lines of a program that was killed may be in memory only; they count as delivered from now on.
            try file.synchronize()
            line = try Self.lastLine(of: file, sizeBytes: durableBytes)
        } catch {
            throw NDJSONUpstreamError(path, error)
        }
        guard !line.bytes.isEmpty else { return }
        guard let last = try? JSONDecoder().decode(Line.self, from: Data(line.bytes)) else {
            throw .damaged(path: path, offsetBytes: line.offset)
        }
        lastSequence = last.sequence
    }

    /// Appends the events that are not in the file yet and returns when the disk has them.
    mutating func append(_ events: [UpstreamEvent]) throws(FileFault) {
        if isUnsound {
            try file.truncate(to: durableBytes)
            isUnsound = false
        }
        let known = lastSequence
        let new = events.filter { event in known.map { event.sequence > $0 } ?? true }
        guard let last = new.last else { return }
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
        lastSequence = last.sequence
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

    private static func lastLine(
        of file: any RecordFile, sizeBytes: Int64
    ) throws(FileFault) -> (offset: Int64, bytes: [UInt8]) {
        guard sizeBytes > 0 else { return (0, []) }
        let start = try endOfLine(in: file, before: sizeBytes - 1)
        return (start, try file.read(at: start, count: Int(sizeBytes - start)))
    }

    private struct Line: Decodable {
        let sequence: Int64
    }

    private static let lineFeed = UInt8(ascii: "\n")
}
