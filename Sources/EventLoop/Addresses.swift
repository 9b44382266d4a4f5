/// Where to listen, or what to connect to.
public enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A host (an IPv4 or IPv6 address, or a name) and a port; port 0 lets the system choose.
    /// The host `::` takes IPv4 too.
    case tcp(host: String, port: Int)
    /// A socket in the file system, readable and writable by this user only.
    case unixSocket(path: String)

    /// `.tcp(host:port:)` without labels.
    public static func tcp(_ host: String, _ port: Int) -> ListenAddress { .tcp(host: host, port: port) }

    /// `.unixSocket(path:)` without a label.
    public static func unixSocket(_ path: String) -> ListenAddress { .unixSocket(path: path) }

    /// As people write it: `127.0.0.1:7443`, `[::1]:7443`, `/run/tillgate/operator.sock`.
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unixSocket(let path): path
        }
    }
}

/// Who is at the other end of a connection.
public struct PeerAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address with its port, as people write it; `unix` for a local socket.
    public let text: String
    /// The peer is on this machine, over TCP.
    public let isLoopback: Bool
    /// The peer is on this machine, over a Unix socket.
    public let isLocalSocket: Bool
    /// The address without the port, for counting.
    let host: HostKey

    init(text: String, isLoopback: Bool, isLocalSocket: Bool, host: HostKey) {
        self.text = text
        self.isLoopback = isLoopback
        self.isLocalSocket = isLocalSocket
        self.host = host
    }

    /// A peer that is elsewhere, for tests and simulated worlds that have no network.
    public init(text: String) {
        self.init(
            text: text, isLoopback: false, isLocalSocket: false, host: HostKey(high: 0, low: UInt64(text.utf8.count)))
    }

    /// What one customer of a network usually has: the same for connections from one IPv4 address, or from one of the
    /// networks of 64 bits that IPv6 gives out.
    public var networkKey: UInt64 { host.high == 0 ? host.low : host.high }

    /// Same as `text`.
    public var description: String { text }
}

/// An address without its port as two plain words; IPv4 in the form that IPv6 has for it.
struct HostKey: Hashable, Sendable {
    let high: UInt64
    let low: UInt64
}
