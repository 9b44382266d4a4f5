import EventLoop
import Journal
import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("The log says who was turned away, and is not flooded")
struct RefusalLogTests {
    private let hello = #"{"protocol":1}"#
    private let peer = PeerAddress(text: "192.0.2.7:40000")

    private func certificate(
        _ store: String, _ role: String, _ device: String, fingerprint: String = String(repeating: "5d", count: 32)
    ) -> PeerCertificate {
        PeerCertificate(store: store, role: role, device: device, fingerprint: fingerprint, notAfter: 1_800_000_000)
    }

    /// Says HELLO with a certificate that is refused, and returns the line that the log got.
    private func refused(_ certificate: PeerCertificate, _ world: TestWorld, _ log: LogKeeper) -> String {
        let before = log.lines.count
        let client = TestClient(world: world, certificate: certificate)
        let answer = client.request("HELLO", hello)
        #expect(answer.code == "unauthenticated" && client.isClosed)
        // The client learns nothing about what is known here.
        #expect(answer.error?["message"]?.text == "the certificate's device is not known here or was revoked")
        #expect(log.lines.count == before + 1)
        return log.lines.last ?? ""
    }

    @Test("a device that is refused is named with what is wrong with it")
    func objections() throws {
        let log = LogKeeper()
        let world = try TestWorld(log: log.logger)
        _ = try world.till("T01")
        let operation = world.localOperator()
        let revoked = try world.connect(.register, "S1", "T02")
        #expect(operation.request("DEVICE_REVOKE", #"{"device":"T02"}"#).ok != nil)
        #expect(revoked.request("HELLO", hello).code == "unauthenticated")
        let line = try #require(log.lines.last)
        #expect(line.hasPrefix("HELLO refused code=unauthenticated device=S1/T02 "))
        #expect(line.contains("reason=the device was revoked at 2026-11-22T"))

        world.clock.advance(milliseconds: 10_000)
        var told = refused(certificate("S1", "register", "T01"), world, log)
        #expect(told.contains("device=S1/T01") && told.contains("reason=the device was given another certificate or"))
        told = refused(certificate("S1", "app", "T01"), world, log)
        #expect(told.contains("role=app") && told.contains("role is wrong: the device is a register here"))
        told = refused(certificate("S2", "register", "T01"), world, log)
        #expect(told.contains("device=S2/T01") && told.contains("store is wrong: a device of this name is known in S1"))
        told = refused(certificate("S1", "register", "T77"), world, log)
        #expect(told.contains("reason=no device of this name was added here"))
        #expect(told.contains("good_until=2027-01-15T08:00:00"))
    }

    @Test("a certificate that was registered for another device or role than it names is refused")
    func registeredForAnother() throws {
        let log = LogKeeper()
        let world = try TestWorld(log: log.logger)
        let operation = world.localOperator()
        let fingerprint = String(repeating: "5d", count: 32)
        let added = operation.request(
            "DEVICE_ADD", #"{"store":"S1","role":"register","device":"T01","fingerprint":"\#(fingerprint)"}"#)
        #expect(added.ok != nil)
        for (store, role, device) in [("S2", "register", "T01"), ("S1", "website", "T01"), ("S1", "register", "T02")] {
            let told = refused(certificate(store, role, device), world, log)
            #expect(told.contains("the certificate was registered for S1/T01 (register) and names another"))
        }
        let right = TestClient(world: world, certificate: certificate("S1", "register", "T01"))
        #expect(right.request("HELLO", hello).ok != nil)
    }

    @Test("of a thousand refusals five are told, the rest is counted, and another kind is not hidden by them")
    func flood() throws {
        let log = LogKeeper()
        let world = try TestWorld(log: log.logger)
        let refusals = world.gateway.refusals
        for _ in 0..<1_000 {
            refusals.tell(.certificate(.unknownAuthority, of: nil), peer: peer, port: "devices")
        }
        refusals.tell(
            .certificate(.expired, of: certificate("S1", "register", "T01")), peer: peer, port: "devices")
        #expect(log.lines.count == 6)
        #expect(log.lines.last?.contains("device=S1/T01") == true)
        #expect(log.lines.last?.contains("reason=the certificate has expired") == true)
        world.clock.advance(milliseconds: 9_999)
        world.gateway.passOrderTime()
        #expect(log.lines.count == 6)
        world.clock.advance(milliseconds: 1)
        world.gateway.passOrderTime()
        #expect(log.lines.count == 7)
        #expect(log.lines.last?.contains("count=995 what=certificates of another authority") == true)
        // A new period tells again, and a time without any is not told.
        refusals.tell(.certificate(.unknownAuthority, of: nil), peer: peer, port: "devices")
        #expect(log.lines.count == 8)
        world.clock.advance(milliseconds: 20_000)
        world.gateway.passOrderTime()
        #expect(log.lines.count == 8)
    }

    @Test("strangers without a credential do not hide the device that was revoked this morning")
    func strangersHideNobody() throws {
        let log = LogKeeper()
        let world = try TestWorld(log: log.logger)
        for _ in 0..<20 { #expect(world.stranger().request("HELLO", hello).code == "unauthenticated") }
        #expect(log.lines.count == 5)
        let told = refused(certificate("S1", "register", "T77"), world, log)
        #expect(told.contains("device=S1/T77") && told.contains("no device of this name was added here"))
        for number in 1...9 {
            let client = TestClient(world: world, certificate: certificate("S1", "register", "X\(number)"))
            #expect(client.request("HELLO", hello).code == "unauthenticated")
        }
        world.clock.advance(milliseconds: 10_000)
        world.gateway.passOrderTime()
        #expect(log.lines.contains { $0.contains("count=5 what=certificates of unknown devices") })
    }

    @Test("strangers' words stay on one line, and short")
    func foreignText() throws {
        let log = LogKeeper()
        let world = try TestWorld(log: log.logger)
        let name = "T01\n2026-11-22 critical: all is lost\u{202E}\u{1B}[31m" + String(repeating: "x", count: 1_000)
        world.gateway.refusals.tell(
            .certificate(.unknownAuthority, of: certificate("S1", "register", name)), peer: peer, port: "devices")
        let line = try #require(log.lines.first)
        #expect(!line.contains("\n") && !line.contains("\u{202E}") && !line.contains("\u{1B}"))
        #expect(line.count < 500)
    }

    @Test("a client that is cut off for what it does is told of, with its device")
    func cutOff() throws {
        let log = LogKeeper()
        let world = try TestWorld(log: log.logger)
        let till = try world.till()
        till.send(Array(repeating: UInt8(ascii: "x"), count: 1_048_600))
        #expect(till.isClosed)
        #expect(log.lines.last?.hasPrefix("a client was cut off code=line_too_long device=S1/T01 ") == true)
        let stranger = world.stranger()
        for number in 1...3 { stranger.send("PING p\(number)") }
        #expect(stranger.isClosed)
        #expect(log.lines.last?.hasPrefix("a client was cut off code=hello_first ") == true)
    }
}
