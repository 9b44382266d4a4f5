import Certificates
import Foundation
import Glibc
import Journal
import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("Files of the gateway are nobody else's business", .timeLimit(.minutes(3)))
struct PrivateFilesTests {
    /// What the program has written, with its mode.
    private func modes(_ folder: String) -> [(path: String, mode: mode_t)] {
        ([""] + (FileManager.default.subpaths(atPath: folder) ?? [])).compactMap { path in
            var status = stat()
            // A file may go while it is looked at.
            guard lstat("\(folder)/\(path)", &status) == 0 else { return nil }
            return (path, status.st_mode)
        }
    }

    /// Runs the program to its end with the umask of somebody who does not care.
    private func run(_ program: TillgateProgram, _ arguments: [String]) throws -> String {
        let (status, output) = try program.run(arguments)
        #expect(status == 0, "\(arguments): \(output)")
        return output
    }

    @Test("whatever the umask: database, log, keys, bundles, sockets, exports, port file and upstream's file")
    func modes() throws {
        let folder = try TemporaryFolder()
        let data = folder.path + "/data"
        // Made by hand, and open to everybody.
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
        #expect(chmod(data, 0o755) == 0)
        let made = folder.path + "/made"
        #expect(mkdir(made, 0o700) == 0)
        let program = TillgateProgram(umask: "000")
        let served = try program.serve(
            data: data, portFile: made + "/ports", upstream: "file:\(made)/upstream.ndjson", log: made + "/log")
        let rows = folder.path + "/customers.csv"
        try "card,name\n7771234567,Petra Privatova\n".write(toFile: rows, atomically: true, encoding: .utf8)
        _ = try run(program, ["import", "customers", rows, "--data", data])
        _ = try run(program, ["device", "add", "S1", "register", "T01", "--out", made + "/bundle", "--data", data])
        let output = try run(program, ["device", "add", "S1", "website", "WEB1", "--token", "--data", data])
        let token = try #require(output.split(separator: " ").last).trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(token.utf8.count == 64)
        _ = try run(
            program,
            [
                "export", "--from", "2026-01-01", "--until", "2026-01-02", "--format", "csv", "--out",
                made + "/receipts.csv",
                "--data", data,
            ])
        _ = try run(program, ["audit", "--data", data])
        #expect(served.process.isRunning)
        let written = modes(data) + modes(made)
        for (path, mode) in written where path != "log" {
            let isFolder = mode & S_IFMT == S_IFDIR
            #expect(mode & 0o7777 == (isFolder ? 0o700 : 0o600), "\(path): \(String(mode & 0o7777, radix: 8))")
        }
        let names = Set(written.map { ($0.path as NSString).lastPathComponent })
        for name in ["journal.sqlite", "journal.sqlite-wal", "device.key", "receipts.csv", "ports", "lock"] {
            #expect(names.contains(name), "\(name): \(names.sorted())")
        }
        #expect(written.contains { $0.mode & S_IFMT == S_IFSOCK })
        served.stop()
        // Nothing of it has the token, and nothing that is told has the person.
        expectNowhere(token, in: [data, made])
        let log = try String(contentsOfFile: made + "/log", encoding: .utf8)
        #expect(log.contains("listening"))
        #expect(PersonalData.found(in: log).isEmpty)
    }

    @Test("a token's bytes are in no file, as text or as bytes, and not in the log")
    func tokens() throws {
        let log = LogKeeper(.trace)
        let world = try TestWorld(log: log.logger)
        let answer = world.localOperator().request("DEVICE_ADD", #"{"store":"S1","role":"app","device":"APP1"}"#)
        let token = try #require(answer.ok?["token"]?.text)
        let app = world.stranger()
        #expect(app.request("HELLO", #"{"protocol":1,"token":"\#(token)"}"#).ok != nil)
        #expect(world.stranger().request("HELLO", #"{"protocol":1,"token":"\#(token)0"}"#).code == "unauthenticated")
        try world.settle()
        expectNowhere(token, in: [world.folderPath])
        #expect(!log.lines.contains { $0.contains(token) })
        // The hash is there, so the test looks where tokens would be.
        let hash = try #require(try world.journal.read { try $0.devices() }.first { $0.name == "APP1" }?.tokenHash)
        #expect(hash == sha256(Array(token.utf8)))
        #expect(files([world.folderPath]).contains { $0.firstRange(of: Data(hash)) != nil })
    }

    private func files(_ folders: [String]) -> [Data] {
        folders.flatMap { folder in
            (FileManager.default.subpaths(atPath: folder) ?? []).compactMap { path in
                FileManager.default.contents(atPath: "\(folder)/\(path)")
            }
        }
    }

    private func expectNowhere(_ token: String, in folders: [String]) {
        var raw: [UInt8] = []
        var digits = token[...]
        while let byte = UInt8(digits.prefix(2), radix: 16), !digits.isEmpty {
            raw.append(byte)
            digits = digits.dropFirst(2)
        }
        #expect(raw.count == 32)
        for content in files(folders) {
            #expect(content.firstRange(of: Data(token.utf8)) == nil)
            #expect(content.firstRange(of: Data(raw)) == nil)
        }
    }
}

/// The program itself, started under some umask.
struct TillgateProgram {
    let umask: String

    /// A gateway in a process of its own.
    final class Served {
        let process: Process

        init(_ process: Process) { self.process = process }

        func stop() {
            guard process.isRunning else { return }
            process.terminate()
            process.waitUntilExit()
        }

        deinit { stop() }
    }

    struct NotListening: Error {}

    /// The program stands beside the tests.
    private static var path: String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "tillgate").path
    }

    private func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", #"umask \#(umask); exec "$0" "$@""#, Self.path] + arguments
        process.standardInput = FileHandle.nullDevice
        return process
    }

    /// Starts a gateway and waits until it listens.
    func serve(data: String, portFile: String, upstream: String, log: String) throws -> Served {
        let process = process([
            "serve", "--data", data, "--listen", "127.0.0.1:0", "--https-listen", "127.0.0.1:0", "--plain",
            "127.0.0.1:0",
            "--port-file", portFile, "--upstream", upstream, "--log-level", "trace",
        ])
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        let served = Served(process)
        let listens = eventually(seconds: 60) {
            FileManager.default.fileExists(atPath: portFile) || !process.isRunning
        }
        guard listens, process.isRunning else { throw NotListening() }
        return served
    }

    /// Runs it to its end and returns its status and what it has said.
    func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = process(arguments)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
