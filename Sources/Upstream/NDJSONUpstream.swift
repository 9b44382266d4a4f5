import Foundation
import Locking

/// Appends events to a file, one JSON object per line, with one fsync per batch.
///
/// A line is `{"sequence":N,"stream":"…","id":"…","type":"…","body":{…}}`. Events that were written lately are reported as
/// stored without being written again, so a batch that is delivered twice stands once.
///
/// With a rotation a file that is full, or of another day, is finished: `events.ndjson` becomes
/// `events.000000000001-000000004711.ndjson`, after the places of its first and last event in the journal, and is not touched
/// again. Whoever collects files takes those with such a name.
public final class NDJSONUpstream: UpstreamAdapter {
    /// When a file is finished and another one begun.
    public struct Rotation: Hashable, Sendable {
        /// Once it is at least so long; nil for any length.
        public var bytes: Int64?
        /// Once it is of a day before today (UTC).
        public var isDaily: Bool

        /// A rotation by these rules.
        public init(bytes: Int64? = nil, isDaily: Bool = false) {
            self.bytes = bytes
            self.isDaily = isDaily
        }
    }

    /// The file's path.
    public let description: String

    private let rotation: Rotation
    private let seconds: @Sendable () -> Int64
    private let current: Mutex<Current>
    private let stopSwitch = StopSwitch()

    /// The file that is written.
    private struct Current {
        var log: RecordLog
        /// Days since 1970 (UTC) on which it was last written; nil while it is empty.
        var day: Int64?
        /// Whether it has its last name, and the next one is still to be begun.
        var isRenamed = false
    }

    private static let secondsPerDay: Int64 = 86_400

    /// Opens or makes the file, cuts off a torn last line and finds the last events that were written.
    ///
    /// The file stays locked against other writers for as long as the adapter lives.
    public convenience init(path: String, rotation: Rotation = Rotation()) throws(NDJSONUpstreamError) {
        try self.init(path: path, rotation: rotation, seconds: { Int64(Date().timeIntervalSince1970) })
    }

    init(path: String, rotation: Rotation, seconds: @escaping @Sendable () -> Int64) throws(NDJSONUpstreamError) {
        let written = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
        let file = try DiskRecordFile(path: path)
        let earlier = try FinishedFiles(besides: path).recentIDs()
        let log = try RecordLog(file, path: path, earlier: earlier)
        description = path
        self.rotation = rotation
        self.seconds = seconds
        let day = written.map { Int64($0.timeIntervalSince1970) / Self.secondsPerDay }
        current = Mutex(Current(log: log, day: log.durableBytes > 0 ? day : nil))
    }

    init(path: String, log: RecordLog) {
        description = path
        rotation = Rotation()
        seconds = { 0 }
        current = Mutex(Current(log: log))
    }

    /// Appends the batch; returns when the disk has it.
    public func deliver(_ events: [UpstreamEvent]) -> DeliveryOutcome {
        guard !stopSwitch.isOn else { return .failed(DeliveryFailure("stopped", cause: .away)) }
        let today = seconds() / Self.secondsPerDay
        do {
            try current.withLock { current in
                if isFinished(current, today: today) { try rotate(&current) }
                try current.log.append(events)
                if current.log.durableBytes > 0 { current.day = today }
            }
            return .answered(Array(repeating: .stored, count: events.count))
        } catch let fault as FileFault {
            return .failed(DeliveryFailure(fault.reason, cause: .away))
        } catch {
            return .failed(DeliveryFailure("\(error)", cause: .away))
        }
    }

    /// Makes later deliveries fail; one that is under way ends by itself.
    public func stop() {
        stopSwitch.turnOn()
    }

    private func isFinished(_ current: Current, today: Int64) -> Bool {
        if current.isRenamed { return true }
        guard current.log.durableBytes > 0 else { return false }
        if let limit = rotation.bytes, current.log.durableBytes >= limit { return true }
        return rotation.isDaily && current.day.map { $0 < today } == true
    }

    /// Gives the file its last name and begins another. A crash in between leaves no file, which is then made at the start.
    private func rotate(_ current: inout Current) throws {
        if !current.isRenamed {
            guard let places = try current.log.sequences() else { return }
            try FinishedFiles(besides: description).finish(first: places.first, last: places.last)
            // Should the next file not come about, it is tried again; this one is finished.
            current.isRenamed = true
        }
        let file = try DiskRecordFile(path: description)
        current = Current(log: try RecordLog(file, path: description, earlier: current.log.recent))
    }
}
