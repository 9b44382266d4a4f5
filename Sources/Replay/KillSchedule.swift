/// When the gateway is killed: at random points of the run, one in each equal stretch of it, so that a short run and a
/// long one are both hit from beginning to end.
public struct KillSchedule: Sendable {
    /// One kill.
    public struct Kill: Hashable, Sendable {
        /// The kill is due when upstream has this many receipts,
        public let receipts: Int
        /// and this much later, so that it falls at any point of a batch or of a start.
        public let afterMilliseconds: Int
    }

    /// The longest wait behind a point.
    public static let waitMillisecondsMaximum = 60

    /// The kills, the earliest first.
    public let kills: [Kill]

    /// Spreads `count` kills over a run of `receipts` receipts. The same seed gives the same points.
    public init(count: Int, receipts: Int, seed: UInt64) {
        var random = ReplayRandom(seed: seed)
        kills = (0..<count).map { index in
            let from = receipts * index / count
            let to = max(from + 1, receipts * (index + 1) / count)
            return Kill(
                receipts: Int.random(in: from..<to, using: &random),
                afterMilliseconds: Int.random(in: 0...Self.waitMillisecondsMaximum, using: &random))
        }
    }
}

/// Random numbers that are the same for the same seed (SplitMix64), so that a run can be repeated.
struct ReplayRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
