import Foundation
import Glibc

/// A program that was started from here and never outlives the run.
final class ChildProcess: Sendable {
    /// The program cannot be started.
    struct StartFailure: Error, CustomStringConvertible {
        let program: String
        let reason: String

        var description: String { "cannot start \(program): \(reason)" }
    }

    /// What it is, for messages.
    let name: String
    private let process: Process

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - name: what it is, for messages.
    ///   - program: its path.
    ///   - folder: where it works.
    ///   - output: the file that its standard output is appended to.
    ///   - errors: the file that its standard error is appended to.
    init(
        name: String, program: String, arguments: [String], folder: String, output: String, errors: String
    ) throws(StartFailure) {
        self.name = name
        process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        // The gateway's settings can come from the environment; a run must not depend on where it is started.
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("TILLGATE_") }
        do {
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try Self.appending(output)
            process.standardError = try Self.appending(errors)
            try process.run()
        } catch {
            throw StartFailure(program: program, reason: "\(error)")
        }
    }

    deinit { end() }

    var isRunning: Bool { process.isRunning }

    /// The exit code, negative for the signal that ended it; nil while it runs.
    var exitCode: Int32? {
        guard !process.isRunning else { return nil }
        return process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
    }

    /// Asks it to end in its own time.
    func terminate() {
        if process.isRunning { kill(process.processIdentifier, SIGTERM) }
    }

    /// Ends it at once, as a power cut would.
    func end() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    private static func appending(_ path: String) throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
        return file
    }
}
