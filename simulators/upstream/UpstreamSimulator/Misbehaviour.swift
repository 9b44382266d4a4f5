/// How often, and how, the simulator does not do what it should.
public struct Misbehaviour: Hashable, Sendable {
    /// Every answer is held back this long.
    public var delayMilliseconds = 0
    /// Part of the batches, 0...1, that is answered with 500 and not stored.
    public var failRate = 0.0
    /// Part of the batches that is answered with 429 and not stored.
    public var busyRate = 0.0
    /// Part of the batches that is stored and never answered.
    public var timeoutRate = 0.0
    /// Part of the batches that is stored, and whose answer is cut in the middle.
    public var cutRate = 0.0
    /// Part of the batches that is not stored, and whose connection ends without an answer.
    public var resetRate = 0.0
    /// Events whose id ends so are refused for good.
    public var refusedSuffix: String?
    /// `Retry-After` of a 429.
    public var busyPauseSeconds = 1

    /// A simulator that behaves.
    public init() {}

    /// The first thing that is wrong with the values; nil if nothing is.
    public var problem: String? {
        let rates = [
            ("fail", failRate), ("busy", busyRate), ("timeout", timeoutRate), ("cut", cutRate), ("reset", resetRate),
        ]
        if let (name, rate) = rates.first(where: { !(0...1).contains($0.1) }) {
            return "the \(name) rate is \(rate), it must be between 0 and 1"
        }
        let sum = rates.reduce(0) { $0 + $1.1 }
        // Ten times 0.1 is more than 1 in binary.
        if sum > 1.000_001 { return "the rates add up to \(sum), they must not be more than 1 together" }
        if !(0...600_000).contains(delayMilliseconds) { return "the delay must be between 0 and 600000 ms" }
        if refusedSuffix?.isEmpty == true { return "the suffix of refused ids must not be empty" }
        return nil
    }
}

/// What is done to one batch.
public enum Fault: Hashable, Sendable, CaseIterable {
    case none, fail, busy, timeout, cut, reset
}

/// Throws the dice for each batch; the same seed gives the same row of faults.
struct FaultDice {
    private var state: UInt64
    private let thresholds: [(fault: Fault, below: Double)]

    init(_ misbehaviour: Misbehaviour, seed: UInt64) {
        state = seed
        var sum = 0.0
        thresholds = [
            (Fault.fail, misbehaviour.failRate), (.busy, misbehaviour.busyRate), (.timeout, misbehaviour.timeoutRate),
            (.cut, misbehaviour.cutRate), (.reset, misbehaviour.resetRate),
        ].map { fault, rate in
            sum += rate
            return (fault, sum)
        }
    }

    mutating func next() -> Fault {
        let number = Double(nextNumber() >> 11) / Double(1 << 53)
        return thresholds.first { number < $0.below }?.fault ?? .none
    }

    /// SplitMix64: small, and the same on every platform and in every version of the standard library.
    private mutating func nextNumber() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
