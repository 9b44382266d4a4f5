import Upstream

/// Which adapter an address means. A new one is one line here, and one file in `Sources/Upstream`
/// (protocol-spec/upstream.md).
enum UpstreamAdapters {
    private typealias Make = @Sendable (_ address: String, _ settings: UpstreamSettings) throws -> any UpstreamAdapter

    private static let all: [(prefix: String, make: Make)] = [
        ("https:", https), ("http:", https),
        ("file:", { try NDJSONUpstream(path: String($0.dropFirst("file:".count)), rotation: $1.rotation) }),
    ]

    /// The way to the upstream that the settings name; nil when they name none.
    ///
    /// - Parameter onNotice: told what the operator should know.
    static func adapter(
        _ settings: UpstreamSettings, onNotice: @escaping @Sendable (String) -> Void
    ) throws -> (any UpstreamAdapter)? {
        guard let address = settings.address else { return nil }
        var settings = settings
        settings.onNotice = onNotice
        guard let entry = all.first(where: { address.lowercased().hasPrefix($0.prefix) }) else {
            let known = all.map(\.prefix).joined(separator: ", ")
            throw SettingError(name: "upstream", reason: "\(address) begins with none of \(known)")
        }
        return try entry.make(address, settings)
    }

    /// Whether requests go to the address, so that the settings of requests matter.
    static func isHTTPS(_ address: String) -> Bool {
        ["https:", "http:"].contains { address.lowercased().hasPrefix($0) }
    }

    private static func https(_ address: String, _ settings: UpstreamSettings) throws -> any UpstreamAdapter {
        var configuration = settings.httpsConfiguration ?? HTTPSUpstreamConfiguration(baseURL: address)
        configuration.onNotice = settings.onNotice
        return try HTTPSUpstream(configuration)
    }
}
