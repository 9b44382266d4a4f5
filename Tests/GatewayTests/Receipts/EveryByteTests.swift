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

@Suite("What a till writes reaches upstream byte for byte")
struct EveryByteTests {
    @Test("every character in every text of every kind of receipt", arguments: EveryByte.texts.indices)
    func inMemory(_ place: Int) throws {
        let upstream = ScriptedUpstream()
        let world = try TestWorld(adapter: upstream)
        let till = try world.till()
        let receipts = EveryByte.receipts(EveryByte.texts[place], number: place)
        for (verb, json) in receipts {
            let answer = till.request(verb, json)
            #expect(answer.ok != nil, "\(verb) \(answer)")
            // Repeated, it is the same receipt.
            #expect(till.request(verb, json).ok == answer.ok)
        }
        #expect(eventually { upstream.stored.all.count == receipts.count })
        for ((verb, json), event) in zip(receipts, upstream.stored.all) {
            #expect(EveryByte.isCarried(json, in: event.body), "\(verb)")
        }
    }

    @Test("a text is other content as soon as one character of it differs")
    func differs() throws {
        let till = try TestWorld().till()
        for (verb, json) in EveryByte.receipts(EveryByte.texts[0], number: 1) {
            #expect(till.request(verb, json).ok != nil)
            let other = json.replacing("7700000000  ", with: "7700000000 ")
            #expect(till.request(verb, other).code == "conflict")
            #expect(till.request(verb, json.replacing("1.50,", with: "1.5,")).code == "conflict")
        }
    }

    @Test("over HTTPS, to a disk")
    func overHTTPS() throws {
        let folder = try TemporaryFolder()
        let authority = try CertificateAuthority.create(directory: folder.path + "/authority", name: "Test")
        let files = try authority.issueServer(names: ["127.0.0.1"], directory: folder.path + "/server").files
        let store = try EventStore(
            receiptsPath: folder.path + "/receipts.ndjson", eventsPath: folder.path + "/events.ndjson")
        let tls = try TLSServerContext(
            configuration: TLSServerConfiguration(
                certificateChainPath: files.certificatePath, privateKeyPath: files.privateKeyPath,
                clientAuthorityPath: nil))
        let server = try SimulatedServer(
            address: .tcp("127.0.0.1", 0), tls: tls, requiresCertificate: false,
            service: UpstreamService(store: store, misbehaviour: Misbehaviour(), seed: 5))
        defer {
            let stopped = DispatchSemaphore(value: 0)
            server.stop { stopped.signal() }
            stopped.wait()
        }
        var configuration = HTTPSUpstreamConfiguration(baseURL: "https://127.0.0.1:\(server.boundPort)")
        configuration.authorityPath = authority.certificatePath
        let world = try TestWorld(adapter: try HTTPSUpstream(configuration))
        let till = try world.till()
        let receipts = EveryByte.texts.enumerated().flatMap { EveryByte.receipts($1, number: $0) }
        for (verb, json) in receipts { #expect(till.request(verb, json).ok != nil, "\(verb)") }
        func lines() -> [[UInt8]] {
            let data = FileManager.default.contents(atPath: folder.path + "/receipts.ndjson") ?? Data()
            return Array(data).split(separator: UInt8(ascii: "\n")).map(Array.init)
        }
        #expect(eventually { lines().count == receipts.count })
        for ((verb, json), line) in zip(receipts, lines()) {
            #expect(EveryByte.isCarried(json, in: line), "\(verb)")
        }
    }
}
