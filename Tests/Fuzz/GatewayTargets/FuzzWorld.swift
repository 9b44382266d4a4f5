import Certificates
import Dispatch
import EventLoop
import Gateway
import Journal
import Locking
import Logging
import ProgrammeFiles
import Retail
import TestSupport

/// A gateway in memory, with devices of every role, for one input after the other. It is made anew from time to time, so
/// that what was stored does not make it slower and slower.
final class FuzzWorld {
    let gateway: Gateway
    let loop = FuzzLoop()
    let workbench = Workbench()
    private let folder: TemporaryFolder
    private var inputs = 0

    /// The moment at which all of it happens: noon of a Sunday.
    static let now = Instant(millisecondsSinceEpoch: 1_795_339_800_000)
    /// The token of the website.
    static let token = "token-of-WEB1-0123456789"
    /// How many inputs one gateway is given.
    private static let inputsMaximum = 2_000

    nonisolated(unsafe) private static var current: FuzzWorld?

    /// The world of the next input.
    static func next() throws -> FuzzWorld {
        if let current, current.inputs < inputsMaximum {
            current.inputs += 1
            return current
        }
        try current?.finish()
        let fresh = try FuzzWorld()
        current = fresh
        return fresh
    }

    private init() throws {
        folder = try TemporaryFolder()
        let journal = try Journal.open(folder: folder.path)
        let document = try ProgrammeFolder.parse(Self.programme, name: "fuzz") { _ in "5d0c" }
        let programmes = ProgrammeBundle(try LoadedProgrammes(validating: [document], place: "fuzz"), source: .files)
        gateway = try Gateway(
            settings: GatewaySettings(version: "1.0.0", stores: StoreDirectory(), programmes: programmes, seed: 7),
            journal: journal, clock: StoppedClock(), adapter: nil,
            log: Logger(label: "fuzz", factory: { _ in SwiftLogNoOpLogHandler() }))
        for device in Self.devices { try journal.perform { try $0.put(device) } }
        admitDevices()
        gateway.start(startsFeed: false)
    }

    /// Lets everybody in who may have been revoked.
    func admitDevices() {
        for device in Self.devices { gateway.devices.put(device) }
    }

    /// Looks once at everything that was stored before the gateway goes.
    private func finish() throws {
        let findings = try gateway.journal.read { try $0.audit(at: Self.now) }.findings
        precondition(findings.isEmpty, "the books are right whatever came in: \(findings)")
        gateway.stop()
    }

    /// Waits until everything that was asked for is done and told.
    func settle() throws {
        // What a completion asks of the journal is waited for by the second round.
        for _ in 0..<2 {
            loop.drain()
            try gateway.journal.perform { _ in }
            loop.drain()
        }
    }

    // MARK: What there is

    /// Who may sit at the other end.
    static let peers: [PeerCertificate?] =
        devices.dropLast().map { device in
            PeerCertificate(
                store: device.store, role: device.role.rawValue, device: device.name,
                fingerprint: device.fingerprint ?? "", notAfter: .max)
        } + [nil]

    private static let devices = [
        DeviceRecord(
            store: "S1", name: "T01", role: .register, fingerprint: "f1", tokenHash: nil, createdAt: now),
        DeviceRecord(store: "S1", name: "APP1", role: .app, fingerprint: "f2", tokenHash: nil, createdAt: now),
        DeviceRecord(store: "S1", name: "SITE", role: .website, fingerprint: "f3", tokenHash: nil, createdAt: now),
        DeviceRecord(
            store: "S1", name: "WEB1", role: .website, fingerprint: nil, tokenHash: sha256(Array(token.utf8)),
            createdAt: now),
    ]

    private static let programme = """
        {"id": "default", "version": 1, "currency": "RUB", "point_value": 100, "max_redeem": 3000,
         "tiers": [{"name": "base", "threshold": 0, "earn_rate": 300},
                   {"name": "silver", "threshold": 3000000, "earn_rate": 500}],
         "promotions": [{"id": "three", "priority": 1, "products": {"categories": ["food"]},
                         "effect": {"n_for_m": {"n": 3, "m": 2}}}]}
        """
}

/// Time does not pass.
private struct StoppedClock: WallClock {
    func now() -> Instant { FuzzWorld.now }
}

/// Runs the work of sessions on the thread that feeds them. Deadlines never come.
final class FuzzLoop: SessionExecutor, @unchecked Sendable {
    private let inbox = Mutex<[@Sendable () -> Void]>([])
    private let bell = DispatchSemaphore(value: 0)

    func execute(_ work: @escaping @Sendable () -> Void) {
        inbox.withLock { $0.append(work) }
        bell.signal()
    }

    func after(milliseconds: Int, _ work: @escaping () -> Void) {}

    var milliseconds: Int64 { 0 }

    /// Runs work as it comes until `condition` holds; false when it did not come to hold in time.
    func run(seconds: Int = 20, until condition: () -> Bool) -> Bool {
        let deadline = DispatchTime.now() + .seconds(seconds)
        while true {
            drain()
            if condition() { return true }
            guard bell.wait(timeout: deadline) == .success else { return condition() }
        }
    }

    /// Runs what has been handed over, and what that hands over, until there is nothing more.
    func drain() {
        while true {
            let work = inbox.withLock { inbox in
                defer { inbox.removeAll() }
                return inbox
            }
            if work.isEmpty { return }
            for item in work { item() }
        }
    }
}
