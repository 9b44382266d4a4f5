import LineProtocol

/// How long things took.
public struct Latencies: Sendable {
    private var microseconds: [UInt32] = []

    /// None yet.
    public init() {}

    /// How many were measured.
    public var count: Int { microseconds.count }

    /// Notes one.
    public mutating func add(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let total = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        microseconds.append(UInt32(clamping: total))
    }

    /// The value that so many percent of all do not exceed; 0 when there are none.
    public func percentile(_ percent: Int) -> Int {
        guard !microseconds.isEmpty else { return 0 }
        let sorted = microseconds.sorted()
        let rank = (sorted.count * percent + 99) / 100
        return Int(sorted[max(0, min(rank, sorted.count) - 1)])
    }

    /// Writes the member `latency_us`, or another name, as `{"p50":…,"p99":…}`.
    public func write(to writer: ByteWriter, name: StaticString = "latency_us") {
        writer.name(name)
        writer.beginObject()
        writer.field("p50", percentile(50))
        writer.field("p99", percentile(99))
        writer.endObject()
    }
}
