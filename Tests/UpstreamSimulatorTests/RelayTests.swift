import Certificates
import Dispatch
import EventLoop
import Foundation
import SimulatedHTTP
import TestSupport
import Testing
import Upstream
import UpstreamSimulator

/// The simulator on a port of its own with certificates of its own.
final class RunningSimulator {
    let folder: TemporaryFolder
    let authority: CertificateAuthority
    let baseURL: String
    private let server: SimulatedServer

    init(
        asksForCertificate: Bool = false, serverName: String = "127.0.0.1",
        _ change: (inout Misbehaviour) -> Void = { _ in }
    ) throws {
        folder = try TemporaryFolder()
        authority = try CertificateAuthority.create(directory: folder.path + "/authority", name: "Test")
        let files = try authority.issueServer(names: [serverName], directory: folder.path + "/server").files
        var misbehaviour = Misbehaviour()
        change(&misbehaviour)
        let tls = try TLSServerContext(
            configuration: TLSServerConfiguration(
                certificateChainPath: files.certificatePath, privateKeyPath: files.privateKeyPath,
                clientAuthorityPath: asksForCertificate ? authority.certificatePath : nil))
        server = try SimulatedServer(
            address: .tcp("127.0.0.1", 0), tls: tls, requiresCertificate: asksForCertificate,
            service: UpstreamService(store: try folder.openStore(), misbehaviour: misbehaviour, seed: 5))
        baseURL = "https://127.0.0.1:\(server.boundPort)"
    }

    deinit {
        stop()
    }

    /// Returns when the server has ended.
    func stop() {
        let stopped = DispatchSemaphore(value: 0)
        server.stop { stopped.signal() }
        stopped.wait()
    }

    func makeUpstream(_ change: (inout HTTPSUpstreamConfiguration) -> Void = { _ in }) throws -> HTTPSUpstream {
        var configuration = HTTPSUpstreamConfiguration(baseURL: baseURL)
        configuration.authorityPath = authority.certificatePath
        configuration.requestDeadlineMilliseconds = 200
        change(&configuration)
        return try HTTPSUpstream(configuration)
    }
}

/// Receipts with growing sequences.
private func makeEvents(_ numbers: ClosedRange<Int>) -> [UpstreamEvent] {
    numbers.map {
        UpstreamEvent(
            sequence: Int64($0), stream: "S1/T01", id: "r\($0)", type: "receipt", body: Array(receiptBody($0).utf8))
    }
}

@Suite("Relaying over TLS", .timeLimit(.minutes(1)))
struct RelayTests {
    @Test("an upstream of the configured authority is trusted, and its receipts arrive byte for byte")
    func trusted() throws {
        let simulator = try RunningSimulator()
        let upstream = try simulator.makeUpstream()
        #expect(upstream.deliver(makeEvents(1...3)) == .answered([.stored, .stored, .stored]))
        #expect(upstream.deliver(makeEvents(2...4)) == .answered([.stored, .stored, .stored]))
        let lines = (1...4).map { receiptBody($0) + "\n" }.joined()
        #expect(try simulator.folder.content(simulator.folder.receipts) == lines)
    }

    @Test("an upstream of another authority, or of another name, gets nothing")
    func untrusted() throws {
        let simulator = try RunningSimulator()
        let other = try RunningSimulator(serverName: "elsewhere.example")
        for upstream in [
            try simulator.makeUpstream { $0.authorityPath = other.authority.certificatePath },
            try simulator.makeUpstream { $0.authorityPath = nil },
            try other.makeUpstream(),
        ] {
            guard case .failed = upstream.deliver(makeEvents(1...1)) else {
                Issue.record("delivered to \(upstream.description) without trust")
                continue
            }
        }
        #expect(try simulator.folder.content(simulator.folder.receipts).isEmpty)
        #expect(try other.folder.content(other.folder.receipts).isEmpty)
    }

