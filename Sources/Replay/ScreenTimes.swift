import LineProtocol

/// How long pick-up orders took from the website's push to a till's screen, out of what the two programs have said.
public struct ScreenTimes: Hashable, Sendable {
    /// Microseconds of each order that was shown, the shortest first.
    public let microseconds: [Int64]

    /// Pairs the lines `{"event":"pushed","order":…,"at_us":…}` of a website with the first line
    /// `{"event":"offered","order":…,"at_us":…}` of a till for the same order. A torn last line counts as not there.
    public init(website: some Collection<UInt8>, tills: [[UInt8]]) {
        let pushed = Self.firsts("pushed", in: Array(website))
        var offered: [String: Int64] = [:]
        for till in tills {
            offered.merge(Self.firsts("offered", in: till)) { min($0, $1) }
        }
        microseconds = offered.compactMap { order, at in pushed[order].map { max(0, at - $0) } }.sorted()
    }

    /// The time that so many percent of the orders do not exceed; nil when there are none.
    public func percentile(_ percent: Int) -> Int64? {
        guard !microseconds.isEmpty else { return nil }
        return microseconds[max(0, (microseconds.count * percent + 99) / 100 - 1)]
    }

    private static func firsts(_ event: String, in lines: [UInt8]) -> [String: Int64] {
        let reader = JSONReader(limits: JSONLimits(depth: 16, membersPerObject: 64, textBytes: 65_536))
        var firsts: [String: Int64] = [:]
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            line.withUnsafeBytes { text in
                guard let fields = try? reader.read(text), fields["event"]?.string() == event,
                    let order = fields["order"]?.string(), let at = fields["at_us"]?.int64()
                else { return }
                firsts[order] = min(firsts[order] ?? at, at)
            }
        }
        return firsts
    }
}
