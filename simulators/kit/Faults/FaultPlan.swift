/// What a fault proxy does to the connections that pass through it. Nothing, unless told otherwise.
public struct FaultPlan: Hashable, Sendable {
    /// Everything arrives so much later, in both directions.
    public var delayMilliseconds = 0
    /// Every byte is sent by itself.
    public var isByteByByte = false
    /// Every connection is reset after so many bytes, both directions together.
    public var cutAfterBytes: Int?
    /// Of so many pieces that pass, one (at random) is cut short, and the connection is reset.
    public var cutOneIn: Int?
    /// After so many bytes from the client the server is told that the client sends nothing more. The server's answers
    /// still pass.
    public var halfCloseAfterBytes: Int?
    /// After so many bytes, both directions together, nothing passes any more, but the connection stays.
    public var stallAfterBytes: Int?
    /// What a client sends also goes to the server over a second connection, whose answers are thrown away.
    public var duplicatesConnections = false
    /// Chance begins here; the same for the same seed and the same pieces.
    public var seed: UInt64 = 1

    /// A plan without faults.
    public init() {}
}

/// Which way bytes go.
enum FlowDirection: Sendable {
    case toServer, toClient
}

/// What happens to one connection, piece by piece. Pure.
struct LinkFaults: Sendable {
    /// What to do with a piece.
    struct Verdict: Hashable, Sendable {
        /// How much of it passes, from its beginning.
        var passing: Int
        /// What comes after that.
        var then: Consequence
    }

    enum Consequence: Hashable, Sendable {
        case nothing, reset, endTowardsServer, stall
    }

    private let plan: FaultPlan
    private var generator: SeededGenerator
    private var passedBytes = 0
    private var passedToServerBytes = 0
    private var hasEnded = false

    init(plan: FaultPlan, link: UInt64) {
        self.plan = plan
        generator = SeededGenerator(seed: plan.seed &+ link &* 0x9E37_79B9)
    }

    /// The most bytes to send at once.
    var pieceBytesMaximum: Int { plan.isByteByByte ? 1 : .max }

    /// Judges a piece of so many bytes, and counts what passes.
    mutating func judge(_ count: Int, _ direction: FlowDirection) -> Verdict {
        var verdict = Verdict(passing: count, then: .nothing)
        func limit(_ left: Int, _ consequence: Consequence) {
            guard left <= verdict.passing else { return }
            verdict = Verdict(passing: max(0, left), then: consequence)
        }
        if let limitBytes = plan.stallAfterBytes { limit(limitBytes - passedBytes, .stall) }
        if let limitBytes = plan.halfCloseAfterBytes, direction == .toServer, !hasEnded {
            limit(limitBytes - passedToServerBytes, .endTowardsServer)
        }
        if let limitBytes = plan.cutAfterBytes { limit(limitBytes - passedBytes, .reset) }
        if let chance = plan.cutOneIn, Int.random(in: 0..<max(1, chance), using: &generator) == 0 {
            limit(Int.random(in: 0...verdict.passing, using: &generator), .reset)
        }
        passedBytes += verdict.passing
        if direction == .toServer { passedToServerBytes += verdict.passing }
        if verdict.then == .endTowardsServer { hasEnded = true }
        return verdict
    }
}
