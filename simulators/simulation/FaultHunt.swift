import ArgumentParser
import Foundation
import Journal

/// Lets the gateway make a mistake on purpose, seed after seed, until a world notices.
struct FaultHunt {
    let seeds: Int
    let from: UInt64

    func run(_ faults: [(name: String, fault: PlantedFaults)]) throws {
        var missed: [String] = []
        for (name, fault) in faults where try !find(name, fault) { missed.append(name) }
        if !missed.isEmpty {
            print("not found within \(seeds) seeds: \(missed.joined(separator: ", "))")
            throw ExitCode.failure
        }
    }

    private func find(_ name: String, _ fault: PlantedFaults) throws -> Bool {
        let begun = Date()
        for seed in from..<from + UInt64(seeds) {
            let outcome = try World(seed: seed, planted: fault, isLoud: false).run()
            guard let violation = outcome.violation else { continue }
            let seconds = Report.tenths(Date().timeIntervalSince(begun))
            print("\(name): seed \(seed), after \(seed - from + 1) seeds and \(seconds) s: \(violation.prefix(300))")
            Report.show()
            return true
        }
        print("\(name): NOT FOUND within \(seeds) seeds")
        return false
    }
}
