/// Which of the gateway's numbered events were taken in, dealt with and acknowledged. Pure.
///
/// The gateway sends an event again until it was acknowledged, on every new connection; the ledger tells what is new.
struct EventLedger: Sendable {
    /// The number of the last event that was handed on.
    private(set) var received: Int64
    /// All events up to this number were dealt with.
    private(set) var handled: Int64
    /// The last number that an ACK or a HELLO has carried on this connection.
    private(set) var announced: Int64
    /// There was no room for an event. The later ones must wait for it, and come again with the next connection.
    private(set) var isBlocked = false

    /// - Parameter after: the number of the last event that was dealt with before this program started.
    init(after: Int64) {
        received = after
        handled = after
        announced = after
    }

    /// Whether the event is new. If so, it counts as taken in.
    mutating func take(_ number: Int64) -> Bool {
        guard number > received, !isBlocked else { return false }
        received = number
        return true
    }

    /// The event that was taken in last found no room after all.
    mutating func putBack(_ number: Int64) {
        received = number - 1
        isBlocked = true
    }

    /// All events up to this number were dealt with. A number that was never received counts as the last that was.
    mutating func markHandled(through number: Int64) {
        handled = max(handled, min(number, received))
    }

    /// How many events were dealt with that the gateway does not know of.
    var unannouncedCount: Int64 { handled - announced }

    /// The number to send in an ACK or in HELLO's `events_after`; it counts as told from now on.
    mutating func announce() -> Int64 {
        announced = handled
        return announced
    }

    /// The connection broke; whether the last ACK arrived is not known.
    mutating func connectionLost() {
        isBlocked = false
    }
}
