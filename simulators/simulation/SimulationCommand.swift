import ArgumentParser
import Foundation
import Journal

/// Plays whole worlds out of seeds: the gateway itself, with everybody around it, on one thread in virtual time.
@main
struct SimulationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tillgate-simulation",
        abstract: "Plays stores, a gateway and everything that can go wrong, out of a seed.",
        discussion: """
            A seed that fails is told with what was wrong, the last steps and the command that plays it again, step by \
            step the same. With --plant the gateway is told to make a mistake, to show that the simulation finds it.
            """)

    @Option(help: "How many seeds.")
    var seeds = 100
    @Option(help: "The first seed.")
    var from: UInt64 = 1
    @Option(help: "Processes at a time.")
    var jobs = 1
    @Option(help: "A mistake for the gateway to make, by its name; all: each of them.")
    var plant: String?
    @Flag(help: "Writes down every step.")
    var trace = false
    @Option(help: .hidden)
    var part: Int?

    /// Each of so many seeds is played twice, by two processes if there are two.
    static let proofEvery: UInt64 = 50

    func validate() throws {
        guard seeds >= 1, jobs >= 1, jobs <= 64 else { throw ValidationError("--seeds and --jobs: at least 1") }
        if let plant, plant != "all", Self.fault(plant) == nil {
            let names = PlantedFaults.all.map(\.name).joined(separator: ", ")
            throw ValidationError("--plant: one of all, \(names)")
        }
    }

    private static func fault(_ name: String) -> PlantedFaults? {
        PlantedFaults.all.first { $0.name == name }?.fault
    }

    func run() throws {
        try SteadyHashes.require()
        if let plant {
            try FaultHunt(seeds: seeds, from: from).run(
                PlantedFaults.all.filter { plant == "all" || $0.name == plant })
        } else if let part {
            try playPart(part)
        } else if jobs > 1 {
            try Crowd(seeds: seeds, from: from, jobs: jobs).run()
        } else {
            try play()
        }
    }

    // MARK: One process

    private func play() throws {
        var tally = Tally()
        for seed in from..<from + UInt64(seeds) {
            let outcome = try World(seed: seed, planted: [], isLoud: trace).run()
            tally.add(outcome.counts)
            if outcome.violation != nil { throw Report.failed(seed, outcome) }
            if seed % Self.proofEvery == 0 {
                let again = try World(seed: seed, planted: [], isLoud: false).run()
                if again.hash != outcome.hash { throw Report.wavering(seed) }
            }
            if tally.seeds % 100 == 0 { Report.progress(tally) }
        }
        Report.summary(tally)
    }

    /// What one of several processes does: every so-many-th seed, and all that are played twice.
    private func playPart(_ part: Int) throws {
        for seed in from..<from + UInt64(seeds) {
            let isProof = seed % Self.proofEvery == 0
            guard isProof || seed % UInt64(jobs) == UInt64(part) else { continue }
            let outcome = try World(seed: seed, planted: [], isLoud: false).run()
            if outcome.violation != nil { throw Report.failed(seed, outcome) }
            let isOwn = seed % UInt64(jobs) == UInt64(part)
            print(PartLine(seed: seed, hash: outcome.hash, counts: isOwn ? outcome.counts : nil).text)
            Report.show()
        }
    }
}
