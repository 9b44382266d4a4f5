import FaultyDisk
import Journal
import Retail
import TestSupport

/// What became of a world.
struct Outcome {
    /// What was wrong, in a sentence; nil when nothing was.
    var violation: String?
    var trace: [String]
    var hash: UInt64
    var counts = Counts()
}

/// How much a world, or many, have seen.
struct Counts {
    var steps = 0
    var crashes = 0
    var cuts = 0
    var tornWrites = 0
    var diskFaults = 0
    var receipts = 0
    var orders = 0
    var baskets = 0
    var webhookSteps = 0
    var changes = 0
    var merges = 0
    var revocations = 0
    var milliseconds = 0

    /// Everything that is counted, in the order in which one process tells it another.
    static let all: [any WritableKeyPath<Counts, Int> & Sendable] = [
        \.steps, \.crashes, \.cuts, \.tornWrites, \.diskFaults, \.receipts, \.orders, \.baskets, \.webhookSteps,
        \.changes, \.merges, \.revocations, \.milliseconds,
    ]

    static func += (left: inout Counts, right: Counts) {
        for count in all { left[keyPath: count] += right[keyPath: count] }
    }
}

/// Stores with tills, apps and websites, an upstream, a gateway that crashes, and everything that follows from one seed.
final class World: @unchecked Sendable {
    let seed: UInt64
    let planted: PlantedFaults
    let weather: Weather
    let trace: Trace
    let agenda: Agenda
    /// Of the world itself: peers and network outlive the gateway.
    let life = Life()
    let clock: SimulatedClock
    let books = Books()
    let network: Network
    let stores: [String]
    private(set) lazy var upstream = SimulatedUpstream(self)
    private(set) lazy var source = PeopleSource(self)
    private(set) lazy var site = WebhookSite(self)
    private(set) lazy var shopIT = Operator("OP", store: "local", role: .operator, in: self)
    private(set) var peers: [Peer] = []
    /// Nobody begins anything new.
    private(set) var isEnding = false
    private(set) var violation: String?
    private(set) var counts = Counts()
    /// How often the gateway was started.
    private(set) var lives = 0
    private(set) var process: GatewayProcess?
    /// The gateway has said that its disk takes no writes.
    var isJournalFailing = false {
        didSet { if isJournalFailing { journalTroubles += 1 } }
    }
    private var journalTroubles = 0
    private lazy var news = News(self)
    private var disk: FaultyDisk
    private let machine: Lane
    private var dice: Dice
    private let storm: DiskStorm

    init(seed: UInt64, planted: PlantedFaults, isLoud: Bool) throws {
        self.seed = seed
        self.planted = planted
        weather = Weather(seed: seed)
        trace = Trace(isLoud: isLoud)
        agenda = Agenda(seed: seed, trace: trace)
        clock = SimulatedClock(agenda)
        network = Network(agenda, dice: Dice(seed: seed, for: "network"), delayMaximum: weather.delayMilliseconds)
        stores = (1...weather.storeCount).map { "S\($0)" }
        machine = agenda.lane("machine", life)
        dice = Dice(seed: seed, for: "world")
        storm = DiskStorm(dice: Dice(seed: seed, for: "disk"), oneIn: weather.diskFaultOneIn)
        let image = try Prepared.journal()
        try FaultyDisk.foresee(seed: seed)
        disk = try FaultyDisk(folder: image)
    }

    /// The life of the gateway that runs now; over when none does.
    var gatewayLife: Life { process?.life ?? Self.noLife }

    private static let noLife: Life = {
        let life = Life()
        life.end()
        return life
    }()

    // MARK: What peers need

    func connect(_ peer: Peer) -> Wire? { process?.connect(peer, network) }

    /// What nothing that was written down can have been forgotten in; nil while the disk takes nothing.
    var calm: WebhookModel.Calm? {
        isJournalFailing ? nil : WebhookModel.Calm(life: lives, diskTroubles: storm.faults + journalTroubles)
    }

    /// How long a till may wait for what is asked of upstream: the gateway's deadline, and the way there and back.
    var lookupMillisecondsAtMost: Int64 { 450 + 2 * network.delayAtMost }

