/// How often, and how, the simulator does not do what it should.
public struct Misbehaviour: Hashable, Sendable {
    /// Every answer is held back this long.
    public var delayMilliseconds = 0
    /// Parts of the batches, 0...1, to which something is done.
    public var rates: [Fault: Double] = [:]
    /// Everything that ``Fault`` has, in turns: a while all is well, then one fault for a few requests.
    public var inTurns = false
    /// Events whose id ends so are refused for good.
    public var refusedSuffix: String?
    /// Events whose id ends so are refused the first time that they come, and taken later.
    public var refusedOnceSuffix: String?
    /// A batch with such an event and others is answered with 500, as by an upstream that falls over one; alone it is taken.
    public var troublesomeSuffix: String?
    /// A batch with such an event is always answered with 500.
    public var poisonSuffix: String?
    /// Batches with more events are answered with 413.
    public var eventsMaximum = Int.max
    /// Compressed bodies are answered with 415.
    public var takesOnlyPlain = false
    /// The secret that requests must be signed with; nil when nobody looks.
    public var signingSecret: String?
    /// `Retry-After` of a 429 and a 503.
    public var busyPauseSeconds = 1
    /// The pause between two bytes of an answer that is slow.
    public var slowMilliseconds = 1
    /// The pause between two bytes of an answer that crawls.
    public var crawlMilliseconds = 60

    /// A simulator that behaves.
    public init() {}

    /// The first thing that is wrong with the values; nil if nothing is.
    public var problem: String? {
        let listed = Fault.allCases.compactMap { fault in rates[fault].map { (fault, $0) } }
        if let (fault, rate) = listed.first(where: { !(0...1).contains($0.1) }) {
            return "the \(fault.rawValue) rate is \(rate), it must be between 0 and 1"
        }
        let sum = listed.reduce(0) { $0 + $1.1 }
        // Ten times 0.1 is more than 1 in binary.
        if sum > 1.000_001 { return "the rates add up to \(sum), they must not be more than 1 together" }
        if inTurns, sum > 0 { return "faults come either in turns or by rates" }
        if !(0...600_000).contains(delayMilliseconds) { return "the delay must be between 0 and 600000 ms" }
        if eventsMaximum < 1 { return "at least one event must be taken" }
        let suffixes = [refusedSuffix, refusedOnceSuffix, troublesomeSuffix, poisonSuffix]
        if suffixes.contains("") { return "the suffix of ids must not be empty" }
        return nil
    }
}

/// What is done to one batch.
public enum Fault: String, Hashable, Sendable, CaseIterable {
    case none
    /// Answered with 500, not stored.
    case fail
    /// Answered with 429 and `Retry-After`, not stored.
    case busy
    /// Answered with 503 and `Retry-After`, not stored.
    case unavailable
    /// Stored and never answered.
    case timeout
    /// Stored, the answer cut in the middle.
    case cut
    /// Not stored, the connection reset.
    case reset
    /// Answered with 413, not stored; a single event is stored.
    case tooLarge
    /// Answered with 400, not stored; a single event is stored.
    case bad
    /// Sent elsewhere (307), not stored.
    case redirect
    /// Stored, and answered byte by byte.
    case slow
    /// Stored, and answered so slowly that nobody waits for the end.
    case crawl
    /// Stored, with results for other events.
    case otherEvents
    /// Stored, with an answer that is not JSON.
    case garbled
    /// Not stored; the next connections are shown a certificate that has expired.
    case expired
}

/// Chooses what is done to each batch; the same seed gives the same row of faults.
struct FaultDice {
    /// How many requests a turn without and with a fault takes at most.
    private static let goodTurnMaximum = 12
    private static let badTurnMaximum = 3

    private var state: UInt64
    private let thresholds: [(fault: Fault, below: Double)]
    private let inTurns: Bool
    private var turn = Fault.none
    private var turnLeft = 0

    init(_ misbehaviour: Misbehaviour, seed: UInt64) {
        state = seed
        inTurns = misbehaviour.inTurns
        var sum = 0.0
        thresholds = Fault.allCases.filter { $0 != .none }.map { fault in
            sum += misbehaviour.rates[fault] ?? 0
            return (fault, sum)
        }
    }

    mutating func next() -> Fault {
        guard inTurns else {
            let number = Double(nextNumber() >> 11) / Double(1 << 53)
            return thresholds.first { number < $0.below }?.fault ?? .none
        }
        if turnLeft == 0 { beginTurn() }
        turnLeft -= 1
        return turn
    }

    private mutating func beginTurn() {
        // After a bad turn a good one: whoever waits for it must see that it ends.
        let isBad = turn == .none
        let faults = thresholds.map(\.fault)
        turn = isBad ? faults[Int(nextNumber() % UInt64(faults.count))] : .none
        turnLeft = 1 + Int(nextNumber() % UInt64(isBad ? Self.badTurnMaximum : Self.goodTurnMaximum))
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
