/// How long a client waits before it connects again.
public struct ReconnectPauses: Hashable, Sendable {
    /// The first pause, and the shortest one after a drain.
    public var firstMilliseconds: Int
    /// Pauses double up to this one.
    public var longestMilliseconds: Int
    /// A connection that lasted longer than this begins again at the first pause.
    public var steadyAfterMilliseconds: Int

    /// The pauses that the protocol recommends, unless given otherwise.
    public init(
        firstMilliseconds: Int = 1_000, longestMilliseconds: Int = 60_000, steadyAfterMilliseconds: Int = 60_000
    ) {
        precondition(firstMilliseconds >= 0 && longestMilliseconds >= firstMilliseconds, "pauses grow from 0 or more")
        self.firstMilliseconds = firstMilliseconds
        self.longestMilliseconds = longestMilliseconds
        self.steadyAfterMilliseconds = steadyAfterMilliseconds
    }

    /// The pause after so many failures in a row (0 for the first), ± 25 % at random: tills that lost the gateway at
    /// the same moment must not all come back at the same moment.
    func pauseMilliseconds(
        afterFailures failures: Int, using generator: inout some RandomNumberGenerator
    ) -> Int {
        var pause = firstMilliseconds
        for _ in 0..<min(failures, 32) where pause < longestMilliseconds {
            pause = min(pause * 2, longestMilliseconds)
        }
        return pause * Int.random(in: 75...125, using: &generator) / 100
    }
}

/// Which address is tried next, and after which pause. Pure: time and chance are arguments.
///
/// The addresses are tried one after the other without a pause in between; a pause follows when none of them answered.
/// A new round begins at the address that answered last.
struct ConnectPlan: Sendable {
    /// The place of the address to try now.
    private(set) var addressIndex = 0

    private let addressCount: Int
    private let pauses: ReconnectPauses
    private var triedInRound = 0
    private var failures = 0

    init(addressCount: Int, pauses: ReconnectPauses) {
        precondition(addressCount > 0, "a client has at least one address")
        self.addressCount = addressCount
        self.pauses = pauses
    }

    /// The address did not answer, or turned the client away for the moment.
    mutating func pauseAfterFailure(using generator: inout some RandomNumberGenerator) -> Int {
        addressIndex = (addressIndex + 1) % addressCount
        triedInRound += 1
        guard triedInRound >= addressCount else { return 0 }
        triedInRound = 0
        return nextPause(using: &generator)
    }

    /// A connection that had been greeted was lost.
    mutating func pauseAfterLoss(
        lastedMilliseconds: Int, using generator: inout some RandomNumberGenerator
    ) -> Int {
        triedInRound = 0
        if lastedMilliseconds > pauses.steadyAfterMilliseconds { failures = 0 }
        return nextPause(using: &generator)
    }

    /// The gateway asked its clients to come back later: one to two first pauses, chosen at random.
    mutating func pauseAfterDrain(using generator: inout some RandomNumberGenerator) -> Int {
        triedInRound = 0
        failures = 0
        return pauses.firstMilliseconds + Int.random(in: 0...pauses.firstMilliseconds, using: &generator)
    }

    private mutating func nextPause(using generator: inout some RandomNumberGenerator) -> Int {
        defer { failures += 1 }
        return pauses.pauseMilliseconds(afterFailures: failures, using: &generator)
    }
}
