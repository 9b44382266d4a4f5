import LineProtocol
import TestSupport
import Testing

@Suite("Line framing")
struct LineFramerTests {
    /// What a stream gives when it arrives in pieces that end at `cuts`.
    static func lines(_ stream: [UInt8], cuts: [Int], limit: Int) -> [String] {
        var framer = LineFramer(limit: limit)
        var found: [String] = []
        var consumed = 0
        for end in cuts + [stream.count] {
            stream[..<end].withUnsafeBytes { arrived in
                // Now and then a buffer drops what was consumed, so the line's beginning moves.
                let dropped = end % 2 == 0 ? consumed : 0
                let bytes = UnsafeRawBufferPointer(rebasing: arrived[dropped...])
                while true {
                    switch framer.next(bytes, from: consumed - dropped) {
                    case .line(let range, let next):
                        found.append(text(UnsafeRawBufferPointer(rebasing: bytes[range])))
                        consumed = dropped + next
                    case .incomplete:
                        return
                    case .tooLong:
                        found.append("<too long>")
                        consumed = end
                        return
                    }
                }
            }
            if found.last == "<too long>" { break }
        }
        return found
    }

    @Test("lines end at LF, a CR before it is dropped, and what has no end waits")
    func findsLines() {
        let stream = Array("PING 1\nPING 2 {}\r\n\n\r\nA\rB\r\r\nrest".utf8)
        let found = Self.lines(stream, cuts: [], limit: 100)
        #expect(found == ["PING 1", "PING 2 {}", "", "", "A\rB\r"])
    }

    @Test("a stream gives the same lines however it is cut")
    func doesNotDependOnCuts() {
        let stream = Array("HELLO 1 {\"protocol\":1}\r\nPING p:1\nQUOTE ж-2 {\"текст\":\"😀\"}\n\r\nx".utf8)
        let whole = Self.lines(stream, cuts: [], limit: 100)
        #expect(whole.count == 4)
        for first in 0...stream.count {
            #expect(Self.lines(stream, cuts: [first], limit: 100) == whole, "cut at \(first)")
            for second in first...stream.count {
                #expect(Self.lines(stream, cuts: [first, second], limit: 100) == whole, "cut at \(first), \(second)")
            }
        }
        #expect(Self.lines(stream, cuts: Array(0..<stream.count), limit: 100) == whole, "byte by byte")
    }

    @Test("the limit counts the line without its LF or CR LF, at any cut")
    func limitsLength() {
        for ending in ["\n", "\r\n"] {
            let fits = Array((String(repeating: "a", count: 40) + ending).utf8)
            let exceeds = Array((String(repeating: "a", count: 41) + ending).utf8)
            for cut in 0...fits.count {
                #expect(Self.lines(fits, cuts: [cut], limit: 40) == [String(repeating: "a", count: 40)])
                #expect(Self.lines(exceeds, cuts: [cut], limit: 40) == ["<too long>"])
            }
            #expect(Self.lines(exceeds, cuts: Array(0..<exceeds.count), limit: 40) == ["<too long>"])
        }
        var framer = LineFramer(limit: 40)
        #expect(withRawBytes(String(repeating: "a", count: 41)) { framer.next($0, from: 0) } == .incomplete)
        #expect(withRawBytes(String(repeating: "a", count: 42)) { framer.next($0, from: 0) } == .tooLong)
    }

    @Test("the limit can grow between two lines")
    func limitGrows() {
        var framer = LineFramer(limit: 4)
        withRawBytes("ABCD\nABCDEFGH\n") { bytes in
            #expect(framer.next(bytes, from: 0) == .line(0..<4, next: 5))
            framer.limit = 8
            #expect(framer.next(bytes, from: 5) == .line(5..<13, next: 14))
            #expect(framer.next(bytes, from: 14) == .incomplete)
        }
    }

    @Test("an empty buffer holds no line")
    func emptyBuffer() {
        var framer = LineFramer(limit: 4)
        #expect(framer.next(UnsafeRawBufferPointer(start: nil, count: 0), from: 0) == .incomplete)
    }

    @Test("a thousand streams of garbage come out as lines within the limit and harm nothing", arguments: [UInt64(1)])
    func survivesGarbage(seed: UInt64) {
        let reader = JSONReader()
        for stream in 0..<1_000 {
            var generator = SeededGenerator(seed: seed &* 1_000 &+ UInt64(stream))
            let alphabet = Array("\n\r {}[]\",:\\u0019eE.-+ABCZ_az\u{0}".utf8) + [0x80, 0xC3, 0xFF]
            let bytes = (0..<Int.random(in: 0...400, using: &generator)).map { _ in
                Int.random(in: 0...9, using: &generator) == 0
                    ? UInt8.random(in: 0...255, using: &generator)
                    : alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            let cuts = (0..<5).map { _ in Int.random(in: 0...bytes.count, using: &generator) }.sorted()
            let limit = Int.random(in: 1...100, using: &generator)
            let found = Self.lines(bytes, cuts: cuts, limit: limit)
            #expect(found == Self.lines(bytes, cuts: [], limit: limit), "seed \(seed), stream \(stream)")
            bytes.withUnsafeBytes { raw in
                _ = try? RequestLine.parse(raw)
                _ = try? ServerLine.parse(raw)
                _ = try? reader.read(raw)
            }
        }
    }
}
