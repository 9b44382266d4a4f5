/// Why a loop, a listener or an address could not be set up.
public enum EventLoopError: Error, Equatable, Sendable {
    /// A system call failed; `number` is its errno.
    case system(call: StaticString, number: Int32)
    /// A listener without TLS was asked for on an address that other machines can reach.
    case plainListenerNotLocal(address: String)
    /// The host is neither an address nor a name that resolves.
    case unknownHost(String)
    /// The path of a Unix socket has more bytes than the system takes.
    case pathTooLong(path: String, limit: Int)
    /// Another process answers at this address.
    case addressInUse(String)
    /// A listener needs at least one loop.
    case noLoops

    /// Compares `StaticString`s by content, which the compiler does not derive.
    public static func == (left: EventLoopError, right: EventLoopError) -> Bool {
        left.description == right.description
    }
}

extension EventLoopError: CustomStringConvertible {
    /// One sentence for a log line or a command line.
    public var description: String {
        switch self {
        case .system(let call, let number): "\(call) failed: \(systemErrorText(number))"
        case .plainListenerNotLocal(let address):
            "a listener without TLS is only allowed on loopback addresses and Unix sockets, not on \(address)"
        case .unknownHost(let host): "host \(host) cannot be resolved"
        case .pathTooLong(let path, let limit): "socket path \(path) is longer than \(limit) bytes"
        case .addressInUse(let address): "\(address) is already in use"
        case .noLoops: "a listener needs at least one event loop"
        }
    }
}
