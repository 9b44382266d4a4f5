import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("Whatever a client sends")
struct GarbageTests {
    private static let seeds = (UInt64(1)...10).map { $0 }

    @Test("the others go on being answered, and every answer is a line of the protocol", arguments: seeds)
    func streams(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let world = try TestWorld()
        let witness = try world.till("T01")
        for stream in 0..<100 {
            let client =
                Bool.random(using: &generator)
                ? try world.connect(.register, "S1", "T02") : try world.till("T02")
            var bytes = garbage(using: &generator)
            while !bytes.isEmpty, !client.isClosed {
                let count = Int.random(in: 1...bytes.count, using: &generator)
                client.send(bytes.prefix(count))
                bytes.removeFirst(count)
            }
            try #require(witness.request("PING").ok != nil, "seed \(seed), stream \(stream)")
            try world.settle()
            for line in client.lines {
                try #require(line != .none && line.code != "internal", "seed \(seed), stream \(stream): \(line)")
                let breach = Specification.breach(of: line, isClosed: client.isClosed)
                try #require(breach == nil, "seed \(seed), stream \(stream): \(line)")
            }
            client.vanish()
        }
        #expect(try world.journal.read { try $0.audit(at: VirtualClock.beginning) }.findings == [])
    }

    private static let lines = [
        #"HELLO h1 {"protocol":1}"#, "PING p1", #"IDENTIFY i1 {"card":"7000001234"}"#,
        #"ENROL e1 {"name":"Anna","phone":"+79161234567","consents":["a","b"]}"#,
        #"QUOTE q1 {"customer_id":"c-1","lines":[{"sku":"A","quantity":1.5,"price":100}],"spend":7}"#,
        "SALE s1 " + ReceiptText(customer: "c-1", more: #","order":"1","source":"WEB1","quote":"q-1-2""#).json,
        "RETURN r1 " + ReceiptText(number: "2", more: #","original":"S1/T02/1/1""#).json,
        #"VOID v1 {"shift":1,"number":"9","at":"2026-11-22T09:30:00Z"}"#, #"STATUS t1 {"key":"S1/T02/1/1"}"#,
        #"ORDER_LIST l1 {"state":["new"],"limit":3}"#, #"ORDER_ACCEPT a1 {"source":"WEB1","order":"1"}"#,
        "BACKLOG b1", #"ACK k1 {"through":3}"#, "BYE z1",
    ]

    /// Lines of the protocol, some of them damaged, and bytes that never were lines.
    private func garbage(using generator: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...12, using: &generator) {
            var line = Array((Self.lines.randomElement(using: &generator) ?? "").utf8)
            switch Int.random(in: 0...6, using: &generator) {
            case 0:
                line = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                    .random(in: 0...255, using: &generator)
                }
            case 1:
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    line[Int.random(in: 0..<line.count, using: &generator)] = .random(in: 0...255, using: &generator)
                }
            case 2: line.removeSubrange(Int.random(in: 0..<line.count, using: &generator)...)
            case 3:
                let place = Int.random(in: 0..<line.count, using: &generator)
                line.insert(contentsOf: line[place...], at: place)
            case 4: line += Array(repeating: UInt8(ascii: "["), count: Int.random(in: 1...1_200, using: &generator))
            default: break
            }
            bytes += line + (Int.random(in: 0...9, using: &generator) == 0 ? "\r\n".utf8 : "\n".utf8)
        }
        return bytes
    }
}
