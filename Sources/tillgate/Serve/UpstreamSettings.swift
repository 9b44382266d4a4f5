import ArgumentParser
import Configuration
import Upstream

/// The part of `serve`'s command line that is about upstream. Secrets are in files: a command line is seen by everybody
/// on the machine.
struct UpstreamOptions: ParsableArguments {
    @Option(help: "Where receipts go: https://host/path, http://127.0.0.1:port/path or file:PATH. (default: kept)")
    var upstream: String?

    @Option(help: "PEM file with the authorities that upstream's certificate is checked against. (default: system)")
    var upstreamAuthority: String?

    @Option(help: "PEM file with the certificate that the gateway shows to upstream. (default: none)")
    var upstreamCertificate: String?

    @Option(help: "PEM file with the key of that certificate.")
    var upstreamKey: String?

    @Option(help: "File with the token that upstream asks for (Authorization: Bearer). (default: none)")
    var upstreamTokenFile: String?

    @Option(
        help: """
            File with the secret that requests to upstream are signed with; a second line is the secret before it. \
            (default: not signed)
            """)
    var upstreamSecretFile: String?

    @Option(help: "Proxy on the way to upstream: http, https, socks5 or socks5h://host:port. (default: none)")
    var upstreamProxy: String?

    @Option(help: "File with user:password for the proxy. (default: none)")
    var upstreamProxyCredentialsFile: String?

    @Option(help: "How batches are sent: gzip or none. (default: gzip)")
    var upstreamCompression: String?

    @OptionGroup var down: UpstreamFeedOptions
}

/// The part of the command line that is about what upstream sends down.
struct UpstreamFeedOptions: ParsableArguments {
    @Option(
        name: .customLong("upstream-lookup-ms"),
        help: "Milliseconds that a till waits for upstream to say who a customer is; 0: it is not asked. (default: 400)"
    )
    var lookupMilliseconds: Int?

    @Flag(
        name: .customLong("upstream-feed"), inversion: .prefixedNo,
        help: "Take in what upstream sends down. (default: yes, from https)")
    var feed: Bool?
}

/// Everything that is set about upstream: `upstream.*` in the file.
struct UpstreamSettings: Sendable {
    /// The address as it was given; nil when receipts are only kept.
    var address: String?
    /// How long a till waits for upstream to say who a customer is; 0: it is not asked.
    private(set) var lookupMilliseconds = 400
    private var takesFeed = true
    private var https: HTTPSUpstreamConfiguration?

    /// The settings of these options, else of the environment or the file.
    ///
    /// `upstream: ADDRESS` says only where it is; with more to say it is `upstream: {url: ADDRESS, …}`.
    init(_ options: UpstreamOptions, _ config: ConfigReader) throws {
        func setting(_ option: String?, _ key: String) -> String? {
            option ?? config.string(forKey: ConfigKey(["upstream", key]))
        }
        address = setting(options.upstream, "url") ?? config.string(forKey: "upstream")
        var configuration = HTTPSUpstreamConfiguration(baseURL: address ?? "")
        configuration.authorityPath = setting(options.upstreamAuthority, "authority")
        configuration.proxy = setting(options.upstreamProxy, "proxy")
        let certificate = setting(options.upstreamCertificate, "certificate")
        let key = setting(options.upstreamKey, "key")
        switch (certificate, key) {
        case (let certificate?, let key?):
            try SecretFile.checkAccess(key, setting: "upstream.key")
            configuration.clientCertificate = .init(chainPath: certificate, privateKeyPath: key)
        case (nil, nil): break
        default: throw SettingError(name: "upstream.certificate", reason: "a certificate and its key go together")
        }
        if let path = setting(options.upstreamTokenFile, "token_file") {
            configuration.bearerToken = try SecretFile.lines(path, setting: "upstream.token_file", linesMaximum: 1)[0]
        }
        if let path = setting(options.upstreamSecretFile, "secret_file") {
            configuration.signingSecrets = try SecretFile.lines(path, setting: "upstream.secret_file", linesMaximum: 2)
        }
        if let path = setting(options.upstreamProxyCredentialsFile, "proxy_credentials_file") {
            configuration.proxyCredentials =
                try SecretFile.lines(path, setting: "upstream.proxy_credentials_file", linesMaximum: 1)[0]
        }
        if let text = setting(options.upstreamCompression, "compression") {
            guard let compression = HTTPSUpstreamConfiguration.Compression(rawValue: text) else {
                throw SettingError(name: "upstream.compression", reason: "\(text) is neither gzip nor none")
            }
            configuration.compression = compression
        }
        lookupMilliseconds =
            options.down.lookupMilliseconds
            ?? config.int(forKey: ConfigKey(["upstream", "lookup_ms"]), default: lookupMilliseconds)
        guard (0...Self.lookupMillisecondsMaximum).contains(lookupMilliseconds) else {
            throw SettingError(
                name: "upstream.lookup_ms", reason: "must be 0 to \(Self.lookupMillisecondsMaximum)")
        }
        takesFeed = options.down.feed ?? config.bool(forKey: ConfigKey(["upstream", "feed"]), default: true)
        if let address, !address.hasPrefix(Self.filePrefix) { https = configuration }
    }

    /// A till that waits longer for a name loses the customer.
    private static let lookupMillisecondsMaximum = 10_000

    /// The way to what upstream sends down; nil when nothing is taken in.
    func changeSource() throws -> (any ChangeSource)? {
        guard takesFeed, let https else { return nil }
        return try HTTPSChangeSource(https)
    }

    /// The way to ask upstream for a customer; nil when it is not asked.
    func customerSource() throws -> (any CustomerSource)? {
        guard lookupMilliseconds > 0, let https else { return nil }
        return try HTTPSCustomerSource(https)
    }

    /// How an upstream over HTTPS is spoken to; nil when there is none, or a file.
    var httpsConfiguration: HTTPSUpstreamConfiguration? { https }

    /// The way to the upstream that the address names; nil when there is none.
    func adapter() throws -> (any UpstreamAdapter)? {
        guard let address else { return nil }
        if let https { return try HTTPSUpstream(https) }
        return try NDJSONUpstream(path: String(address.dropFirst(Self.filePrefix.count)))
    }

    private static let filePrefix = "file:"
}
