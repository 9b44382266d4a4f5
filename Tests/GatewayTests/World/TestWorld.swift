import EventLoop
import Foundation
import Journal
import LineProtocol
import Locking
import Logging
import Loyalty
import ProgrammeFiles
import Retail
import TestSupport
import Upstream

@testable import Gateway

/// A gateway with a journal in a folder of its own, virtual time and no network; everything but the journal's writer and
/// the relay runs on the test's thread.
final class TestWorld {
    let clock: VirtualClock
    let loop: TestLoop
    let workbench = Workbench()
    private(set) var journal: Journal
    private(set) var gateway: Gateway
    private let folder: TemporaryFolder
    private let stores: StoreDirectory
    private let programmes: ProgrammeBundle
    private let programmeFiles: ProgrammeTexts?
    private let retention: RetentionSettings
    private let guessing: GuessLimits
    private let log: Logger
    private let changeSource: (any ChangeSource)?
    private let customerSource: (any CustomerSource)?

    /// A fresh world, or one that wakes up on what another has left in `folder`.
    ///
    /// - Parameters:
    ///   - programmes: what the gateway begins with; `source` says where it has them from.
    ///   - clock: another world's clock, for one that wakes up after it.
    ///   - programmeFiles: the files that PROGRAMME_RELOAD reads; without any it is refused.
    ///   - changeSource: what upstream sends down; the test takes the feed's steps itself.
    ///   - customerSource: whom upstream knows.
    ///   - guessing: how fast customers and tokens may be guessed; clients are on this machine and not counted otherwise.
    ///   - log: where the gateway's log goes.
    init(
        stores: StoreDirectory = StoreDirectory(), folder: TemporaryFolder? = nil, hooks: JournalHooks = JournalHooks(),
        adapter: (any UpstreamAdapter)? = nil, programmes: [String] = [TestProgramme.text],
        source: ProgrammeSource = .files, programmeFiles: ProgrammeTexts? = nil,
        clock: VirtualClock = VirtualClock(), changeSource: (any ChangeSource)? = nil,
        customerSource: (any CustomerSource)? = nil, retention: RetentionSettings = RetentionSettings(),
        guessing: GuessLimits = GuessLimits(), log: Logger = TestWorld.silence
    ) throws {
        self.guessing = guessing
        self.log = log
        self.changeSource = changeSource
        self.customerSource = customerSource
        self.clock = clock
        self.programmes = try TestProgramme.bundle(programmes, source: source)
        self.programmeFiles = programmeFiles
        let folder = try folder ?? TemporaryFolder(copyOf: Self.emptyJournal.get().path)
        self.folder = folder
        self.stores = stores
        self.retention = retention
        loop = TestLoop(clock: clock)
        journal = try Journal.open(folder: folder.path, hooks: hooks)
        gateway = try Self.gateway(
            on: journal, self.programmes, programmeFiles, stores: stores, clock: clock, adapter: adapter,
            changeSource: changeSource, customerSource: customerSource, retention: retention, guessing: guessing,
            log: log)
        gateway.start(startsFeed: false)
    }

    deinit {
        gateway.stop()
        loop.end()
    }

