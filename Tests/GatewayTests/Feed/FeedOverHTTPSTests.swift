import Certificates
import Dispatch
import EventLoop
import Foundation
import SimulatedHTTP
import TestSupport
import Testing
import Upstream
import UpstreamSimulator

@testable import Gateway

/// The upstream simulator on a port of its own, with something to send down.
private final class SendingSimulator {
    let folder: TemporaryFolder
    let configuration: HTTPSUpstreamConfiguration
    private let server: SimulatedServer

    var changes: String { folder.path + "/changes.ndjson" }

    init(
        customers: Int, kept: Int? = nil, _ change: (inout Misbehaviour) -> Void = { _ in }
    ) throws {
        folder = try TemporaryFolder()
        let authority = try CertificateAuthority.create(directory: folder.path + "/authority", name: "Test")
        let files = try authority.issueServer(names: ["127.0.0.1"], directory: folder.path + "/server").files
        var misbehaviour = Misbehaviour()
        change(&misbehaviour)
        let tls = try TLSServerContext(
            configuration: TLSServerConfiguration(
                certificateChainPath: files.certificatePath, privateKeyPath: files.privateKeyPath))
        try Data().write(to: URL(fileURLWithPath: folder.path + "/changes.ndjson"))
        var settings = ChangeBook.Settings()
        settings.customers = customers
        settings.path = folder.path + "/changes.ndjson"
        settings.keptChanges = kept
        let store = try EventStore(
            receiptsPath: folder.path + "/receipts.ndjson", eventsPath: folder.path + "/events.ndjson")
        server = try SimulatedServer(
            address: .tcp("127.0.0.1", 0), tls: tls,
            service: UpstreamService(store: store, misbehaviour: misbehaviour, seed: 5, book: try ChangeBook(settings)))
        var configuration = HTTPSUpstreamConfiguration(baseURL: "https://127.0.0.1:\(server.boundPort)")
        configuration.authorityPath = authority.certificatePath
        configuration.requestDeadlineMilliseconds = 500
        self.configuration = configuration
    }

    deinit {
        let stopped = DispatchSemaphore(value: 0)
        server.stop { stopped.signal() }
        stopped.wait()
    }

    func add(_ change: String) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: changes))
        try file.seekToEnd()
        try file.write(contentsOf: Data((change + "\n").utf8))
        try file.close()
    }

    /// A shop that this upstream sends to.
    func shop() throws -> Shop {
        Shop(
            try TestWorld(
                source: .builtIn, changeSource: try HTTPSChangeSource(configuration),
                customerSource: try HTTPSCustomerSource(configuration)))
    }
}

@Suite("What upstream sends down over HTTPS", .timeLimit(.minutes(3)))
struct FeedOverHTTPSTests {
    /// Takes in until upstream has nothing more; what fails is tried again.
    private func feed(_ shop: Shop) throws {
        let feed = try #require(shop.world.gateway.feed)
        for _ in 0..<500 {
            shop.world.clock.advance(milliseconds: 120_000)
            while feed.step() == 0 {}
            if feed.report.pace == .good, case .following = try shop.world.journal.read({ try $0.feedState() }).position
            {
                break
            }
        }
        try shop.world.settle()
    }

    private func name(_ shop: Shop, _ identifier: String) throws -> String? {
        try shop.till().request("IDENTIFY", "{\(identifier)}").ok?["name"]?.text
    }

