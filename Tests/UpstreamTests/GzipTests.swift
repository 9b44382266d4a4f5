import Gzip
import TestSupport
import Testing

@testable import Upstream

@Suite("Bodies in gzip's form")
struct GzipTests {
    @Test("come out as they went in, of any length and content", arguments: [0, 1, 1_000, 70_000, 400_000])
    func roundTrip(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let random = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let text = Array(String(repeating: "receipt ", count: count / 8).utf8)
        for bytes in [random, text] {
            #expect(try Gzip.decompress(try Gzip.compress(bytes), limitBytes: count) == bytes)
        }
        if count >= 1_000 { #expect(try Gzip.compress(text).count < count / 4) }
    }

    @Test("that are cut, changed or followed by something are refused")
    func damaged() throws {
        let whole = try Gzip.compress(Array("some text that is long enough".utf8))
        for length in 0..<whole.count {
            #expect(throws: GzipError.damaged) { try Gzip.decompress(Array(whole[..<length]), limitBytes: 1_000) }
        }
        var changed = whole
        changed[whole.count - 6] ^= 1
        #expect(throws: GzipError.damaged) { try Gzip.decompress(changed, limitBytes: 1_000) }
        #expect(throws: GzipError.damaged) { try Gzip.decompress(whole + [0], limitBytes: 1_000) }
    }

    @Test("that would fill the memory are refused at the limit")
    func bomb() throws {
        let bomb = try Gzip.compress([UInt8](repeating: 0, count: 10_000_000))
        #expect(bomb.count < 20_000)
        #expect(throws: GzipError.tooLong(limitBytes: 100_000)) { try Gzip.decompress(bomb, limitBytes: 100_000) }
    }

    @Test("are sent where that is worth it, and no more once the upstream has answered 415")
    func sent() throws {
        let server = try ScriptedServer { request in
            request.header("Content-Encoding") == nil
                ? .answer(200, results(request.ids)) : .answer(415, #"{"message":"no gzip"}"#)
        }
        defer { server.stop() }
        let told = Gathered<String>()
        var configuration = HTTPSUpstreamConfiguration(baseURL: server.baseURL)
        configuration.onNotice = { told.add($0) }
        let upstream = try HTTPSUpstream(configuration)
        for _ in 1...2 {
            #expect(upstream.deliver(makeEvents(1...40)) == .answered(Array(repeating: .stored, count: 40)))
        }
        #expect(server.requests.map { $0.header("Content-Encoding") } == ["gzip", nil, nil])
        #expect(told.all.count == 1)
        let first = try #require(server.requests.first)
        #expect(try Gzip.decompress(first.body, limitBytes: 1 << 20) == server.requests[1].body)
    }

    @Test("are not sent when they are short, or when nobody wants them")
    func plain() throws {
        let server = try ScriptedServer { .answer(200, results($0.ids)) }
        defer { server.stop() }
        var configuration = HTTPSUpstreamConfiguration(baseURL: server.baseURL)
        _ = try HTTPSUpstream(configuration).deliver(makeEvents(1...1))
        configuration.compression = .none
        _ = try HTTPSUpstream(configuration).deliver(makeEvents(1...40))
        #expect(server.requests.map { $0.header("Content-Encoding") } == [nil, nil])
    }
}
