import Foundation
import Testing

@Suite("The simulation")
struct SimulationTests {
    @Test("plays a seed alike in two processes, and finds nothing wrong")
    func replays() throws {
        // Seed 50 is one of those that each of the processes plays.
        let run = try run(["--from", "50", "--seeds", "2", "--jobs", "2"])
        #expect(run.status == 0, "\(run.text)")
        #expect(run.text.contains("2 seeds, nothing wrong"))
    }

    @Test(
        "finds a mistake that the gateway makes on purpose, and names the seed",
        arguments: ["conflict-overlooked", "webhook-step-skipped", "merge-not-told", "revocation-noticed-late"])
    func findsPlanted(_ fault: String) throws {
        let run = try run(["--plant", fault, "--seeds", "20"])
        #expect(run.status == 0, "\(run.text)")
        #expect(run.text.contains("\(fault): seed "))
    }

    @Test("does not know mistakes that nobody has planted")
    func unknownFault() throws {
        #expect(try run(["--plant", "nonsense"]).status != 0)
    }

    private func run(_ arguments: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        // The program stands beside the tests.
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "tillgate-simulation")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}
