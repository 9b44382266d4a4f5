import Foundation
import Glibc
import Testing

@testable import Upstream

@Suite("An upstream that misbehaves", .timeLimit(.minutes(1)))
struct HTTPSUpstreamFaultTests {
    private func makeUpstream(
        _ baseURL: String, _ change: (inout HTTPSUpstreamConfiguration) -> Void = { _ in }
    ) throws -> HTTPSUpstream {
        var configuration = HTTPSUpstreamConfiguration(baseURL: baseURL)
        configuration.connectDeadlineMilliseconds = 300
        configuration.requestDeadlineMilliseconds = 5_000
        change(&configuration)
        return try HTTPSUpstream(configuration)
    }

    /// The reason of a failure of the whole batch; records anything else.
    private func failure(_ outcome: DeliveryOutcome) -> String? {
        guard case .failed(let failure, let verdicts) = outcome, verdicts.isEmpty else {
            Issue.record("unexpected \(outcome)")
            return nil
        }
        return failure.reason
    }

    private static let whole = results(["e1"])
    private static let head = "HTTP/1.1 200 OK\r\nContent-Length: \(whole.utf8.count)\r\n\r\n"

    @Test("an answer that comes byte by byte is read whole")
    func slowAnswer() throws {
        let server = try ScriptedServer { _ in .dribble(Self.head + Self.whole) }
        defer { server.stop() }
        #expect(try makeUpstream(server.baseURL).deliver(makeEvents(1...1)) == .answered([.stored]))
    }

    @Test(
        "an answer cut off anywhere is a failure",
        arguments: Array(stride(from: 0, to: head.utf8.count + whole.utf8.count, by: 7)))
    func cutAnswer(length: Int) throws {
        let cut = String((Self.head + Self.whole).prefix(length))
        let server = try ScriptedServer { _ in .sendAndClose(cut) }
        defer { server.stop() }
        #expect(failure(try makeUpstream(server.baseURL).deliver(makeEvents(1...1))) != nil)
    }

    @Test("a cut answer without a length is a failure too")
    func cutAnswerWithoutLength() throws {
        let cut = "HTTP/1.1 200 OK\r\n\r\n" + Self.whole.dropLast(3)
        let server = try ScriptedServer { _ in .sendAndClose(cut) }
        defer { server.stop() }
        let reason = failure(try makeUpstream(server.baseURL).deliver(makeEvents(1...1)))
        #expect(reason?.hasPrefix("malformed answer") == true)
    }

    @Test(
        "a reset before or in the middle of the answer is a failure, time after time, and the next batch goes through")
    func resets() throws {
        let server = try ScriptedServer { request in
            switch request.ids.first {
            case "e1": .sendAndReset("")
            case "e2": .sendAndReset(String(Self.head.prefix(20)))
            default: .answer(200, results(request.ids))
            }
        }
        defer { server.stop() }
        let upstream = try makeUpstream(server.baseURL)
        for _ in 1...100 {
            #expect(failure(upstream.deliver(makeEvents(1...1))) != nil)
            #expect(failure(upstream.deliver(makeEvents(2...2))) != nil)
        }
        #expect(upstream.deliver(makeEvents(3...3)) == .answered([.stored]))
    }

    @Test("an upstream that reads and never answers is given up at the deadline")
    func neverAnswers() throws {
        let server = try ScriptedServer { $0.ids == ["e1"] ? .hang : .answer(200, results($0.ids)) }
        defer { server.stop() }
        let upstream = try makeUpstream(server.baseURL) { $0.requestDeadlineMilliseconds = 150 }
        let begin = ContinuousClock.now
        let reason = failure(upstream.deliver(makeEvents(1...1)))
        #expect(reason?.contains("timed out after 15") == true)
        #expect(ContinuousClock.now - begin >= .milliseconds(140))
        #expect(server.requests.count == 1)
        // The late answer to the first must never be taken for one to the second: the connection is another.
        #expect(upstream.deliver(makeEvents(2...2)) == .answered([.stored]))
        #expect(server.connectionCount == 2)
    }

    @Test("a connection that is refused is a failure")
    func connectionRefused() throws {
        let (descriptor, port) = try listenOnLoopback()
        close(descriptor)
        #expect(failure(try makeUpstream("http://127.0.0.1:\(port)").deliver(makeEvents(1...1))) != nil)
    }

    @Test("a TLS handshake that never ends is given up at the connect deadline")
    func silentHandshake() throws {
        let (descriptor, port) = try listenOnLoopback()
        defer { close(descriptor) }
        let upstream = try makeUpstream("https://127.0.0.1:\(port)") { $0.requestDeadlineMilliseconds = 600_000 }
        #expect(failure(upstream.deliver(makeEvents(1...1))) != nil)
    }

    @Test("plain HTTP where TLS is expected is a failure")
    func plainServerForTLS() throws {
        let server = try ScriptedServer { .answer(200, results($0.ids)) }
        defer { server.stop() }
        let url = "https://127.0.0.1:\(server.port)"
        let upstream = try makeUpstream(url)
        #expect(failure(upstream.deliver(makeEvents(1...1))) != nil)
        #expect(server.requests.isEmpty)
    }

    @Test("a body beyond the limit is refused, with and without a length")
    func answerTooLong() throws {
        let filler = String(repeating: " ", count: 2_000)
        let server = try ScriptedServer { request in
            request.ids == ["e1"]
                ? .answer(200, filler + results(request.ids))
                : .sendAndClose("HTTP/1.1 200 OK\r\n\r\n" + filler + results(request.ids))
        }
        defer { server.stop() }
        let upstream = try makeUpstream(server.baseURL) { $0.answerBytesMaximum = 2_000 }
        #expect(failure(upstream.deliver(makeEvents(1...1))) == "the answer is longer than 2000 bytes")
        #expect(failure(upstream.deliver(makeEvents(2...2))) == "the answer is longer than 2000 bytes")
    }

    @Test("endless headers are cut off")
    func endlessHeaders() throws {
        let lines = String(repeating: "X-Filler: \(String(repeating: "x", count: 1_000))\r\n", count: 100)
        let server = try ScriptedServer { .answer(200, results($0.ids), headers: lines) }
        defer { server.stop() }
        #expect(failure(try makeUpstream(server.baseURL).deliver(makeEvents(1...1))) != nil)
    }

    @Test("stop ends a request that is under way, and later ones fail at once")
    func stopWhileWaiting() throws {
        let waiting = DispatchSemaphore(value: 0)
        let server = try ScriptedServer { _ in
            waiting.signal()
            return .hang
        }
        defer { server.stop() }
        let upstream = try makeUpstream(server.baseURL) { $0.requestDeadlineMilliseconds = 600_000 }
        Thread.detachNewThread {
            waiting.wait()
            upstream.stop()
        }
        #expect(failure(upstream.deliver(makeEvents(1...1))) == "stopped")
        #expect(failure(upstream.deliver(makeEvents(2...2))) == "stopped")
        #expect(server.requests.count == 1)
    }
}
