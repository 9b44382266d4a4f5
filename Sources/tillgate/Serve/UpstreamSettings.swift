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

    @Option(help: "Begin another file once it has so many MiB, with file:PATH. (default: never)")
    var upstreamRotateMib: Int?

    @Flag(inversion: .prefixedNo, help: "Begin another file every day, with file:PATH. (default: no)")
    var upstreamRotateDaily: Bool?

    @Option(help: "Milliseconds that a request to upstream may take. (default: 30000)")
    var upstreamRequestMilliseconds: Int?

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
    /// Told what the operator should know.
    var onNotice: (@Sendable (String) -> Void)?
    /// When a file is finished and another one begun.
    private(set) var rotation = NDJSONUpstream.Rotation()
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
        if let limit = options.upstreamRequestMilliseconds ?? config.int(forKey: "upstream.request_ms") {
            guard (100...600_000).contains(limit) else {
                throw SettingError(name: "upstream.request_ms", reason: "must be 100 to 600000")
            }
            configuration.requestDeadlineMilliseconds = limit
            configuration.connectDeadlineMilliseconds = min(limit, configuration.connectDeadlineMilliseconds)
        }
        if let mebibytes = options.upstreamRotateMib ?? config.int(forKey: "upstream.rotate_mib") {
            guard (1...1_048_576).contains(mebibytes) else {
                throw SettingError(name: "upstream.rotate_mib", reason: "must be 1 to 1048576")
            }
            rotation.bytes = Int64(mebibytes) << 20
        }
        rotation.isDaily = options.upstreamRotateDaily ?? config.bool(forKey: "upstream.rotate_daily", default: false)
        if let address, UpstreamAdapters.isHTTPS(address) { https = configuration }
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
}
