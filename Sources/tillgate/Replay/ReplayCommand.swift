import ArgumentParser
import Foundation
import Replay

/// `tillgate replay`: a real trading day through a real gateway.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Ring trading days up through a fresh gateway and compare what arrives upstream with the files.",
        discussion: """
            Starts a gateway with TLS and device certificates, an upstream and registers, all on this machine, and rings up \
            the invoices of every *.csv of the dataset (the columns of "Online Retail"), each as one receipt on one till: \
            quoted, with coupons and points now and then, held, paid. With --kill the gateway is killed (SIGKILL) at \
            random moments and started again.

            Leaves OUT/upstream.ndjson (each receipt as upstream received it), OUT/summary.json, and the logs of all \
            programs under OUT/run. Exits with 1 when upstream and files disagree in anything, a program ended badly, or \
            the gateway's own books do not add up; 65 when a file is not understood.
            """)

    @Option(help: "Folder with the days, *.csv, in the order of their names.")
    var dataset: String?
    @Option(help: "Ring up a made-up day of so many receipts instead; it is written to OUT/dataset.")
    var generate: Int?
    @Option(help: "Loyalty programme, a YAML or JSON file. (default: a small one)")
    var programme: String?
    @Option(help: "Folder for the results.")
    var out: String
    @Option(help: "Tills that ring up, 1 to \(ReplayPlan.tillsMaximum).")
    var tills = 8
    @Option(help: "How often the gateway is killed.")
    var kill = 0
    @Option(help: "How upstream behaves: good, or hostile: badly in every way, in turns.")
    var upstream = UpstreamManner.good
    @Option(help: "Chooses the moments of the kills, what upstream does, and the made-up day.")
    var seed: UInt64 = 1
    @Flag(help: "Print the summary as one JSON object, and nothing else.")
    var json = false

    func validate() throws {
        guard (dataset == nil) != (generate == nil) else { throw ValidationError("give --dataset or --generate") }
        guard (1...ReplayPlan.tillsMaximum).contains(tills) else {
            throw ValidationError("--tills must be 1 to \(ReplayPlan.tillsMaximum)")
        }
        guard (0...10_000).contains(kill) else { throw ValidationError("--kill must be 0 to 10000") }
        guard (1...1_000_000).contains(generate ?? 1) else { throw ValidationError("--generate must be 1 to 1000000") }
    }

    func run() async throws {
        let folder = RunFolder(out)
        let plan: ReplayPlan
        let programme: ReplayProgramme
        do {
            programme = try ReplayProgramme(path: self.programme)
            try folder.clear()
            if let generate { try folder.invent(receipts: generate, seed: seed) }
            plan = try ReplayPlan(days: Self.days(folder: dataset ?? folder.dataset), tillCount: tills)
        } catch let error as CocoaError {
            throw Console.fail(error.localizedDescription, .unavailable)
        } catch {
            throw Console.fail("\(error)", .badInput)
        }
        let summary: ReplaySummary
        do {
            summary = try await play(plan, programme, folder)
        } catch is Interruption.Interrupted {
            throw Console.fail("interrupted; everything that was started is ended", ExitCode(130))
        } catch {
            throw Console.fail("\(error)", .failed)
        }
        Console.result(json ? String(decoding: summary.json.dropLast(), as: UTF8.self) : summary.text())
        if !json { Console.note("results: \(folder.upstream), \(folder.summary); logs: \(folder.run)/logs") }
        if !summary.isClean { throw ExitCode.failure }
    }

    private func play(
        _ plan: ReplayPlan, _ programme: ReplayProgramme, _ folder: RunFolder
    ) async throws -> ReplaySummary {
        let progress = ProgressLine(isQuiet: json)
        let interruption = Interruption()
        let watches = interruption.watch()
        let world = try ReplayWorld(
            folder: folder, programme: programme, manner: upstream, seed: seed, interruption: interruption)
        defer {
            world.endAll()
            withExtendedLifetime(watches) {}
        }
        progress.note("\(plan.receipts.count) receipts on \(tills) tills" + (kill > 0 ? ", \(kill) kills" : ""))
        try await world.prepare(plan.tills.map { ReplayWorld.Device(role: .register, name: $0) })
        try await world.startUpstream()
        try await world.startGateway()
        let run = ReplayRun(
            world: world, plan: plan,
            schedule: KillSchedule(count: kill, receipts: plan.receipts.count, seed: seed),
            progress: progress)
        let outcome = try await run.run()
        return try await ReplayEnding(world: world, plan: plan, outcome: outcome).summary()
    }

    /// The days of a folder, by name.
    static func days(folder: String) throws -> [RetailDay] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let days = names.filter { $0.hasSuffix(".csv") }.sorted()
        guard !days.isEmpty else { throw RunFailure(reason: "there is no *.csv in \(folder)") }
        return try days.map { name in
            guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
                throw RunFailure(reason: "cannot read \(folder)/\(name)")
            }
            return try RetailDay(file: name, bytes: bytes)
        }
    }
}

extension RunFolder {
    /// Writes a made-up day.
    func invent(receipts: Int, seed: UInt64) throws {
        try FileManager.default.createDirectory(atPath: dataset, withIntermediateDirectories: true)
        try write(dataset + "/made-up.csv", Array(InventedDay.text(receipts: receipts, seed: seed).utf8))
    }
}
