/// The connections of one loop that are owed a ticket, with which they can resume their session another time.
///
/// To seal one costs a fifth of a handshake, and nobody waits for it. So tickets are made when no handshake can go on:
/// when a shop's tills all come back at once they are greeted first. Of more than a shop has tills the oldest are made
/// all the same, or in a flood of strangers nobody would ever get any, and the line would grow.
struct TicketQueue {
    /// With more in line tickets are made although handshakes wait.
    static let patientMaximum = 1_024

    /// Keys in the loop's registry; who has left is not found there any more.
    private var keys: [UInt64] = []
    private var head = 0

    var isEmpty: Bool { head == keys.count }
    var isLong: Bool { keys.count - head > Self.patientMaximum }

    mutating func append(_ key: UInt64) { keys.append(key) }

    mutating func popFirst() -> UInt64? {
        guard head < keys.count else { return nil }
        defer {
            head += 1
            if head == keys.count {
                keys.removeAll(keepingCapacity: true)
                head = 0
            } else if head >= 256, head * 2 >= keys.count {
                keys.removeFirst(head)
                head = 0
            }
        }
        return keys[head]
    }
}
