import EventLoop

extension ListenAddress {
    /// The port of a gateway unless the shop chose another.
    public static let gatewayPort = 7_443

    /// Reads `host`, `host:port`, `[::1]:port`, or the path of a Unix socket, which contains a `/`.
    ///
    /// - Returns: nil for anything else.
    public init?(gateway text: String) {
        if text.contains("/") {
            self = .unixSocket(path: text)
            return
        }
        var host = Substring(text)
        var port = Self.gatewayPort
        // The colons of an IPv6 address without brackets separate no port.
        let hasPort = text.hasPrefix("[") ? text.contains("]:") : text.filter { $0 == ":" }.count == 1
        if hasPort, let colon = text.lastIndex(of: ":") {
            guard let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number) else { return nil }
            host = text[..<colon]
            port = number
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains(where: { $0 == " " || $0 == "[" || $0 == "]" }) else { return nil }
        self = .tcp(host: String(host), port: port)
    }

    /// Whether the address cannot lead to another machine.
    var isOnThisMachine: Bool {
        switch self {
        case .unixSocket: true
        case .tcp(let host, _): host == "localhost" || host == "::1" || Self.isIPv4Loopback(host)
        }
    }

    /// `127.` and three more numbers; a name could lead anywhere.
    private static func isIPv4Loopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
