import Certificates
import Dispatch
import EventLoop
import Foundation
import Gateway
import Glibc
import Journal
import LineProtocol
import Locking
import Logging
import ProgrammeFiles
import Upstream

/// A running gateway: its parts in the order in which they start, and in reverse when they stop.
final class ServeProcess: Sendable {
    private let settings: ServeSettings
    private let log: Logger
    private let gateway: Gateway
    private let server: GatewayServer
    private let signals = DispatchQueue(label: "signals")
    private let isStopping = Atomic<Bool>(false)

    init(_ settings: ServeSettings, log: Logger) throws {
        self.settings = settings
        self.log = log
        let programmes = ProgrammeBundle(
            try ProgrammeFolder.load(settings.programmePath),
            source: settings.programmePath == nil ? .builtIn : .files)
        var hooks = JournalHooks()
        hooks.onFailure = { log.critical("the store refuses writes", metadata: ["reason": "\($0)"]) }
        hooks.onRecovery = { log.notice("the store takes writes again") }
        #if DEBUG
        hooks.onPassing = CrashSwitch.fromEnvironment()
        #endif
        let journal = try Journal.open(folder: settings.dataFolder, hooks: hooks)
        let report = journal.startReport
        log.info(
            "journal open",
            metadata: [
                "folder": "\(settings.dataFolder)", "sqlite": "\(report.sqliteVersion)", "schema": "\(report.schema)",
                "stopped_cleanly": "\(report.stoppedCleanly)", "quick_checked": "\(report.quickChecked)",
                "log_bytes": "\(report.logBytes)",
            ])
        if journal.isOpenToOthers {
            log.warning(
                "the data folder belongs to another user and is open to others; its files are not",
                metadata: ["folder": "\(settings.dataFolder)"])
        }
        if report.lacksLog {
            let missing = settings.dataFolder + "/journal.sqlite-wal"
            log.warning(
                "the last run was not stopped and its log is gone: what it stored last is missing, or this is a back-up",
                metadata: ["log": "\(missing)"])
        }
        let files = try ServerFiles.prepare(folder: settings.dataFolder, names: settings.names)
        var gatewaySettings = GatewaySettings(
            version: ProgramVersion.text, stores: settings.stores, programmes: programmes,
            seed: UInt64.random(in: .min ... .max))
        if let path = settings.programmePath {
            gatewaySettings.readProgrammeFiles = { () throws(FileRefused) in try ProgrammeFolder.load(path) }
        }
        gatewaySettings.connectionsPerDevice = settings.connectionsPerDevice
        gatewaySettings.guessing.countsThisMachine = settings.limitsLoopback
        gatewaySettings.retention = settings.retention
        gatewaySettings.lookupMilliseconds = settings.upstream.lookupMilliseconds
        gateway = try Gateway(
            settings: gatewaySettings, journal: journal, clock: SystemClock(),
            adapter: try UpstreamAdapters.adapter(settings.upstream) { log.notice("\($0)") },
            webhookPoster: try Self.webhookPoster(settings), changeSource: try settings.upstream.changeSource(),
            customerSource: try settings.upstream.customerSource(), log: log)
        var serverSettings = ServerSettings(
            tlsAddress: settings.listen, tls: files, plainAddress: settings.plain,
            operatorSocket: OperatorSocket.path(folder: settings.dataFolder), loops: settings.loops)
        serverSettings.webAddress = settings.httpsListen
        serverSettings.webSocket = settings.dataFolder + "/web/private.sock"
        serverSettings.connectionsMaximum = Self.connectionsMaximum(log)
        server = try GatewayServer(gateway: gateway, settings: serverSettings)
        gateway.start()
        if !report.stoppedCleanly, !report.quickChecked { checkBesideWork(journal) }
    }

    /// Serves until a signal says stop.
    ///
    /// - Throws: when the port file cannot be written.
    func run() async throws {
        let stopped = AsyncStream<Void>.makeStream()
        let watches = [
            SignalWatch.onSignal(SIGTERM, queue: signals) { [self] in stop { stopped.continuation.finish() } },
            SignalWatch.onSignal(SIGINT, queue: signals) { [self] in stop { stopped.continuation.finish() } },
            SignalWatch.onSignal(SIGHUP, queue: signals) { [self] in reload() },
        ]
        // Behind the watches: whoever finds the port file finds a gateway that heeds signals.
        try announce()
        for await _ in stopped.stream {}
        withExtendedLifetime(watches) { log.info("stopped") }
    }

    /// The journal, upstream and websites must find descriptors left when every till that may is connected.
    private static let descriptorsReserved = 2_048

    private static func connectionsMaximum(_ log: Logger) -> Int {
        let descriptors = ProcessDescriptors.raiseLimit()
        // With a very small limit, half of it.
        let left = max(descriptors - descriptorsReserved, descriptors / 2)
        guard left < ProtocolLimits.connections else { return ProtocolLimits.connections }
        log.notice(
            "the limit of open files leaves fewer connections than usual",
            metadata: ["open_files": "\(descriptors)", "connections": "\(left)"])
        return left
    }

    private static func webhookPoster(_ settings: ServeSettings) throws -> any WebhookPoster {
        var posting = HTTPSWebhookPoster.Settings()
        posting.authorityPath = settings.webhookAuthority
        return try HTTPSWebhookPoster(posting)
    }

    /// A large database is checked while the shop sells; a fault is the operator's to act on at once.
    private func checkBesideWork(_ journal: Journal) {
        let thread = Thread { [log] in
            do {
                if let found = try journal.quickCheck() {
                    log.critical("the database is damaged: restore a back-up", metadata: ["quick_check": "\(found)"])
                } else {
                    log.info("the database is sound after an unclean stop")
                }
            } catch {
                log.error("the database could not be checked", metadata: ["reason": "\(error)"])
            }
        }
        thread.name = "quick-check"
        thread.start()
    }

    private func announce() throws {
        log.info(
            "listening",
            metadata: [
                "tls_port": "\(server.tlsPort ?? 0)", "plain_port": "\(server.plainPort ?? 0)",
                "https_port": "\(server.webPort ?? 0)", "upstream": "\(settings.upstream.address ?? "none")",
            ])
        guard let path = settings.portFile else { return }
        let text = """
            {"pid":\(getpid()),"tls_port":\(server.tlsPort ?? 0),"plain_port":\(server.plainPort ?? 0),\
            "https_port":\(server.webPort ?? 0)}

            """
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func reload() {
        do {
            try server.reloadCertificates()
            try gateway.programmeDesk.reloadFiles()
            log.info("certificates and programmes read again")
        } catch {
            log.error("reload refused; what was in force stays", metadata: ["reason": "\(error)"])
        }
    }

    /// Drains within the limit; a second signal, or a drain that hangs, ends the process at once. What was acknowledged is
    /// on the disk either way.
    private func stop(whenStopped: @escaping @Sendable () -> Void) {
        guard !isStopping.exchange(true, ordering: .relaxed) else { exit(EXIT_FAILURE) }
        log.info("draining", metadata: ["within_ms": "\(settings.drainMilliseconds)"])
        let limit = settings.drainMilliseconds
        signals.asyncAfter(deadline: .now() + .milliseconds(limit + Self.stopMillisecondsMaximum)) {
            exit(EXIT_FAILURE)
        }
        DispatchQueue(label: "stop").async { [self] in
            server.drain(withinMilliseconds: limit)
            gateway.stop()
            whenStopped()
        }
    }

    /// What comes after the drain (the relay's last batch, the journal's last commit) may take this long.
    private static let stopMillisecondsMaximum = 15_000
}