    @Test("a client certificate is shown to an upstream that asks for one")
    func clientCertificate() throws {
        let simulator = try RunningSimulator(asksForCertificate: true)
        let good = try simulator.authority.issueDevice(
            store: "S1", role: "gateway", device: "G1", days: 1, directory: simulator.folder.path + "/gateway")
        let upstream = try simulator.makeUpstream {
            $0.clientCertificate = .init(
                chainPath: good.files.certificatePath, privateKeyPath: good.files.privateKeyPath)
        }
        #expect(upstream.deliver(makeEvents(1...1)) == .answered([.stored]))

        let stranger = try CertificateAuthority.create(directory: simulator.folder.path + "/other", name: "Other")
        let bad = try stranger.issueDevice(
            store: "S1", role: "gateway", device: "G1", days: 1, directory: simulator.folder.path + "/stranger")
        let refused = try simulator.makeUpstream {
            $0.clientCertificate = .init(chainPath: bad.files.certificatePath, privateKeyPath: bad.files.privateKeyPath)
        }
        guard case .failed = refused.deliver(makeEvents(2...2)) else {
            Issue.record("a strange certificate was taken")
            return
        }
        guard case .failed = try simulator.makeUpstream().deliver(makeEvents(3...3)) else {
            Issue.record("taken without a certificate, so the others may not have been looked at")
            return
        }
        #expect(try simulator.folder.content(simulator.folder.receipts) == receiptBody(1) + "\n")
    }

    @Test("whatever the upstream does, every receipt arrives once and in order, except those it refuses")
    func misbehaviour() throws {
        let simulator = try RunningSimulator { misbehaviour in
            misbehaviour.rates[.fail] = 0.15
            misbehaviour.rates[.busy] = 0.15
            misbehaviour.rates[.timeout] = 0.05
            misbehaviour.rates[.cut] = 0.15
            misbehaviour.rates[.reset] = 0.15
            misbehaviour.refusedSuffix = "7"
        }
        let upstream = try simulator.makeUpstream()
        var waiting = makeEvents(1...120)
        var quarantine: [String] = []
        var attempts = 0
        while !waiting.isEmpty && attempts < 1_000 {
            attempts += 1
            let batch = Array(waiting.prefix(5))
            guard case .answered(let verdicts) = upstream.deliver(batch) else { continue }
            #expect(verdicts.count == batch.count)
            for (event, verdict) in zip(batch, verdicts) {
                if case .refused = verdict { quarantine.append(event.id) }
            }
            waiting.removeFirst(batch.count)
        }
        #expect(attempts > 24)
        let refused = (1...120).filter { $0 % 10 == 7 }
        #expect(quarantine == refused.map { "r\($0)" })
        let lines = (1...120).filter { $0 % 10 != 7 }.map { receiptBody($0) + "\n" }.joined()
        #expect(try simulator.folder.content(simulator.folder.receipts) == lines)
    }

    @Test("a delayed answer still goes out after stop, and the connection is closed behind it")
    func gracefulStop() throws {
        let simulator = try RunningSimulator { $0.delayMilliseconds = 150 }
        let upstream = try simulator.makeUpstream { $0.requestDeadlineMilliseconds = 10_000 }
        let stored = DispatchSemaphore(value: 0)
        let stopped = DispatchSemaphore(value: 0)
        let path = simulator.folder.receipts
        Thread.detachNewThread {
            // The record is on the disk before the answer goes out, so this is seen while the answer is held back.
            while (try? Data(contentsOf: URL(fileURLWithPath: path)))?.isEmpty != false { sched_yield() }
            stored.signal()
        }
        let box = UncheckedBox(simulator)
        Thread.detachNewThread {
            stored.wait()
            box.value.stop()
            stopped.signal()
        }
        #expect(upstream.deliver(makeEvents(1...1)) == .answered([.stored]))
        stopped.wait()
        guard case .failed = upstream.deliver(makeEvents(2...2)) else {
            Issue.record("a stopped server answered")
            return
        }
    }
}

/// Carries a value to the one other thread that uses it.
private struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}
