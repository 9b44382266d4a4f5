import Certificates
import EventLoop
import Foundation
import LineProtocol
import Replay

/// A whole shop on this machine: a gateway with fresh data, an upstream, and whatever else is started.
final class ReplayWorld {
    /// A device that may connect.
    struct Device: Sendable {
        let role: AddableRole
        let name: String
    }

    private static let startMilliseconds = 30_000
    private static let stopMilliseconds = 45_000

    let folder: RunFolder
    let interruption: Interruption
    /// The loyalty programme in force.
    let programme: ReplayProgramme
    /// How upstream behaves.
    let manner: UpstreamManner
    private let seed: UInt64
    private let programs: String
    private var children: [ChildProcess] = []
    private var gateway: ChildProcess?
    private var upstream: ChildProcess?
    private var upstreamPort = 0
    /// The gateway's port: chosen by the system at the first start, the same ever after.
    private(set) var port = 0

    /// A shop that keeps its things in `folder`. The other programs are looked for beside this one.
    ///
    /// - Parameter programme: the loyalty programme in force.
    init(
        folder: RunFolder, programme: ReplayProgramme, manner: UpstreamManner = .good, seed: UInt64 = 1,
        interruption: Interruption
    ) throws {
        self.manner = manner
        self.seed = seed
        self.folder = folder
        self.programme = programme
        self.interruption = interruption
        guard let own = Bundle.main.executablePath else {
            throw RunFailure(reason: "cannot tell where this program is")
        }
        programs = URL(fileURLWithPath: own).resolvingSymlinksInPath().deletingLastPathComponent().path
        for name in ["register", "upstream-simulator"]
        where !FileManager.default.isExecutableFile(atPath: "\(programs)/\(name)") {
            throw RunFailure(reason: "\(name) is not beside \(own); build it with: swift build -c release")
        }
    }

    deinit { endAll() }

    /// Makes the gateway's folder, its settings, and a bundle for each device.
    ///
    /// - Parameter orderTills: the tills that take pick-up orders; none: all of them.
    func prepare(_ devices: [Device], orderTills: [String] = []) async throws {
        let authority = try ServerFiles.authority(folder: folder.gatewayData)
        try authority.issueServer(names: ["127.0.0.1", "localhost"], directory: folder.run + "/upstream")
        if manner == .hostile {
            let weekAgo = Int64(Date().timeIntervalSince1970) - 7 * 86_400
            try authority.issueServer(
                names: ["127.0.0.1"], directory: folder.run + "/upstream/expired", days: 1, validFrom: weekAgo)
            let secret = hexadecimal(randomBytes(32))
            try folder.write(folder.run + "/upstream/secret", Array(secret.utf8))
        }
        var requests: [OperatorRequest] = []
        for device in devices {
            let fingerprint = try DeviceBundle.write(
                folder: folder.bundle(device.name), authority: authority, store: ReplayPlan.store,
                role: device.role.rawValue, device: device.name, days: 30)
            let message = DeviceAdd(
                store: ReplayPlan.store, role: device.role, device: device.name, fingerprint: fingerprint)
            requests.append(OperatorRequest(.deviceAdd, message))
        }
        _ = try await LocalOperator(folder: folder.gatewayData).ask(requests)
        var settings = """
            stores:
              all:
                currency: GBP
                time_zone: Europe/London
                language: en

            """
        if !orderTills.isEmpty { settings += "    order_tills: [\(orderTills.joined(separator: ", "))]\n" }
        try folder.write(folder.run + "/gateway.yaml", Array(settings.utf8))
        try folder.write(folder.run + "/programme.yaml", Array(programme.text.utf8))
    }

