import Foundation
import Glibc
import Locking

/// The program itself, serving in a process of its own, which is killed in the middle of its work.
final class ServedGateway: Sendable {
    private struct State {
        var process: Process?
        var port = 0
        var attempts = 0
        var kills = 0
        var isRestarting = false
    }

    /// The program has ended instead of listening.
    struct Ended: Error {}

    /// The port can be in use for a moment, by a till that was trying to reach the gateway.
    private static let startsMaximum = 50

    private let folder: String
    private let arguments: [String]
    private let killsPlanned: Int
    private let attemptsBetweenKills: Int
    private let state = Mutex(State())

    /// Nothing runs yet.
    ///
    /// - Parameters:
    ///   - folder: where its data folder is.
    ///   - arguments: of `tillgate serve`, besides the folder and the ports.
    ///   - kills: how often it is killed, each time after so many attempts that ``note()`` was told of.
    init(folder: String, arguments: [String] = [], kills: Int, attemptsBetweenKills: Int) {
        self.folder = folder
        self.arguments = arguments
        killsPlanned = kills
        self.attemptsBetweenKills = attemptsBetweenKills
    }

    var port: Int { state.withLock { $0.port } }

    var kills: Int { state.withLock { $0.kills } }

    /// Starts it, for the first time or again on the same port, and waits until it listens.
    func start() async throws {
        for _ in 0..<Self.startsMaximum {
            do {
                let port = try await startOnce()
                return state.withLock { $0.port = port }
            } catch is Ended {}
        }
        throw Ended()
    }

    private func startOnce() async throws -> Int {
        let process = Process()
        process.executableURL = Self.program
        process.arguments =
            [
                "serve", "--data", folder + "/data", "--listen", "127.0.0.1:0", "--plain", "127.0.0.1:\(port)",
            ] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let log = Pipe()
        process.standardError = log
        try process.run()
        state.withLock { $0.process = process }
        return try await Self.port(in: log.fileHandleForReading)
    }

    /// Reads the program's log until it tells its port, and goes on reading so that it never waits for a reader.
    private static func port(in log: FileHandle) async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            let waiting = Mutex<CheckedContinuation<Int, any Error>?>(continuation)
            let text = Mutex("")
            log.readabilityHandler = { log in
                let more = log.availableData
                if more.isEmpty {
                    log.readabilityHandler = nil
                    waiting.withLock { waiting in
                        waiting?.resume(throwing: Ended())
                        waiting = nil
                    }
                    return
                }
                let port = text.withLock { text -> Int? in
                    text += String(decoding: more, as: UTF8.self)
                    guard text.contains("listening"), let key = text.range(of: "plain_port=") else { return nil }
                    let rest = text[key.upperBound...]
                    // What comes may end in the middle of the number.
                    let digits = rest.prefix { $0.isNumber }
                    return digits.endIndex < rest.endIndex ? Int(digits) : nil
                }
                guard let port else { return }
                waiting.withLock { waiting in
                    waiting?.resume(returning: port)
                    waiting = nil
                }
            }
        }
    }

    /// One more attempt is made; now and then that is the moment at which the power goes.
    func note() async throws {
        let isDue = state.withLock { [killsPlanned, attemptsBetweenKills] state in
            state.attempts += 1
            let planned = min(killsPlanned, state.attempts / attemptsBetweenKills)
            guard state.kills < planned, !state.isRestarting else { return false }
            state.kills += 1
            state.isRestarting = true
            return true
        }
        guard isDue else { return }
        kill()
        try await start()
        state.withLock { $0.isRestarting = false }
    }

    /// Ends it as a power cut would.
    func kill() {
        guard let process = state.withLock({ $0.process }), process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Ends it in good order.
    func stop() {
        guard let process = state.withLock({ $0.process }) else { return }
        process.terminate()
        process.waitUntilExit()
    }

    /// The program stands beside the tests.
    private static var program: URL {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return tests.appending(path: "tillgate")
    }
}
