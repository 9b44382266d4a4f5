/// The connections of one loop whose TLS handshake can go on, because their peer has sent something.
///
/// A step of a handshake costs a hundred times what a request costs, and any stranger can ask for one. So these steps
/// stand in a line of their own, of which each round of the loop takes a small share; open connections do not wait for
/// the others. While the line is long nobody new is taken in: they wait in the system's queue, where they cost nothing.
struct HandshakeQueue {
    /// With so many in line a listener takes nobody in.
    static let lengthMaximum = 64
    /// What one round spends on handshakes, at least one step.
    static let shareNanoseconds: UInt64 = 500_000

    private var line = WaitingLine<Connection>()

    var isEmpty: Bool { line.isEmpty }
    var isFull: Bool { line.count >= Self.lengthMaximum }

    mutating func append(_ connection: Connection) { line.append(connection) }

    mutating func popFirst() -> Connection? { line.popFirst() }
}

/// The handshakes of one listening socket, the oldest first: when there are too many, the one that has waited longest for
/// its peer makes room. An honest peer answers within a few round trips, so it is gone from here before its turn comes.
struct HandshakeArrivals {
    /// Keys in the loop's registry; those of connections that have left the handshake find nobody, or somebody open.
    private var keys: [UInt64] = []
    private var head = 0
    private(set) var count = 0

    /// Keys that are kept, those of connections that have left the handshake included.
    var kept: Int { keys.count }

    mutating func enter(_ connection: Connection, in registry: Registry) {
        guard let key = connection.key else { return }
        if keys.count - head > 4 * count + 256 { dropThoseWhoLeft(registry) }
        keys.append(key)
        count += 1
    }

    mutating func leave() { count -= 1 }

    /// Who has waited longest for its peer; nobody when all can go on.
    mutating func longestWaiting(in registry: Registry) -> Connection? {
        while head < keys.count, Self.connection(keys[head], registry) == nil { head += 1 }
        // In a flood everybody leaves at the front, so what is behind it never grows and would keep what was before.
        if head >= 256, head * 2 >= keys.count {
            keys.removeFirst(head)
            head = 0
        }
        return keys[head...].lazy.compactMap { Self.connection($0, registry) }.first { !$0.isInHandshakeQueue }
    }

    private mutating func dropThoseWhoLeft(_ registry: Registry) {
        keys = keys[head...].filter { Self.connection($0, registry) != nil }
        head = 0
    }

    private static func connection(_ key: UInt64, _ registry: Registry) -> Connection? {
        guard let connection = registry.connection(key), connection.stage == .handshaking else { return nil }
        return connection
    }
}
