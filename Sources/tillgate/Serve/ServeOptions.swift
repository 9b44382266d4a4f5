import ArgumentParser
import Configuration
import EventLoop
import Gateway
import LineProtocol
import Logging
import Loyalty
import ProgrammeFiles
import Retail
import SystemPackage

/// The command line of `serve`; what is not given comes from the environment or the file.
struct ServeOptions: ParsableArguments {
    @Option(help: "Folder of the gateway's data; created when absent.")
    var data: String?

    @Option(help: "YAML file with settings.")
    var config: String?

    @Option(help: "Address for devices, with TLS. (default: [::]:7443)")
    var listen: String?

    @Option(help: "Address without TLS, loopback only, for tests and local tools. (default: none)")
    var plain: String?

    @Option(help: "Address for websites, HTTPS with JSON. (default: none)")
    var httpsListen: String?

    @Option(name: .customLong("name"), help: "Host name or IP address in the server certificate; may be repeated.")
    var names: [String] = []

    @Option(help: "Event loops. (default: 1)")
    var loops: Int?

    @OptionGroup var upstream: UpstreamOptions

    @Option(help: "PEM file with the authorities that websites' certificates are checked against. (default: system)")
    var webhookAuthority: String?

    @Option(help: "Loyalty programme, YAML or JSON, or a folder of them. (default: the built-in one)")
    var programme: String?

    @Option(help: "Milliseconds that clients get to finish when the gateway stops. (default: 10000)")
    var drainMilliseconds: Int?

    @Option(help: "Connections that one device may have at a time. (default: 8)")
    var connectionsPerDevice: Int?

    @Flag(
        inversion: .prefixedNo,
        help: "Count guesses of cards, customers, coupons and tokens from this machine, too. (default: no)")
    var limitLoopback: Bool?

    @Option(help: "Days that receipts are kept once upstream has confirmed them, 40 at least. (default: 400)")
    var retentionDays: Int?

    @Option(
        help: "With more MiB in use, confirmed receipts older than 40 days go before their time. (default: no limit)")
    var retentionMebibytes: Int?

    @Option(help: "trace, debug, info, notice, warning, error or critical. (default: info)")
    var logLevel: String?

    @Option(help: "File that gets {pid, tls_port, plain_port, https_port} once the gateway listens.")
    var portFile: String?
}

/// A setting that cannot be used.
struct SettingError: Error, CustomStringConvertible {
    var name: String
    var reason: String

    var description: String { "setting \(name): \(reason)" }
}

/// The settings of a gateway process, from the command line, the environment and the file, in that order.
struct ServeSettings: Sendable {
    static let defaultDataFolder = "tillgate-data"

    var dataFolder: String
    var listen: ListenAddress
    var plain: ListenAddress?
    var httpsListen: ListenAddress?
    var names: [String]
    var loops: Int
    var upstream: UpstreamSettings
    var webhookAuthority: String?
    var programmePath: String?
    var stores: StoreDirectory
    var drainMilliseconds: Int
    var connectionsPerDevice: Int
    var limitsLoopback: Bool
    var retention: RetentionSettings
    var logLevel: Logger.Level
    var portFile: String?

