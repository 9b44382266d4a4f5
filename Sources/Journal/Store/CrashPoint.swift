/// The points of a change's life between which a process may die, each with a promise of its own. Tests stop a gateway at
/// them; a release build passes them without a trace.
package enum CrashPoint: String, CaseIterable, Sendable {
    /// A request was read and nothing was done about it: it may be lost, and its sender sends it again.
    case received
    /// The disk has it, and nobody has been told.
    case committed
    /// The answer was handed to the network: from here on it must never be lost.
    case acknowledged
    /// Upstream has taken events, and it is not noted here.
    case relayed
    /// It is noted that upstream has them.
    case confirmed
}
