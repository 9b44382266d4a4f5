import Journal
import LineProtocol
import TestSupport
import Testing

@testable import Gateway

@Suite("A limit on everything that a client can meet")
struct LimitTests {
    /// A PING line of exactly this many bytes.
    private func ping(_ bytes: Int, tag: String = "p1") -> String {
        let frame = #"PING \#(tag) {"x":""}"#
        return #"PING \#(tag) {"x":"\#(String(repeating: "x", count: bytes - frame.utf8.count))"}"#
    }

    @Test("before HELLO a line may have 1,024 bytes, with LF and with CR LF", arguments: [false, true])
    func beforeHello(_ isCRLF: Bool) throws {
        let end = isCRLF ? "\r\n" : "\n"
        let world = try TestWorld()
        let client = try world.connect(.register, "S1", "T01")
        client.send(Array((ping(1_024) + end).utf8))
        #expect(client.lines.map(\.code) == ["hello_first"])
        client.send(Array((ping(1_025) + end).utf8))
        #expect(client.lines.last?.code == "line_too_long")
        #expect(client.lines.last?.tag == "-")
        #expect(client.lines.last?.error?["limit"]?.integer == 1_024)
        #expect(client.isClosed)
    }

    @Test("a line that does not end is refused as soon as it is too long, and nothing behind it is read")
    func endless() throws {
        let world = try TestWorld()
        let client = try world.connect(.register, "S1", "T01")
        for _ in 0..<1_100 where !client.isClosed { client.send("x".utf8.map { $0 }) }
        #expect(client.lines.map(\.code) == ["line_too_long"])
        client.send(#"HELLO h1 {"protocol":1}"#)
        world.loop.drain()
        #expect(client.lines.count == 1)
    }

    @Test("after HELLO a line may have a mebibyte, and a receipt of 1,200 lines fits")
    func afterHello() throws {
        let world = try TestWorld()
        let till = try world.till()
        till.send(ping(1_048_576))
        #expect(till.answer(to: "p1").ok != nil)
        let marks = #","marks":["0104601234567893215>&'\u001d93abcd0104601234567893215>&'\u001d93abcd"]"#
        let lines = (1...1_200).map { ReceiptText.Line(sku: "SKU-\($0)", price: 100, amount: 100, more: marks) }
        #expect(till.request("SALE", ReceiptText(lines: lines).json).ok != nil)
        let more = till.request("SALE", ReceiptText(number: "2", lines: lines + [.init()]).json)
        #expect(more.code == "limit")
        #expect(more.error?["field"]?.text == "lines")
        #expect(more.error?["limit"]?.integer == 1_200)
        till.send(ping(1_048_577, tag: "p2"))
        #expect(till.lines.last?.code == "line_too_long")
        #expect(till.isClosed)
    }

    @Test("the limit of what waits for the disk that clients are told is the journal's own")
    func journalQueue() {
        #expect(ProtocolLimits.journalQueueChanges == JournalLimits.waitingChangesMaximum)
    }

    @Test("of long requests fewer are under way: no more than a quarter of a mebibyte and one of them")
    func longPipeline() throws {
        let disk = Disk()
        let world = try TestWorld(hooks: disk.hooks)
        let till = try world.till()
        let before = disk.begun.all.count
        let gate = disk.hold()
        let blob = #","fiscal":{"blob":"\#(String(repeating: "x", count: 60_000))"}"#
        for number in 1...40 { till.send("SALE s\(number) \(ReceiptText(number: "\(number)", more: blob).json)") }
        world.loop.drain()
        #expect(disk.begun.wait(count: before + 1))
        #expect(till.isPaused)
        // What was not taken waits where it came from.
        #expect((60_000 * 34...60_000 * 36).contains(till.waitingBytes), "\(till.waitingBytes)")
        disk.letGo()
        gate.open()
        #expect(world.loop.run { till.lines.count >= 41 })
        #expect(till.lines.dropFirst().allSatisfy { $0.ok != nil })
        #expect(!till.isPaused && till.waitingBytes == 0)
    }

    @Test("64 requests may be under way; the others wait unread and none is lost")
    func pipelining() throws {
        let disk = Disk()
        let world = try TestWorld(hooks: disk.hooks)
        let till = try world.till()
        let before = disk.begun.all.count
        let gate = disk.hold()
        till.send(Array((1...200).map { "SALE s\($0) \(ReceiptText(number: "\($0)").json)\n" }.joined().utf8))
        #expect(till.isPaused)
        #expect(disk.begun.wait(count: before + 1))
        world.loop.drain()
        // The answer to HELLO is all that has come.
        #expect(till.lines.count == 1)
        disk.letGo()
        gate.open()
        #expect(world.loop.run { till.lines.count >= 201 })
        #expect(!till.isPaused)
        let answers = till.lines.dropFirst()
        let tags = answers.map { $0.tag ?? "" }
        #expect(tags == (1...200).map { "s\($0)" })
        let sequences = answers.map { $0.ok?["sequence"]?.integer ?? 0 }
        #expect(sequences == (1...200).map { Int64($0) })
    }

    @Test("HELLO must come within ten seconds")
    func helloDeadline() throws {
        let world = try TestWorld()
        let client = try world.connect(.register, "S1", "T01")
        client.send(Array("HEL".utf8))
        world.loop.advance(milliseconds: 9_999)
        #expect(!client.isClosed)
        world.loop.advance(milliseconds: 1)
        #expect(client.lines.map(\.code) == ["too_slow"])
        #expect(client.lines.first?.error?["limit"]?.integer == 10_000)
        #expect(client.isClosed)
    }

    @Test("HELLO that fails may be tried again within that time, and not longer")
    func failedHello() throws {
        let world = try TestWorld()
        let client = try world.connect(.register, "S1", "T01")
        #expect(client.request("HELLO", #"{"protocol":1,"role":"website"}"#).code == "forbidden")
        world.loop.advance(milliseconds: 9_999)
        #expect(client.request("HELLO", "{}").code == "missing_field")
        world.loop.advance(milliseconds: 1)
        #expect(client.lines.last?.code == "too_slow")
        #expect(client.isClosed)
    }

    @Test("the deadline holds for a device that has as many connections as it may have")
    func tooManyConnections() throws {
        let world = try TestWorld()
        let others = try (0..<8).map { _ in try world.till() }
        let client = try world.connect(.register, "S1", "T01")
        #expect(client.request("HELLO", #"{"protocol":1}"#).code == "limit")
        world.loop.advance(milliseconds: 10_000)
        #expect(client.isClosed)
        #expect(client.lines.map(\.code) == ["limit", "too_slow"])
        #expect(others.allSatisfy { !$0.isClosed })
    }

    @Test("a greeted client may be silent between lines, and not within one")
    func lineDeadline() throws {
        let world = try TestWorld()
        let till = try world.till()
        world.loop.advance(milliseconds: 200_000)
        till.send(Array("PING p1".utf8))
        world.loop.advance(milliseconds: 29_000)
        till.send(Array(" {".utf8))
        world.loop.advance(milliseconds: 999)
        till.send(Array("}\nPI".utf8))
        #expect(till.answer(to: "p1").ok != nil)
        // The next line has its own thirty seconds; a drip does not extend them.
        for byte in "NG p2 {      ".utf8 {
            world.loop.advance(milliseconds: 2_300)
            till.send([byte])
        }
        #expect(!till.isClosed)
        world.loop.advance(milliseconds: 101)
        #expect(till.lines.last?.code == "too_slow")
        #expect(till.lines.last?.tag == "-")
        #expect(till.lines.last?.error?["limit"]?.integer == 30_000)
        #expect(till.isClosed)
    }

    @Test("the third request before HELLO closes the connection, bad lines do not count")
    func helloFirst() throws {
        let client = try TestWorld().connect(.register, "S1", "T01")
        client.send("bad")
        client.send("PING p1")
        client.send("DANCE p2")
        client.send("")
        #expect(!client.isClosed)
        client.send("PING p3")
        #expect(client.lines.map(\.code) == ["malformed", "hello_first", "hello_first", "malformed", "hello_first"])
        #expect(client.isClosed)
    }

    @Test("a device may be connected eight times")
    func connectionsPerDevice() throws {
        let world = try TestWorld()
        let clients = try (0..<8).map { _ in try world.till() }
        let ninth = try world.connect(.register, "S1", "T01")
        let refused = ninth.request("HELLO", #"{"protocol":1}"#)
        #expect(refused.code == "limit")
        #expect(refused.error?["field"]?.text == "device")
        #expect(refused.error?["limit"]?.integer == 8)
        clients[3].close()
        #expect(ninth.request("HELLO", #"{"protocol":1}"#).ok != nil)
        #expect(try world.till("T02").request("PING").ok != nil)
    }
}