    @Test("a snapshot in pages, changes behind it, and a snapshot again when the cursor is too old")
    func good() throws {
        let simulator = try SendingSimulator(customers: 2_500, kept: 3)
        let shop = try simulator.shop()
        try feed(shop)
        #expect(shop.world.gateway.directory.count == 2_500)
        #expect(try name(shop, #""card":"770000002499""#)?.hasSuffix(" 2499") == true)
        try simulator.add(
            #"{"id":"1","type":"customer","at":"2026-02-01T00:00:00Z","body":{"external":"K-7","name":"Renamed"}}"#)
        try feed(shop)
        #expect(try name(shop, #""external":"K-7""#) == "Renamed")
        for number in 2...9 {
            try simulator.add(
                #"{"id":"\#(number)","type":"customer","at":"2026-02-0\#(number)T00:00:00Z","#
                    + #""body":{"external":"N-\#(number)","name":"New"}}"#
            )
        }
        try feed(shop)
        try feed(shop)
        #expect(try name(shop, #""external":"N-9""#) == "New")
        #expect(try name(shop, #""external":"K-7""#) == "Renamed")
        #expect(shop.world.gateway.directory.count == 2_508)
        try shop.audit()
    }

    @Test("an upstream that fails, resets, cuts and answers too late: everything arrives, nothing twice")
    func hostile() throws {
        let simulator = try SendingSimulator(customers: 6_000) { misbehaviour in
            misbehaviour.rates[.fail] = 0.15
            misbehaviour.rates[.busy] = 0.1
            misbehaviour.rates[.reset] = 0.15
            misbehaviour.rates[.cut] = 0.15
            misbehaviour.rates[.timeout] = 0.05
        }
        let shop = try simulator.shop()
        try feed(shop)
        for number in 1...20 {
            try simulator.add(
                #"{"id":"p\#(number)","type":"points","at":"2026-02-01T00:00:00Z","#
                    + #""body":{"customer":"K-5","points":\#(number),"reason":"r"}}"#
            )
        }
        let before = try #require(
            try shop.till().request("IDENTIFY", #"{"external":"K-5"}"#).ok?["points"]?["available"]?.integer)
        try feed(shop)
        let after = try shop.till().request("IDENTIFY", #"{"external":"K-5"}"#).ok?["points"]?["available"]?.integer
        #expect(after == before + 210)
        #expect(shop.world.gateway.directory.count == 6_000)
        try shop.audit()
    }

    @Test("single customers are found by card, phone and external id; others are not")
    func lookups() throws {
        let simulator = try SendingSimulator(customers: 1_000)
        let shop = try simulator.shop()
        let till = try shop.till()
        let found = till.request("IDENTIFY", #"{"card":"770000000042"}"#).ok
        #expect(found?["external"]?.text == "K-42")
        #expect(till.request("IDENTIFY", #"{"external":"K-43"}"#).ok?["external"]?.text == "K-43")
        let phone = "+7950" + String(String(10_000_000 + 44 * 3_333_331 % 10_000_000).dropFirst())
        #expect(till.request("IDENTIFY", #"{"phone":"\#(phone)"}"#).ok?["external"]?.text == "K-44")
        #expect(till.request("IDENTIFY", #"{"email":"a+b@example.com"}"#).error?["upstream"]?.text == "unknown")
        #expect(shop.world.gateway.directory.count == 3)
    }

    @Test("an upstream without any of it, and one that is gone")
    func nothing() throws {
        let simulator = try SendingSimulator(customers: 1)
        var configuration = simulator.configuration
        configuration.baseURL += "/elsewhere"
        let source = try HTTPSChangeSource(configuration)
        #expect(throws: SourceFailure.notOffered) { try source.snapshot(page: nil, limit: 10) }
        let customers = try HTTPSCustomerSource(configuration)
        #expect(customers.customer(kind: "card", value: "1", deadlineMilliseconds: 500) == .unknown)
        configuration.baseURL = "https://127.0.0.1:1"
        let gone = try HTTPSCustomerSource(configuration)
        guard case .failed = gone.customer(kind: "card", value: "1", deadlineMilliseconds: 500) else {
            Issue.record("a port that nobody listens on answers")
            return
        }
        gone.stop()
        #expect(gone.customer(kind: "card", value: "1", deadlineMilliseconds: 500) == .failed(reason: "stopped"))
        source.stop()
        #expect(throws: SourceFailure.failed(reason: "stopped", retryAfterMilliseconds: nil)) {
            try source.snapshot(page: nil, limit: 10)
        }
    }
}
