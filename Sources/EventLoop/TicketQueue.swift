/// The connections of one loop that are owed a ticket, with which they can resume their session another time.
///
/// To seal one costs a fifth of a handshake with a client's certificate, and nobody waits for it. So tickets are made when no handshake can go on:
/// when a shop's tills all come back at once they are greeted first. Of more than a shop has tills the oldest are made
/// all the same, or in a flood of strangers nobody would ever get any, and the line would grow.
struct TicketQueue {
    /// With more in line tickets are made although handshakes wait.
    static let patientMaximum = 1_024

    /// Keys in the loop's registry; who has left is not found there any more.
    private var line = WaitingLine<UInt64>()

    var isEmpty: Bool { line.isEmpty }
    var isLong: Bool { line.count > Self.patientMaximum }

    mutating func append(_ key: UInt64) { line.append(key) }

    mutating func popFirst() -> UInt64? { line.popFirst() }
}