    init(_ options: ServeOptions) async throws {
        var providers: [any ConfigProvider] = [EnvironmentVariablesProvider().prefixKeys(with: "tillgate")]
        if let path = options.config {
            providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(path)))
        }
        let config = ConfigReader(providers: providers)
        dataFolder = options.data ?? config.string(forKey: "data", default: Self.defaultDataFolder)
        listen = try Self.address("listen", options.listen ?? config.string(forKey: "listen", default: "[::]:7443"))
        plain = try (options.plain ?? config.string(forKey: "plain")).map { try Self.address("plain", $0) }
        httpsListen = try (options.httpsListen ?? config.string(forKey: "https.listen")).map {
            try Self.address("https-listen", $0)
        }
        let configured = config.stringArray(forKey: "names") ?? []
        names = options.names.isEmpty ? configured : options.names
        loops = options.loops ?? config.int(forKey: "loops", default: 1)
        upstream = try UpstreamSettings(options.upstream, config)
        webhookAuthority = options.webhookAuthority ?? config.string(forKey: "webhook.authority")
        programmePath = options.programme ?? config.string(forKey: "programme")
        drainMilliseconds = options.drainMilliseconds ?? config.int(forKey: "drain.milliseconds", default: 10_000)
        connectionsPerDevice =
            options.connectionsPerDevice
            ?? config.int(forKey: "connections.per_device", default: ProtocolLimits.connectionsPerDevice)
        limitsLoopback = options.limitLoopback ?? config.bool(forKey: "limit.loopback", default: false)
        retention = try Self.retention(options, config)
        portFile = options.portFile
        let level = options.logLevel ?? config.string(forKey: "log.level", default: "info")
        guard let level = Logger.Level(rawValue: level) else {
            throw SettingError(name: "log-level", reason: "\(level) is no level")
        }
        logLevel = level
        let texts = try programmePath.flatMap(TextFolder.path(besideProgrammes:)).map(TextFolder.load)
        stores = try Self.stores(config, texts ?? Languages())
        guard (1...64).contains(loops) else { throw SettingError(name: "loops", reason: "must be 1 to 64") }
        guard (1...ProtocolLimits.connections).contains(connectionsPerDevice) else {
            throw SettingError(
                name: "connections-per-device", reason: "must be 1 to \(ProtocolLimits.connections)")
        }
        guard (0...600_000).contains(drainMilliseconds) else {
            throw SettingError(name: "drain-milliseconds", reason: "must be 0 to 600000")
        }
    }

    private static func retention(_ options: ServeOptions, _ config: ConfigReader) throws -> RetentionSettings {
        let days = options.retentionDays ?? config.int(forKey: "retention.days", default: RetentionSettings.daysUsual)
        guard (RetentionSettings.daysMinimum...RetentionSettings.daysMaximum).contains(days) else {
            throw SettingError(
                name: "retention-days",
                reason: "must be \(RetentionSettings.daysMinimum) to \(RetentionSettings.daysMaximum)")
        }
        let mebibytes = options.retentionMebibytes ?? config.int(forKey: "retention.mebibytes", default: 0)
        guard (0...1 << 30).contains(mebibytes) else {
            throw SettingError(name: "retention-mebibytes", reason: "must be 0 (no limit) to \(1 << 30)")
        }
        return RetentionSettings(days: days, mebibytes: mebibytes)
    }

    /// `stores.all.*` for every store, `stores.<id>.*` for those that `stores.ids` lists.
    private static func stores(_ config: ConfigReader, _ languages: Languages) throws -> StoreDirectory {
        let others = try store("all", config, languages, StoreSettings())
        var named: [String: StoreSettings] = [:]
        for id in config.stringArray(forKey: "stores.ids") ?? [] {
            named[id] = try store(id, config, languages, others)
        }
        return StoreDirectory(named: named, others: others)
    }

    private static func store(
        _ id: String, _ config: ConfigReader, _ languages: Languages, _ base: StoreSettings
    ) throws -> StoreSettings {
        let scope = config.scoped(to: ConfigKey(["stores", id]))
        var settings = base
        settings.currency = scope.string(forKey: "currency", default: base.currency)
        settings.timeZone = scope.string(forKey: "time_zone", default: base.timeZone)
        let language = scope.string(forKey: "language", default: base.language.rawValue)
        guard let known = languages[language] else {
            throw SettingError(
                name: "stores.\(id).language",
                reason: "\(language) is not one of \(languages.tags.joined(separator: ", "))")
        }
        settings.language = known
        settings.orderTills = scope.stringArray(forKey: "order_tills").map(Set.init) ?? base.orderTills
        settings.visitReasons =
            try scope.stringArray(forKey: "visit_reasons").map { try visitReasons($0, of: id) } ?? base.visitReasons
        for (key, time) in Self.orderTimes {
            settings.orderTimes[keyPath: time] = try milliseconds(key, of: id, scope, base.orderTimes[keyPath: time])
        }
        settings.name = scope.string(forKey: "name") ?? base.name
        settings.nearbyStores = scope.stringArray(forKey: "nearby_stores") ?? base.nearbyStores
        settings.scaleCodes =
            try scope.stringArray(forKey: "scale_codes")?.map { text in
                guard let code = ScaleCode(text: text) else {
                    throw SettingError(
                        name: "stores.\(id).scale_codes",
                        reason: "\(text) is not prefix:digits:measure, such as 20:5:weight or 22:4:price")
                }
                return code
            } ?? base.scaleCodes
        return settings
    }

    /// Each entry is `id=text` or an id alone.
    private static func visitReasons(_ entries: [String], of store: String) throws -> [VisitReason] {
        let name = "stores.\(store).visit_reasons"
        guard entries.count <= ProtocolLimits.visitReasons else {
            throw SettingError(name: name, reason: "must not have more than \(ProtocolLimits.visitReasons) entries")
        }
        var reasons: [VisitReason] = []
        for entry in entries {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let reason = VisitReason(checking: parts[0], text: parts.count > 1 ? parts[1] : parts[0]) else {
                throw SettingError(name: name, reason: "\(entry) is not an id, or an id, = and a text")
            }
            guard !reasons.contains(where: { $0.id == reason.id }) else {
                throw SettingError(name: name, reason: "\(reason.id) stands there twice")
            }
            reasons.append(reason)
        }
        return reasons
    }

    /// How long orders wait, by the names in the file.
    private static var orderTimes: [(String, WritableKeyPath<OrderTimes, Int64>)] {
        [
            ("order_acknowledge_ms", \.acknowledgeMilliseconds), ("order_accept_ms", \.acceptMilliseconds),
            ("order_alarm_ms", \.alarmMilliseconds), ("order_claim_ms", \.claimMilliseconds),
            ("order_ready_ms", \.readyMilliseconds), ("order_warn_ms", \.warnMilliseconds),
            ("order_consent_ms", \.consentMilliseconds),
        ]
    }

    private static func milliseconds(
        _ key: String, of store: String, _ scope: ConfigReader, _ known: Int64
    ) throws -> Int64 {
        let value = Int64(scope.int(forKey: ConfigKey(key), default: Int(known)))
        guard (100...86_400_000).contains(value) else {
            throw SettingError(name: "stores.\(store).\(key)", reason: "must be 100 to 86400000")
        }
        return value
    }

    /// Reads `host:port` or `[::1]:port`.
    private static func address(_ name: String, _ text: String) throws -> ListenAddress {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw SettingError(name: name, reason: "\(text) is not host:port") }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return .tcp(String(host), port)
    }
}
