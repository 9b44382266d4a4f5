import Foundation
import Replay

/// Rings a plan up: starts a register per till, kills the gateway as planned, and waits until upstream has everything.
struct ReplayRun {
    /// No receipt arrived and no register ended for so long: nothing will come any more.
    private static let stallMilliseconds = 90_000
    /// The same once all programs have ended: what is under way needs no longer.
    private static let stallAtEndMilliseconds = 15_000
    private static let lookMilliseconds = 10

    /// What came out of it, beside the receipts.
    struct Outcome {
        var milliseconds: Int64 = 0
        var kills = 0
        /// Acknowledged receipts that the gateway was asked about after it was killed.
        var receiptsChecked = 0
        var troubles: [String] = []
    }

    let world: ReplayWorld
    let plan: ReplayPlan
    let schedule: KillSchedule
    /// Asked once all programs have ended and the plan's receipts have arrived: whether everything else has, too.
    var isComplete: (_ receiptsArrived: Int) -> Bool = { _ in true }
    /// Asked once everything is complete and the last servant has ended: whether upstream has heard the end of it.
    var hasEnded: () -> Bool = { true }
    /// Other simulators that take part; they must end well too.
    var companions: [ChildProcess] = []
    /// Simulators that serve until nobody needs them any more: they are asked to end when everything else is complete.
    var servants: [ChildProcess] = []
    let progress: ProgressLine

    /// Runs until upstream has everything, or nothing more comes.
    func run() async throws -> Outcome {
        var outcome = Outcome()
        let started = ContinuousClock.now
        let receiptsPlanned = plan.receipts.count
        var running = try startRegisters() + companions
        var arrived = GrowingFile(path: world.folder.receipts)
        var kills = schedule.kills[...]
        var lastChange = started
        var servants = servants
        var acknowledged = AcknowledgedReceipts(folder: world.folder, tills: tillsThatRingUp)
        while true {
            try world.interruption.check()
            let isGrown = arrived.look()
            let ended = running.filter { !$0.isRunning }
            running.removeAll { !$0.isRunning }
            for child in ended where child.exitCode != 0 {
                outcome.troubles.append(
                    "\(child.name) ended with \(child.exitCode ?? 0): see \(world.folder.log(child.name))")
            }
            if isGrown || !ended.isEmpty { lastChange = .now }
            progress.show(
                arrived.lines, of: max(receiptsPlanned, arrived.lines), kills: outcome.kills, running: running.count)
            if let kill = kills.first, arrived.lines >= kill.receipts {
                try await Task.sleep(for: .milliseconds(kill.afterMilliseconds))
                try await world.killGateway()
                try await world.startGateway()
                outcome.troubles += try acknowledged.check()
                kills.removeFirst()
                outcome.kills += 1
                lastChange = .now
                continue
            }
            if running.isEmpty, arrived.lines >= receiptsPlanned, kills.isEmpty, isComplete(arrived.lines) {
                if servants.isEmpty {
                    if hasEnded() { break }
                } else {
                    for servant in servants { servant.terminate() }
                    (running, servants) = (servants, [])
                    continue
                }
            }
            try world.checkServers()
            let limit =
                world.manner.stallMilliseconds
                ?? (running.isEmpty ? Self.stallAtEndMilliseconds : Self.stallMilliseconds)
            guard ContinuousClock.now - lastChange < .milliseconds(limit) else {
                outcome.troubles.append("nothing happened for \(limit) ms; gave up waiting")
                break
            }
            try await Task.sleep(for: .milliseconds(Self.lookMilliseconds))
        }
        outcome.receiptsChecked = acknowledged.checked
        outcome.troubles += acknowledged.missingFiles()
        let took = (ContinuousClock.now - started).components
        outcome.milliseconds = took.seconds * 1_000 + took.attoseconds / 1_000_000_000_000_000
        progress.end()
        return outcome
    }

    private var tillsThatRingUp: [String] { plan.tills.filter { !plan.receipts(of: $0).isEmpty } }

    private func startRegisters() throws -> [ChildProcess] {
        var registers: [ChildProcess] = []
        for till in tillsThatRingUp {
            try world.folder.write(world.folder.script(till), plan.script(of: till))
            registers.append(
                try world.startSimulator(
                    "register", device: till,
                    [
                        "--script", world.folder.script(till), "--shifts", "--acknowledged",
                        world.folder.acknowledged(till),
                    ]))
        }
        return registers
    }
}
