import ArgumentParser
import Foundation

/// What a part tells of a seed.
struct PartLine {
    var seed: UInt64
    var hash: UInt64
    /// Nil when the seed belongs to another part and was only played for proof.
    var counts: Counts?

    init(seed: UInt64, hash: UInt64, counts: Counts?) {
        self.seed = seed
        self.hash = hash
        self.counts = counts
    }

    init?(_ line: String) {
        let words = line.split(separator: " ")
        guard words.count >= 3, words[0] == "seed", let seed = UInt64(words[1]), let hash = UInt64(words[2]) else {
            return nil
        }
        self.init(seed: seed, hash: hash, counts: nil)
        let numbers = words.dropFirst(3).compactMap { Int($0) }
        guard numbers.count == Counts.all.count else { return }
        var counts = Counts()
        for (count, number) in zip(Counts.all, numbers) { counts[keyPath: count] = number }
        self.counts = counts
    }

    var text: String {
        guard let counts else { return "seed \(seed) \(hash)" }
        let numbers = Counts.all.map { "\(counts[keyPath: $0])" }
        return "seed \(seed) \(hash) " + numbers.joined(separator: " ")
    }
}

/// Several processes that share the seeds; some seeds are played by all of them, which must see the same.
struct Crowd {
    let seeds: Int
    let from: UInt64
    let jobs: Int

    func run() throws {
        var tally = Tally()
        var hashes: [UInt64: UInt64] = [:]
        let parts = try (0..<jobs).map { try Part($0, seeds: seeds, from: from, jobs: jobs) }
        defer { for part in parts { part.end() } }
        var open = parts
        var failure: (any Error)?
        while !open.isEmpty {
            for part in open {
                guard let line = part.next() else {
                    open.removeAll { $0 === part }
                    if !part.endedWell { failure = failure ?? ExitCode.failure }
                    continue
                }
                guard let told = PartLine(line) else {
                    print(line)
                    continue
                }
                if let before = hashes.updateValue(told.hash, forKey: told.seed), before != told.hash {
                    throw Report.wavering(told.seed)
                }
                guard let counts = told.counts else { continue }
                tally.add(counts)
                if tally.seeds % 500 == 0 { Report.progress(tally) }
            }
            if failure != nil { break }
        }
        if let failure { throw failure }
        Report.summary(tally)
    }
}

/// One of the processes.
private final class Part {
    private let process = Process()
    private let output = Pipe()
    private var text: [UInt8] = []

    init(_ part: Int, seeds: Int, from: UInt64, jobs: Int) throws {
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "--seeds", "\(seeds)", "--from", "\(from)", "--jobs", "\(jobs)", "--part", "\(part)",
        ]
        process.standardOutput = output
        try process.run()
    }

    /// The next line; nil at the end.
    func next() -> String? {
        while true {
            if let end = text.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: text[..<end], as: UTF8.self)
                text.removeSubrange(...end)
                return line
            }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { return nil }
            text += more
        }
    }

    var endedWell: Bool {
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    func end() { if process.isRunning { process.terminate() } }
}
