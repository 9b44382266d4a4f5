import FaultyDisk
import Foundation
import Gateway
import Journal
import LineProtocol
import Logging
import Loyalty
import ProgrammeFiles
import Retail
import TestSupport

/// One life of the gateway's process, from its start on what the disk has to its end.
final class GatewayProcess {
    let life = Life()
    let disk: FaultyDisk
    let journal: Journal
    let gateway: Gateway
    private let crew: SimulatedCrew
    private let loops: [SimulatedLoop]
    private var wires: [Wire] = []

    /// Starts a process.
    ///
    /// - Throws: when the journal cannot be opened.
    init(on disk: FaultyDisk, in world: World, number: Int) throws {
        self.disk = disk
        crew = SimulatedCrew(
            world.agenda, life, dice: Dice(seed: world.seed, for: "process \(number)"),
            slowness: world.weather.slowness)
        var hooks = JournalHooks()
        hooks.planted = world.planted
        // A disk takes its time; meanwhile others go on who do not wait for it.
        hooks.beforeCommit = { [unowned world, life] in
            guard let pause = world.slownessOfDisk() else { return }
            world.agenda.pause(pause, life, sparesBlocking: true)
        }
        hooks.onFailure = { [unowned world] reason in
            world.trace.note("the journal refuses writes: \(reason.prefix(60))")
            world.isJournalFailing = true
        }
        hooks.onRecovery = { [unowned world] in
            world.trace.note("the journal takes writes again")
            world.isJournalFailing = false
        }
        world.isJournalFailing = false
        journal = try Journal.open(folder: disk.folder.path, hooks: hooks, checkpointPages: 60, crew: crew)
        var settings = GatewaySettings(
            version: "1.0.0", stores: Prepared.stores, programmes: Prepared.programmes(world.weather), seed: 7)
        if !world.weather.asksUpstream { settings.lookupMilliseconds = 0 }
        do {
            gateway = try Gateway(
                settings: settings, journal: journal, clock: world.clock, adapter: world.upstream,
                webhookPoster: world.weather.hasWebhooks ? world.site : nil,
                changeSource: world.weather.people > 0 ? world.source : nil, customerSource: world.source,
                log: Logger(label: "simulation", factory: { _ in SwiftLogNoOpLogHandler() }))
        } catch {
            crew.dismiss()
            throw error
        }
        loops = (1...2).map { [life] in SimulatedLoop("loop \($0)", world.agenda, life) }
    }

    func start() { gateway.start() }

    /// A connection of a peer.
    func connect(_ peer: Peer, _ network: Network) -> Wire {
        let wire = Wire(network, to: gateway, on: loops[wires.count % loops.count], from: peer)
        wires.append(wire)
        return wire
    }

    /// The process is gone from one moment to the next.
    func end() {
        guard !life.isOver else { return }
        life.end()
        disk.obey { _ in .error(Codes.writeFailed) }
        for wire in wires { wire.gatewayDied() }
    }

    /// Gives back what an ended process has held.
    func bury() {
        journal.close()
        // Sessions and gateway hold one another for as long as they talk.
        for wire in wires { wire.forgetSession() }
        wires = []
        crew.dismiss()
    }
}

/// What every world begins with, made once.
enum Prepared {
    static let stores: StoreDirectory = {
        var settings = StoreSettings()
        // Minutes of a shop's day are seconds here.
        settings.orderTimes.acceptMilliseconds = 30_000
        settings.orderTimes.alarmMilliseconds = 20_000
        settings.orderTimes.claimMilliseconds = 20_000
        settings.orderTimes.readyMilliseconds = 240_000
        settings.orderTimes.warnMilliseconds = 60_000
        return StoreDirectory(others: settings)
    }()

    /// How long the programme's holds live, in minutes.
    static let holdMinutes = 2

    static func programmes(_ weather: Weather) -> ProgrammeBundle {
        weather.activationDays ? withActivation : plain
    }

    private static let plain = bundle("")
    private static let withActivation = bundle(#", "activation_days": 1"#)

    private static func bundle(_ more: String) -> ProgrammeBundle {
        let text =
            #"{"id": "default", "version": 1, "currency": "RUB", "point_value": 100, "max_redeem": 3000, "#
            + #""hold_minutes": \#(holdMinutes)\#(more), "tiers": [{"name": "base", "threshold": 0, "earn_rate": 300}, "#
            + #"{"name": "gold", "threshold": 3000000, "earn_rate": 700}]}"#
        do {
            let document = try ProgrammeFolder.parse(text, name: "programme") { _ in "5d0c" }
            return ProgrammeBundle(
                try LoadedProgrammes(validating: [document], place: "simulation"), source: .files)
        } catch {
            fatalError("the simulation's own programme cannot be read: \(error)")
        }
    }

    /// What webhooks are signed with at first.
    static let webhookSecret = "first-secret-0123456789abcdef0123456789abcdef"

    static func webhook(of store: String) -> String { "https://web1.example/hooks/\(store)" }

    /// A journal with all the devices, goods and webhooks that any world has.
    static func journal() throws -> TemporaryFolder { try TemporaryFolder(copyOf: image.get().path) }

    private static let image = Result {
        try FaultyDisk.foresee(seed: 1)
        let folder = try TemporaryFolder()
        let journal = try Journal.open(folder: folder.path)
        try journal.perform { transaction in
            for sku in StockModel.products {
                try transaction.put(ProductRecord(sku: sku, name: sku), replacing: nil)
                for store in ["S1", "S2"] {
                    _ = try transaction.take(
                        StockCount(
                            store: store, sku: sku, quantity: Quantity(thousandths: StockModel.counted),
                            asOf: Instant(millisecondsSinceEpoch: 1_795_000_000_000)))
                }
            }
            for store in ["S1", "S2"] {
                for (role, names) in [
                    (DeviceRole.register, (1...4).map { "T\($0)" }), (.app, ["APP1"]), (.website, ["WEB1"]),
                ] {
                    for name in names {
                        try transaction.put(
                            DeviceRecord(
                                store: store, name: name, role: role, fingerprint: "\(store)/\(name)",
                                tokenHash: nil, createdAt: Instant(millisecondsSinceEpoch: 1_795_339_000_000)))
                    }
                }
                _ = try transaction.addWebhook(
                    store: store, site: "WEB1", url: webhook(of: store), secret: WebhookSecret(webhookSecret),
                    states: nil, at: Instant(millisecondsSinceEpoch: 1_795_339_000_000))
            }
        }
        journal.close()
        return folder
    }
}
