import LineProtocol
import Retail

/// What upstream has been told of shifts.
public struct ShiftLedger: Hashable, Sendable {
    /// Shifts that were closed, by `store/till/shift`, and how many of their receipts the gateway did not have; nil when the
    /// till did not say which it has.
    public private(set) var closed: [String: Int?] = [:]

    /// Shifts that were closed with nothing missing.
    public var whole: Set<String> { Set(closed.filter { $0.value == 0 }.keys) }

    private static let lineBytesMaximum = 16_777_216

    /// Reads `{"id","type","body"}` lines, as the upstream simulator stores them. A torn last line counts as not there.
    public init(events: some Collection<UInt8>) {
        let reader = JSONReader(
            limits: JSONLimits(depth: 64, membersPerObject: 4_096, textBytes: Self.lineBytesMaximum))
        for line in Array(events).split(separator: UInt8(ascii: "\n")) {
            line.withUnsafeBytes { text in
                guard let event = try? reader.read(text), let type = event["type"]?.string(), let body = event["body"],
                    let store = body["store"]?.string(), let till = body["till"]?.string(),
                    let shift = body["shift"]?.int64()
                else { return }
                let key = "\(store)/\(till)/\(shift)"
                if type == "shift.closed" {
                    let missing = body["gateway"]?["missing_count"]?.int64().map { Int($0) }
                    closed.updateValue(missing, forKey: key)
                }
                if type == "shift.completed" { closed.updateValue(0, forKey: key) }
            }
        }
    }
}

extension ReplayPlan {
    /// The shifts of all tills, by `store/till/shift`.
    public var shifts: Set<String> { Set(receipts.map(\.key.shiftKey.text)) }
}