    /// Something must not be.
    func fail(_ what: String) {
        guard violation == nil else { return }
        violation = what
        trace.note("VIOLATION: \(what)")
    }

    /// Says what is wrong, if anything is.
    func check(_ wrong: String?) { if let wrong { fail(wrong) } }

    // MARK: From beginning to end

    func run() -> Outcome {
        start()
        employPeers()
        makeWeather()
        let evening = weather.dayMilliseconds
        while violation == nil, agenda.now < evening, agenda.step() {}
        if violation == nil { end() }
        process?.end()
        process?.bury()
        process = nil
        disk.obey(nil)
        for peer in peers { peer.end() }
        peers = []
        life.end()
        agenda.clear()
        var counts = counts
        counts.steps = agenda.steps
        counts.cuts = network.cuts
        counts.tornWrites = storm.torn
        counts.diskFaults = storm.faults
        counts.receipts = books.receipts.recorded.count
        counts.orders = books.allOrders.count
        counts.baskets = books.basketsInTurn.count
        counts.webhookSteps = books.webhooks.taken
        counts.changes = books.people.kept
        counts.merges = books.merges
        counts.milliseconds = Int(agenda.now)
        return Outcome(violation: violation, trace: trace.last, hash: trace.hash, counts: counts)
    }

    private func employPeers() {
        for store in stores {
            for number in 1...weather.tillsPerStore {
                peers.append(Till("T\(number)", store: store, role: .register, in: self))
            }
            peers.append(StoreApp("APP1", store: store, role: .app, in: self))
            peers.append(Website("WEB1", store: store, role: .website, in: self))
        }
        peers.append(shopIT)
        for peer in peers { peer.begin() }
    }

    // MARK: The gateway's process

    private func start() {
        guard violation == nil, process == nil else { return }
        lives += 1
        trace.note("the gateway starts for the \(lives). time")
        disk.obey { [unowned self] step in storm.judge(step, at: agenda.now, trace) }
        let faultsBefore = storm.faults
        do {
            let fresh = try GatewayProcess(on: disk, in: self, number: lives)
            process = fresh
            if let findings = try? audit(), !findings.isEmpty {
                return fail("after start \(lives) the books do not add up: \(findings)")
            }
            fresh.start()
        } catch {
            // Where a folder lies does not follow from the seed.
            let reason = "\(error)".split(separator: disk.folder.path).joined(separator: "the folder")
            trace.note("the gateway does not start: \(reason)")
            guard storm.faults > faultsBefore else { return fail("the gateway does not start: \(reason)") }
            // The files are left as they are, and it is tried again.
            do { disk = try disk.afterKill() } catch { return fail("\(error)") }
            agenda.after(1_000, machine) { [self] in start() }
        }
    }

    /// What the power cut, or kill -9, leaves.
    private enum Ending { case kill, power(PowerLoss) }

    private func crash() {
        guard process != nil, !isEnding else { return }
        let losses = PowerLoss.allCases.map { Ending.power($0) }
        let ending = dice.chance(3) ? Ending.kill : dice.pick(losses) ?? .kill
        if dice.chance(2) {
            endProcess(ending)
        } else {
            // In the middle of what the disk is told to do.
            storm.strike(afterCalls: dice.number(1...12)) { [self] in endProcess(ending) }
        }
    }

    private func endProcess(_ ending: Ending) {
        guard let ended = process, violation == nil else { return }
        counts.crashes += 1
        trace.note("the gateway's process ends: \(ending)")
        do {
            switch ending {
            case .kill: disk = try disk.afterKill()
            case .power(let loss):
                let snapshot = disk.snapshot()
                disk = try FaultyDisk(folder: try snapshot.image(loss, seed: dice.word()))
                if case .later = loss { storm.torn += 1 }
                if case .scattered = loss { storm.torn += 1 }
            }
        } catch {
            return fail("the disk cannot be copied: \(error)")
        }
        ended.end()
        process = nil
        // Not here: this may be in the middle of a commit of that very process.
        agenda.after(0, machine) { ended.bury() }
        agenda.after(Int64(dice.number(10...8_000)), machine) { [self] in start() }
    }

    // MARK: The weather

