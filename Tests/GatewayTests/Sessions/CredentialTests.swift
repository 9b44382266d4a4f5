import EventLoop
import Journal
import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("Who may connect")
struct CredentialTests {
    private let hello = #"{"protocol":1}"#

    private func token(_ world: TestWorld, _ device: String = "T01", role: String = "register") -> String {
        world.localOperator().request("DEVICE_ADD", #"{"store":"S1","role":"\#(role)","device":"\#(device)"}"#)
            .ok?["token"]?.text ?? ""
    }

    @Test("a device with a token, and only with the right one")
    func tokens() throws {
        let world = try TestWorld()
        let secret = token(world)
        #expect((16...256).contains(secret.count))
        let till = world.stranger()
        let greeting = till.request("HELLO", #"{"protocol":1,"token":"\#(secret)"}"#)
        #expect(greeting.ok?["device"]?.text == "T01")
        for wrong in [secret.uppercased() + "0", String(secret.dropLast()) + "x", String(repeating: "0", count: 64)] {
            let stranger = world.stranger()
            #expect(stranger.request("HELLO", #"{"protocol":1,"token":"\#(wrong)"}"#).code == "unauthenticated")
            #expect(stranger.isClosed)
        }
        let nobody = world.stranger()
        #expect(nobody.request("HELLO", hello).code == "unauthenticated")
        #expect(nobody.isClosed)
        try world.restart()
        #expect(world.stranger().request("HELLO", #"{"protocol":1,"token":"\#(secret)"}"#).ok != nil)
    }

    @Test("the gateway keeps no token, only its hash")
    func tokenHash() throws {
        let world = try TestWorld()
        let secret = token(world)
        let devices = try world.journal.read { try $0.devices() }
        #expect(devices.map(\.name) == ["T01"])
        #expect(devices.first?.tokenHash?.count == 32)
        #expect(devices.first?.tokenHash != Array(secret.utf8))
    }

    @Test("a certificate that nobody added is nobody's, and a token beside a certificate is ignored")
    func certificates() throws {
        let world = try TestWorld()
        let secret = token(world)
        let unknown = TestClient(world: world, certificate: TestWorld.certificate(.register, "S1", "T09"))
        #expect(unknown.request("HELLO", #"{"protocol":1,"token":"\#(secret)"}"#).code == "unauthenticated")
        let known = try world.connect(.register, "S1", "T02")
        #expect(
            known.request("HELLO", #"{"protocol":1,"token":"\#(secret)"}"#).ok?["device"]?.text == "T02")
    }

    @Test("a revoked device is cut off at once, on every connection, and does not come back")
    func revocation() throws {
        let world = try TestWorld()
        let tills = [try world.till(), try world.till()]
        let other = try world.till("T02")
        let answer = world.localOperator().request("DEVICE_REVOKE", #"{"device":"T01"}"#)
        #expect(answer.ok?["closed"]?.integer == 2)
        world.loop.drain()
        for till in tills {
            #expect(till.isClosed)
            #expect(till.lines.last?.code == "unauthenticated")
        }
        #expect(!other.isClosed)
        let again = TestClient(world: world, certificate: TestWorld.certificate(.register, "S1", "T01"))
        #expect(again.request("HELLO", hello).code == "unauthenticated")
        world.clock.advance(milliseconds: 60_000)
        let repeated = world.localOperator().request("DEVICE_REVOKE", #"{"device":"T01"}"#).ok
        #expect(repeated?["revoked_at"] == answer.ok?["revoked_at"])
        try world.restart()
        let later = TestClient(world: world, certificate: TestWorld.certificate(.register, "S1", "T01"))
        #expect(later.request("HELLO", hello).code == "unauthenticated")
    }

    @Test("a device that says HELLO while it is being revoked does not slip through")
    func revocationDuringHello() throws {
        let disk = Disk()
        let world = try TestWorld(hooks: disk.hooks)
        let operation = world.localOperator()
        let till = try world.connect(.register, "S1", "T01")
        let before = disk.begun.all.count
        let gate = disk.hold()
        operation.send(#"DEVICE_ADD a1 {"store":"S9","role":"app","device":"X"}"#)
        #expect(disk.begun.wait(count: before + 1))
        operation.send(#"DEVICE_REVOKE r1 {"device":"T01"}"#)
        till.send("HELLO h1 \(hello)")
        disk.letGo()
        gate.open()
        #expect(operation.answer(to: "r1").ok != nil)
        #expect(till.answer(to: "h1").code == "unauthenticated")
        #expect(till.isClosed)
    }

    @Test("a device that is added again gets a new credential, and the old one is worth nothing")
    func newCredential() throws {
        let world = try TestWorld()
        let first = token(world)
        let second = token(world)
        #expect(world.stranger().request("HELLO", #"{"protocol":1,"token":"\#(first)"}"#).code == "unauthenticated")
        #expect(world.stranger().request("HELLO", #"{"protocol":1,"token":"\#(second)"}"#).ok != nil)
        _ = world.localOperator().request("DEVICE_REVOKE", #"{"device":"T01"}"#)
        let third = token(world)
        #expect(world.stranger().request("HELLO", #"{"protocol":1,"token":"\#(third)"}"#).ok != nil)
    }

    @Test("a name belongs to one role, and a certificate to one device")
    func conflicts() throws {
        let world = try TestWorld()
        let operation = world.localOperator()
        let fingerprint = String(repeating: "ab", count: 32)
        func add(_ store: String, _ role: String, _ device: String, _ more: String = "") -> WireLine {
            operation.request("DEVICE_ADD", #"{"store":"\#(store)","role":"\#(role)","device":"\#(device)"\#(more)}"#)
        }
        #expect(add("S1", "register", "T01", #","fingerprint":"\#(fingerprint)""#).ok?["token"] == nil)
        let otherRole = add("S1", "app", "T01")
        #expect(otherRole.code == "conflict")
        #expect(otherRole.error?["key"]?.text == "S1/T01")
        #expect(add("S2", "register", "T01", #","fingerprint":"\#(fingerprint)""#).code == "conflict")
        #expect(add("S2", "app", "T01").ok != nil)
        let devices = operation.request("DEVICE_LIST").ok?["devices"]?.elements
        #expect(devices?.map { $0["role"]?.text } == ["register", "app"])
        // Two stores have a T01 now.
        let unclear = operation.request("DEVICE_REVOKE", #"{"device":"T01"}"#)
        #expect(unclear.code == "missing_field")
        #expect(unclear.error?["field"]?.text == "store")
        #expect(operation.request("DEVICE_REVOKE", #"{"device":"T01","store":"S2"}"#).ok != nil)
        #expect(operation.request("DEVICE_REVOKE", #"{"device":"T02"}"#).code == "not_found")
    }

    @Test("another version of the protocol is refused before anything else is looked at")
    func version() throws {
        let client = try TestWorld().connect(.register, "S1", "T01")
        let refused = client.request("HELLO", #"{"protocol":2,"token":5,"role":"captain","language":"fr"}"#)
        #expect(refused.code == "bad_version")
        #expect(refused.error?["supported"]?.elements == [.number("1")])
        #expect(client.isClosed)
    }

    @Test("messages for people are in the language of HELLO", arguments: [("en", false), ("ru", true)])
    func language(_ language: String, _ isRussian: Bool) throws {
        let world = try TestWorld()
        let till = try world.greeted(.register, "S1", "T01", hello: #","language":"\#(language)""#)
        _ = till.request("ENROL", #"{"card":"7000001234"}"#)
        let quote = till.request("QUOTE", #"{"customer_id":"c-1","lines":[{"sku":"A","quantity":1,"price":100000}]}"#)
        let texts = quote.ok?["messages"]?.elements?.compactMap { $0["text"]?.text } ?? []
        #expect(!texts.isEmpty)
        let hasCyrillic = texts.joined().unicodeScalars.contains { (0x400...0x4FF).contains($0.value) }
        #expect(hasCyrillic == isRussian)
    }
}