    /// Nobody reads what a world logs, unless its test does.
    static let silence = Logger(label: "tests", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Thousands of worlds begin with an empty journal: it is made once and copied.
    private static let emptyJournal = Result {
        let folder = try TemporaryFolder()
        try Journal.open(folder: folder.path).close()
        return folder
    }

    /// Stops the gateway in good order and starts another on the same folder.
    func restart(hooks: JournalHooks = JournalHooks(), adapter: (any UpstreamAdapter)? = nil) throws {
        loop.drain()
        gateway.stop()
        journal = try Journal.open(folder: folder.path, hooks: hooks)
        gateway = try Self.gateway(
            on: journal, programmes, programmeFiles, stores: stores, clock: clock, adapter: adapter,
            changeSource: changeSource, customerSource: customerSource, retention: retention, guessing: guessing,
            log: log)
        gateway.start(startsFeed: false)
    }

    var folderPath: String { folder.path }

    private static func gateway(
        on journal: Journal, _ programmes: ProgrammeBundle, _ files: ProgrammeTexts?, stores: StoreDirectory,
        clock: VirtualClock, adapter: (any UpstreamAdapter)?, changeSource: (any ChangeSource)?,
        customerSource: (any CustomerSource)?, retention: RetentionSettings, guessing: GuessLimits, log: Logger
    ) throws -> Gateway {
        var settings = GatewaySettings(version: "1.0.0", stores: stores, programmes: programmes, seed: 7)
        settings.retention = retention
        settings.guessing = guessing
        if let files { settings.readProgrammeFiles = { () throws(FileRefused) in try files.read() } }
        return try Gateway(
            settings: settings, journal: journal, clock: clock, adapter: adapter, changeSource: changeSource,
            customerSource: customerSource, log: log)
    }

    // MARK: Clients

    /// A device with a certificate that the gateway knows, connected and not yet greeted.
    func connect(_ role: DeviceRole, _ store: String, _ device: String) throws -> TestClient {
        let certificate = Self.certificate(role, store, device)
        if gateway.devices.device(with: certificate) == nil {
            try add(
                DeviceRecord(
                    store: store, name: device, role: role, fingerprint: certificate.fingerprint, tokenHash: nil,
                    createdAt: clock.now()))
        }
        return TestClient(world: self, certificate: certificate)
    }

    /// A device that has said HELLO.
    func greeted(_ role: DeviceRole, _ store: String, _ device: String, hello: String = "") throws -> TestClient {
        let client = try connect(role, store, device)
        _ = client.request("HELLO", #"{"protocol":1\#(hello)}"#)
        return client
    }

    /// A till of store S1 that has said HELLO.
    func till(_ device: String = "T01") throws -> TestClient { try greeted(.register, "S1", device) }

    /// Whoever sits at the gateway's own socket file.
    func localOperator() -> TestClient {
        let client = TestClient(world: self, certificate: nil, isLocalSocket: true)
        _ = client.request("HELLO", #"{"protocol":1}"#)
        return client
    }

    /// A connection without a certificate, from some network or from this machine.
    func stranger(network: UInt64? = nil) -> TestClient {
        TestClient(world: self, certificate: nil, networkKey: network)
    }

    static func certificate(_ role: DeviceRole, _ store: String, _ device: String) -> PeerCertificate {
        PeerCertificate(
            store: store, role: role.rawValue, device: device, fingerprint: "\(store)/\(device)", notAfter: .max)
    }

    /// Makes a device known that the operator has added at some time.
    func add(_ device: DeviceRecord) throws {
        try journal.perform { try $0.put(device) }
        gateway.devices.put(device)
    }

    // MARK: Time and quiet

    /// Waits until the journal takes writes again.
    func available() -> Bool { eventually { journal.isAvailable } }

    /// Waits until every customer is in memory, so that nobody is looked up in the journal any more.
    func hasLoaded() -> Bool { eventually { gateway.directory.isLoaded } }

    /// Waits until everything that was asked for is done and told.
    ///
    /// - Parameter tolerant: the journal may take nothing just now.
    func settle(tolerant: Bool = false) throws {
        // What a completion asks of the journal is waited for by the second round.
        for _ in 0..<2 {
            loop.drain()
            do { try journal.perform { _ in } } catch  where tolerant {}
            loop.drain()
        }
    }
}

/// Programme files as an operator edits them.
final class ProgrammeTexts: Sendable {
    private let texts: Mutex<[String: String]>

    init(_ texts: [String: String]) { self.texts = Mutex(texts) }

    func write(_ name: String, _ text: String) { texts.withLock { $0[name] = text } }

    func read() throws(FileRefused) -> LoadedProgrammes {
        var documents: [LoadedProgramme] = []
        for (name, text) in texts.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            let hash = "\(text.utf8.count)-\(text.utf8.reduce(7) { $0 &* 31 &+ Int($1) })"
            documents.append(try ProgrammeFolder.parse(text, name: name) { (_: [UInt8]) in hash })
        }
        return try LoadedProgrammes(validating: documents, place: "files")
    }
}

/// Programmes for worlds.
enum TestProgramme {
    /// The programme of the transcripts.
    static let text = """
        {"id": "default", "version": 1, "currency": "RUB", "point_value": 100, "max_redeem": 3000,
         "tiers": [{"name": "base", "threshold": 0, "earn_rate": 300},
                   {"name": "silver", "threshold": 3000000, "earn_rate": 500},
                   {"name": "gold", "threshold": 10000000, "earn_rate": 700}]}
        """

    /// The same with further members, each with a comma before it.
    static func text(with more: String) -> String { String(text.dropLast(1)) + more + "}" }

    /// Checked programmes, as if they came from files; a document's hash is `5d0c` and its place.
    static func bundle(_ texts: [String], source: ProgrammeSource = .files) throws -> ProgrammeBundle {
        let documents = try texts.enumerated().map { place, text in
            try ProgrammeFolder.parse(text, name: "programme \(place)") { _ in
                place == 0 ? "5d0c" : "5d0c\(place)"
            }
        }
        return ProgrammeBundle(try LoadedProgrammes(validating: documents, place: "tests"), source: source)
    }
}