    private func makeWeather() {
        if let every = weather.crashEvery { again(every) { [self] in crash() } }
        if let every = weather.cutEvery {
            again(every) { [self] in
                guard let peer = dice.pick(peers), !peer.isGone else { return }
                if dice.chance(6) {
                    peer.leave(forMilliseconds: Int64(dice.number(5_000...120_000)))
                } else if dice.chance(3) {
                    peer.crash()
                } else {
                    peer.cut()
                }
            }
        }
        if weather.diskFaultOneIn != nil {
            again(60_000) { [self] in storm.toggle(until: agenda.now + Int64(dice.number(500...8_000))) }
        }
        if weather.losesTill {
            let moment = Int64(dice.number(Int(weather.dayMilliseconds) / 2...Int(weather.dayMilliseconds)))
            agenda.after(moment, machine) { [self] in if !isEnding { loseTill() } }
        }
        if weather.jumpsClock {
            again(120_000) { [self] in
                let jump = Int64(dice.number(-600_000...1_800_000))
                trace.note("the clock jumps by \(jump) ms")
                clock.jump(milliseconds: jump)
            }
        }
        if weather.leapsClock {
            again(150_000) { [self] in
                let hours = dice.pick([-24, -5, -1, 1, 5, 24]) ?? 1
                clock.leap(milliseconds: Int64(hours) * 3_600_000)
                trace.note("the clock leaps by \(hours) hours, to \(clock.now().rfc3339)")
            }
        }
        if weather.people > 0 { again(weather.newsEvery) { [self] in news.tell() } }
        if weather.revokesDevice {
            let moment = Int64(dice.number(Int(weather.dayMilliseconds) / 4...Int(weather.dayMilliseconds)))
            agenda.after(moment, machine) { [self] in if !isEnding { revokeDevice() } }
        }
    }

    /// A device is stolen, or broken: a phone, or a till where there are enough of them.
    private func revokeDevice() {
        let possible = peers.filter { peer in
            !peer.isGone && (peer is StoreApp || (peer is Till && weather.tillsPerStore > 2))
        }
        guard let peer = dice.pick(possible) else { return }
        trace.note("\(peer.store)/\(peer.name) is to be revoked")
        counts.revocations += 1
        shopIT.revoke(peer)
    }

    /// Does something again and again, until the evening.
    private func again(_ every: Int, _ body: @escaping () -> Void) {
        agenda.after(Int64(dice.number(every / 4...every * 7 / 4)), machine) { [self] in
            guard !isEnding, violation == nil else { return }
            body()
            again(every, body)
        }
    }

    /// For how long a commit waits for the disk; nil: not at all.
    func slownessOfDisk() -> Int64? { dice.chance(4) ? Int64(dice.number(1...40)) : nil }

    /// The power goes in the whole shop; a till that has claimed an order, if there is one, does not come back.
    private func loseTill() {
        let claims = books.allOrders.compactMap { order in
            order.last.state == "claimed" ? "\(order.store)/\(order.last.device)" : nil
        }
        let tills = peers.filter { $0 is Till && $0.revocation == .none }
        let lost = tills.first { claims.contains("\($0.store)/\($0.name)") } ?? tills.last
        trace.note("\(lost?.name ?? "no till") goes for ever")
        lost?.leave(forMilliseconds: nil)
        endProcess(.kill)
    }

    // MARK: The evening

    /// Everything is well from here on, and has time to come to rest.
    private func end() {
        isEnding = true
        storm.end()
        upstream.isKind = true
        source.isKind = true
        site.isKind = true
        while let person = books.people.untold { books.people.rename(person, at: clock.unmoved) }
        trace.note("everything is well from here on")
        for peer in peers { peer.comeBack() }
        if process == nil { agenda.after(0, machine) { [self] in start() } }
        Evening(self).run()
    }

    func audit() throws -> [AuditFinding] {
        guard let process else { return [] }
        let now = clock.now()
        return try process.journal.read { try $0.audit(at: now) }.findings
    }

    /// Stops the gateway in good order.
    func stopInGoodOrder() {
        guard let stopped = process else { return }
        stopped.gateway.stop()
        stopped.end()
    }
}
