import Locking

/// Counts the connections of a listener over all its loops, in total and per address.
final class ConnectionCensus: Sendable {
    private struct Counts {
        var total = 0
        var perHost: [HostKey: Int] = [:]
    }

    private let counts = Mutex(Counts())
    private let connectionsMaximum: Int
    private let perAddressMaximum: Int

    init(limits: ListenerLimits) {
        connectionsMaximum = limits.connectionsMaximum
        perAddressMaximum = limits.perAddressMaximum
    }

    var total: Int { counts.withLock { $0.total } }

    /// Counts a new connection, or says which limit it would break.
    func enter(_ peer: PeerAddress) -> HandshakeFailure? {
        counts.withLock { counts in
            guard counts.total < connectionsMaximum else { return .tooManyConnections(limit: connectionsMaximum) }
            if Self.isCounted(peer) {
                let already = counts.perHost[peer.host, default: 0]
                guard already < perAddressMaximum else { return .tooManyFromAddress(limit: perAddressMaximum) }
                counts.perHost[peer.host] = already + 1
            }
            counts.total += 1
            return nil
        }
    }

    func leave(_ peer: PeerAddress) {
        counts.withLock { counts in
            counts.total -= 1
            guard Self.isCounted(peer), let already = counts.perHost[peer.host] else { return }
            counts.perHost[peer.host] = already > 1 ? already - 1 : nil
        }
    }

    private static func isCounted(_ peer: PeerAddress) -> Bool { !peer.isLoopback && !peer.isLocalSocket }
}
