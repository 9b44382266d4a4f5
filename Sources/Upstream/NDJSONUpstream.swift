import Locking

/// Appends events to a file, one JSON object per line, with one fsync per batch.
///
/// A line is `{"sequence":N,"id":"…","type":"…","body":{…}}`. Events up to the sequence of the file's last line are
/// in it already and are reported as stored without being written again, so a batch that is delivered twice stands once.
public final class NDJSONUpstream: UpstreamAdapter {
    /// The file's path.
    public let description: String

    private let log: Mutex<RecordLog>
    private let stopSwitch = StopSwitch()

    /// Opens or makes the file, cuts off a torn last line and finds the last event that the file has.
    ///
    /// The file stays locked against other writers for as long as the adapter lives.
    public convenience init(path: String) throws(NDJSONUpstreamError) {
        let file = try DiskRecordFile(path: path)
        self.init(path: path, log: try RecordLog(file, path: path))
    }

    init(path: String, log: RecordLog) {
        description = path
        self.log = Mutex(log)
    }

    /// Appends the batch; returns when the disk has it.
    public func deliver(_ events: [UpstreamEvent]) -> DeliveryOutcome {
        // An event behind a later one would be taken for one that the file has.
        precondition(zip(events, events.dropFirst()).allSatisfy { $0.sequence < $1.sequence }, "sequences must grow")
        guard !stopSwitch.isOn else { return .failed(DeliveryFailure("stopped", cause: .away)) }
        do throws(FileFault) {
            try log.withLock { (log) throws(FileFault) in try log.append(events) }
            return .answered(Array(repeating: .stored, count: events.count))
        } catch {
            return .failed(DeliveryFailure(error.reason, cause: .away))
        }
    }

    /// Makes later deliveries fail; one that is under way ends by itself.
    public func stop() {
        stopSwitch.turnOn()
    }
}
