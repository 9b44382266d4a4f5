import TestSupport
import Testing

@testable import Gateway

@Suite("Nobody takes more than a share")
struct FairnessTests {
    @Test("a thousand requests at once are answered in shares, all of them, in their order")
    func shares() throws {
        let world = try TestWorld()
        let till = try world.till()
        till.send(Array((1...1_000).map { "PING p\($0)\n" }.joined().utf8))
        // The rest waits for the next turn of the loop, in which others have theirs.
        #expect(till.lines.count == 1 + 32)
        #expect(try world.till("T02").request("PING").ok != nil)
        world.loop.drain()
        #expect(till.lines.dropFirst().map(\.tag) == (1...1_000).map { "p\($0)" })
        #expect(!till.isPaused)
    }

    @Test("a share ends between lines: a HELLO behind many bad lines is still answered")
    func helloBehindOthers() throws {
        let world = try TestWorld()
        let client = try world.connect(.register, "S1", "T01")
        client.send(Array((String(repeating: "bad\n", count: 100) + #"HELLO h1 {"protocol":1}"# + "\nPING p1\n").utf8))
        #expect(client.answer(to: "h1").ok != nil)
        #expect(client.answer(to: "p1").ok != nil)
        #expect(client.lines.count == 102)
    }

    @Test("lines that come in parts set one timer, however many they are")
    func oneTimer() throws {
        let world = try TestWorld()
        let till = try world.till()
        let before = world.loop.timerCount
        for number in 1...500 {
            till.send(Array("PING p\(number) {".utf8))
            till.send(Array("}\n".utf8))
        }
        #expect(till.answer(to: "p500").ok != nil)
        #expect(world.loop.timerCount == before + 1)
        // The timer of the first line looks after the last one, from its own beginning.
        world.loop.advance(milliseconds: 20_000)
        till.send(Array("PING p501 {".utf8))
        world.loop.advance(milliseconds: 29_999)
        #expect(!till.isClosed)
        world.loop.advance(milliseconds: 1)
        #expect(till.lines.last?.code == "too_slow")
        #expect(till.isClosed)
    }
}