    /// Starts the upstream simulator.
    func startUpstream() async throws {
        let child = try start(
            "upstream", "upstream-simulator",
            [
                "--certificate", "upstream/server.pem", "--key", "upstream/server.key.pem", "--store", folder.receipts,
                "--events", folder.events, "--port-file", "upstream/port",
            ] + manner.simulatorArguments(seed: seed))
        upstream = child
        let path = folder.run + "/upstream/port"
        let isUp = try await interruption.wait(milliseconds: Self.startMilliseconds) {
            guard child.isRunning else { throw self.ended(child) }
            return FileManager.default.fileExists(atPath: path)
        }
        let text = String(decoding: folder.read(path), as: UTF8.self)
        guard isUp, let port = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw RunFailure(reason: "upstream did not start within \(Self.startMilliseconds) ms")
        }
        upstreamPort = port
    }

    /// Starts the gateway, for the first time or again, and waits until it listens.
    func startGateway() async throws {
        let end = ContinuousClock.now + .milliseconds(Self.startMilliseconds)
        let portFile = folder.run + "/gateway.port"
        while true {
            try? FileManager.default.removeItem(atPath: portFile)
            let child = try startServe(portFile: portFile)
            gateway = child
            let isUp = try await interruption.wait(milliseconds: Self.startMilliseconds) {
                !child.isRunning || FileManager.default.fileExists(atPath: portFile)
            }
            if isUp, child.isRunning { break }
            // The port can be in use for a moment, by a till that was trying to reach the gateway.
            guard isUp, port != 0, ContinuousClock.now < end else { throw ended(child) }
            try await Task.sleep(for: .milliseconds(200))
        }
        guard let ports = try? JSONDecoder().decode(Ports.self, from: folder.read(portFile)) else {
            throw RunFailure(reason: "the gateway did not say which port it listens on")
        }
        port = ports.tls_port
    }

    private struct Ports: Decodable {
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let tls_port: Int
    }

    private func startServe(portFile: String) throws -> ChildProcess {
        // A relative data folder keeps the socket's path short enough for the system, wherever the run is.
        try start(
            "gateway", "tillgate",
            [
                "serve", "--data", "gateway", "--config", "gateway.yaml", "--programme", "programme.yaml",
                "--listen", "127.0.0.1:\(port)", "--upstream", "https://127.0.0.1:\(upstreamPort)",
                "--upstream-authority", "gateway/authority/ca.pem", "--port-file", portFile,
            ] + manner.gatewayArguments)
    }

    /// Kills the gateway as a power cut would, and waits until it is gone.
    func killGateway() async throws {
        guard let gateway else { return }
        gateway.end()
        _ = try await interruption.wait(milliseconds: Self.stopMilliseconds) { !gateway.isRunning }
    }

    /// - Throws: when the gateway or upstream has ended by itself.
    func checkServers() throws {
        for child in [gateway, upstream].compactMap(\.self) where !child.isRunning { throw ended(child) }
    }

    /// Starts a simulator that connects to the gateway as `device`.
    func startSimulator(_ program: String, device: String, _ arguments: [String]) throws -> ChildProcess {
        try start(
            device, program,
            ["--gateway", "127.0.0.1:\(port)", "--bundle", "devices/\(device)", "--patience", "120"] + arguments)
    }

    /// Lets gateway and upstream end in their own time.
    ///
    /// - Returns: what was wrong with it.
    func stopServers() async throws -> [String] {
        var troubles: [String] = []
        for child in [gateway, upstream].compactMap(\.self) {
            child.terminate()
            let isGone = try await interruption.wait(milliseconds: Self.stopMilliseconds) { !child.isRunning }
            if !isGone {
                troubles.append("\(child.name) did not stop within \(Self.stopMilliseconds) ms")
                child.end()
            } else if child.exitCode != 0 {
                troubles.append("\(child.name) stopped with \(child.exitCode ?? 0)")
            }
        }
        gateway = nil
        upstream = nil
        return troubles
    }

    /// What the gateway's own books say of themselves, once it has stopped.
    func audit() async throws -> ReplaySummary.Audit {
        let answer = try await LocalOperator(folder: folder.gatewayData).ask([OperatorRequest(.audit)])[0]
        let reply: AuditReply = try answer.message()
        return ReplaySummary.Audit(
            findings: reply.findings.map { "\($0.kind) \($0.key): \($0.message)" }, checked: reply.checked)
    }

    /// Ends everything that was started.
    func endAll() {
        for child in children { child.end() }
    }

    private func start(_ name: String, _ program: String, _ arguments: [String]) throws -> ChildProcess {
        let child = try ChildProcess(
            name: name, program: "\(programs)/\(program)", arguments: arguments, folder: folder.run,
            output: folder.log("\(name)-output"), errors: folder.log(name))
        children.removeAll { !$0.isRunning }
        children.append(child)
        return child
    }

    private func ended(_ child: ChildProcess) -> RunFailure {
        let code = child.exitCode.map { " with \($0)" } ?? ""
        return RunFailure(reason: "\(child.name) ended\(code); see \(folder.log(child.name))")
    }
}
