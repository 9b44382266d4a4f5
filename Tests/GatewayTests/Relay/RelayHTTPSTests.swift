import Certificates
import Dispatch
import EventLoop
import Foundation
import Glibc
import Logging
import SimulatedHTTP
import TestSupport
import Testing
import Upstream
import UpstreamSimulator

@testable import Gateway

/// The relay, the journal and the HTTPS adapter as they are, and a simulated upstream on a port of its own. The relay's
/// pauses pass at once; only what is on the wire takes its time.
private final class HTTPSStage {
    let world: TestWorld
    let upstream: HTTPSUpstream
    let server: SimulatedServer
    private let driver: RelayDriver
    private let folder: TemporaryFolder
    private let authority: CertificateAuthority

    init(
        seed: UInt64 = 1, isExpired: Bool = false, deadlineMilliseconds: Int = 250,
        _ change: (inout Misbehaviour) -> Void
    ) throws {
        folder = try TemporaryFolder()
        world = try TestWorld()
        let clock = world.clock
        authority = try CertificateAuthority.create(directory: folder.path + "/authority", name: "Test")
        var misbehaviour = Misbehaviour()
        misbehaviour.signingSecret = "a secret between the two"
        change(&misbehaviour)
        let store = try EventStore(receiptsPath: folder.path + "/receipts", eventsPath: folder.path + "/events")
        let expired = try Self.certificate(authority, folder.path + "/expired", isExpired: true)
        let good = try Self.certificate(authority, folder.path + "/good", isExpired: false)
        var service = UpstreamService(store: store, misbehaviour: misbehaviour, seed: seed)
        let turn = Turn(good: good, expired: expired)
        service.onExpired = { turn.begin() }
        server = try SimulatedServer(address: .tcp("127.0.0.1", 0), tls: isExpired ? expired : good, service: service)
        turn.server = server
        var configuration = HTTPSUpstreamConfiguration(baseURL: "https://127.0.0.1:\(server.boundPort)")
        configuration.authorityPath = authority.certificatePath
        configuration.signingSecrets = ["a secret between the two"]
        configuration.requestDeadlineMilliseconds = deadlineMilliseconds
        upstream = try HTTPSUpstream(configuration)
        let began = clock.now().millisecondsSinceEpoch
        driver = RelayDriver(
            journal: world.journal, adapter: upstream, clock: clock,
            milliseconds: { clock.now().millisecondsSinceEpoch - began },
            generator: SeededGenerator(seed: seed),
            log: Logger(label: "relay", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    deinit {
        let stopped = DispatchSemaphore(value: 0)
        server.stop { stopped.signal() }
        stopped.wait()
    }

    func useGoodCertificate() throws {
        server.replaceTLS(try Self.certificate(authority, folder.path + "/renewed", isExpired: false))
    }

    /// Records receipts of several tills, in turns.
    func record(_ tills: [String], _ numbers: ClosedRange<Int>) throws {
        let now = world.clock.now()
        try world.journal.perform { transaction in
            for number in numbers {
                for till in tills {
                    let body = Array(#"{"till":"\#(till)","n":\#(number),"sign":18446744073709551615}"#.utf8)
                    try transaction.enqueue(
                        type: "receipt", id: "\(till)/\(number)", stream: till, body: body, at: now)
                }
            }
        }
    }

    /// Lets the relay take up to so many steps, until nothing is unsent; pauses pass at once.
    func run(steps: Int, milliseconds: Int64 = 60_000) throws -> Int {
        driver.lookAgain()
        for step in 1...steps {
            if let pause = driver.step() {
                world.clock.advance(milliseconds: Int(min(pause, milliseconds)))
                driver.lookAgain()
            }
            if try unsent() == 0 { return step }
        }
        return steps
    }

    func unsent() throws -> Int64 { try world.journal.read { try $0.backlog().unsent } }
    var status: RelayStatus { driver.status }

    /// The numbers of a till's receipts as they lie in upstream's file.
    func kept(_ till: String) throws -> [Int] {
        let lines = try String(contentsOfFile: folder.path + "/receipts", encoding: .utf8).split(separator: "\n")
        return try lines.map { try JSONTree(Array($0.utf8)) }
            .filter { $0["till"]?.text == till }.compactMap { $0["n"]?.integer.map { Int($0) } }
    }

    private static func certificate(
        _ authority: CertificateAuthority, _ directory: String, isExpired: Bool
    ) throws -> TLSServerContext {
        let weekAgo = Int64(Date().timeIntervalSince1970) - 7 * 86_400
        let files = try authority.issueServer(
            names: ["127.0.0.1"], directory: directory, days: 1, validFrom: isExpired ? weekAgo : nil
        ).files
        return try TLSServerContext(
            configuration: TLSServerConfiguration(
                certificateChainPath: files.certificatePath, privateKeyPath: files.privateKeyPath,
                clientAuthorityPath: nil))
    }

    /// Shows an expired certificate for a moment.
    private final class Turn: @unchecked Sendable {
        weak var server: SimulatedServer?
        private let good: TLSServerContext
        private let expired: TLSServerContext

        init(good: TLSServerContext, expired: TLSServerContext) {
            self.good = good
            self.expired = expired
        }

        func begin() {
            server?.replaceTLS(expired)
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(50)) { [self] in
                server?.replaceTLS(good)
            }
        }
    }
}

@Suite("Relaying over real HTTPS to an upstream that misbehaves", .timeLimit(.minutes(3)))
struct RelayHTTPSTests {
    private static let tills = ["S1/T01", "S1/T02", "S2/T01"]

    @Test(
        "in every way, in turns: every receipt arrives once, in order per till, and none is set aside",
        arguments: [1, 2, 3] as [UInt64])
    func hostile(seed: UInt64) throws {
        let stage = try HTTPSStage(seed: seed) { misbehaviour in
            misbehaviour.inTurns = true
            misbehaviour.busyPauseSeconds = 1
            misbehaviour.troublesomeSuffix = "7"
            misbehaviour.eventsMaximum = 40
        }
        for round in 0..<10 {
            try stage.record(Self.tills, round * 20 + 1...round * 20 + 20)
            _ = try stage.run(steps: 60)
        }
        _ = try stage.run(steps: 3_000)
        #expect(try stage.unsent() == 0)
        #expect(try stage.world.journal.read { try $0.quarantineCount() } == 0)
        for till in Self.tills { #expect(try stage.kept(till) == Array(1...200)) }
    }

    @Test("one receipt of many that is refused with 400 goes to quarantine, the others through")
    func badReceipt() throws {
        let stage = try HTTPSStage { $0.refusedSuffix = "/5" }
        try stage.record(Self.tills, 1...30)
        _ = try stage.run(steps: 20)
        #expect(try stage.unsent() == 0)
        #expect(try stage.world.journal.read { try $0.quarantineCount() } == 3)
        for till in Self.tills { #expect(try stage.kept(till) == Array(1...30).filter { $0 != 5 }) }
    }

    @Test("that falls over one receipt loses only that one, and it is set aside with the reason")
    func poison() throws {
        let stage = try HTTPSStage { $0.poisonSuffix = "S1/T01/9" }
        try stage.record(Self.tills, 1...30)
        for number in 31...80 {
            try stage.record(["S1/T02", "S2/T01"], number...number)
            _ = try stage.run(steps: 6, milliseconds: 2_000)
        }
        #expect(try stage.world.journal.read { try $0.quarantine(after: 0, limit: 9) }.map(\.id) == ["S1/T01/9"])
        #expect(try stage.kept("S1/T01") == Array(1...30).filter { $0 != 9 })
        #expect(try stage.kept("S2/T01") == Array(1...80))
        #expect(try stage.unsent() == 0)
    }

    @Test("whose every connection is reset, hundreds of times, costs no descriptor and no receipt")
    func resets() throws {
        let stage = try HTTPSStage { $0.rates[.reset] = 1 }
        try stage.record(Self.tills, 1...5)
        _ = try stage.run(steps: 20)
        let before = strayDescriptors()
        _ = try stage.run(steps: 600)
        // Other tests have sockets of their own that come and go; what is forgotten stays.
        #expect(eventually { strayDescriptors() <= before + 4 })
        #expect(try stage.unsent() == 15)
        #expect(stage.status.circuit == .open)
        #expect(try stage.kept("S1/T01").isEmpty)
    }

    @Test("whose certificate has expired gets nothing until it has another")
    func expired() throws {
        let stage = try HTTPSStage(isExpired: true) { _ in }
        try stage.record(Self.tills, 1...5)
        _ = try stage.run(steps: 12)
        #expect(try stage.unsent() == 15)
        #expect(stage.status.lastError?.contains("certificate") == true)
        #expect(stage.status.held.isEmpty)
        try stage.useGoodCertificate()
        _ = try stage.run(steps: 40)
        for till in Self.tills { #expect(try stage.kept(till) == Array(1...5)) }
    }

    @Test("that answers byte by byte is waited for within the deadline, and not longer")
    func slow() throws {
        let slow = try HTTPSStage(deadlineMilliseconds: 5_000) { $0.rates[.slow] = 1 }
        try slow.record(["S1/T01"], 1...3)
        #expect(try slow.run(steps: 1) == 1)
        #expect(try slow.unsent() == 0)
        let crawling = try HTTPSStage(deadlineMilliseconds: 200) { $0.rates[.crawl] = 1 }
        try crawling.record(["S1/T01"], 1...3)
        let began = ContinuousClock.now
        _ = try crawling.run(steps: 1)
        #expect(ContinuousClock.now - began < .seconds(5))
        #expect(try crawling.unsent() == 3)
        #expect(crawling.status.lastError?.contains("timed out") == true)
    }

    @Test("that does not take gzip is sent plain bodies from then on")
    func plainOnly() throws {
        let stage = try HTTPSStage { $0.takesOnlyPlain = true }
        try stage.record(Self.tills, 1...50)
        _ = try stage.run(steps: 5)
        for till in Self.tills { #expect(try stage.kept(till) == Array(1...50)) }
        #expect(stage.status.lastError == nil)
    }

    /// Sockets whose connection is gone and that nobody has closed.
    private func strayDescriptors() -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }.count { descriptor in
            var isListening: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0, isListening == 0 else {
                return false
            }
            var address = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let result = withUnsafeMutableBytes(of: &address) { bytes in
                getpeername(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
            }
            return result != 0 && errno == ENOTCONN
        }
    }
}
