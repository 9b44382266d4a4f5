import Certificates
import Foundation
import Testing

@testable import Upstream

@Suite("Delivering over HTTP")
struct HTTPSUpstreamTests {
    private func makeUpstream(
        _ server: ScriptedServer, _ change: (inout HTTPSUpstreamConfiguration) -> Void = { _ in }
    ) throws -> HTTPSUpstream {
        var configuration = HTTPSUpstreamConfiguration(baseURL: server.baseURL + "/shop/")
        change(&configuration)
        return try HTTPSUpstream(configuration)
    }

    @Test("a batch is posted with its key, and its bodies pass byte for byte")
    func requestOnTheWire() throws {
        let server = try ScriptedServer { .answer(200, results($0.ids)) }
        defer { server.stop() }
        let upstream = try makeUpstream(server) { $0.bearerToken = "secret" }
        #expect(upstream.deliver(makeEvents(7...9)) == .answered([.stored, .stored, .stored]))
        let request = try #require(server.requests.first)
        #expect(request.head.hasPrefix("POST /shop/v1/events HTTP/1.1\r\n"))
        #expect(request.header("Content-Type") == "application/json")
        #expect(request.header("Idempotency-Key") == "\"7-9\"")
        #expect(request.header("Authorization") == "Bearer secret")
        #expect(request.header("Expect") == nil)
        let events = (7...9).map { number in
            #"{"sequence":\#(number),"stream":"S1/T01","id":"e\#(number)","type":"receipt","body":"#
                + String(decoding: awkwardBody(number), as: UTF8.self) + "}"
        }
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"events":[\#(events.joined(separator: ","))]}"#)
        #expect(!upstream.description.contains("secret"))
    }

    @Test("a request is signed over its time, method, path and body, with each secret")
    func signature() throws {
        let server = try ScriptedServer { .answer(200, results($0.ids)) }
        defer { server.stop() }
        let secrets = ["the newest secret of all", "the secret before it"]
        let upstream = try makeUpstream(server) { $0.signingSecrets = secrets }
        #expect(upstream.deliver(makeEvents(1...1)) == .answered([.stored]))
        let request = try #require(server.requests.first)
        let seconds = try #require(request.header("Tillgate-Timestamp").flatMap(Int64.init))
        #expect(abs(seconds - Int64(Date().timeIntervalSince1970)) < 60)
        let signed = Array("\(seconds).POST./shop/v1/events.".utf8) + request.body
        let codes = secrets.map { ",v1=" + hexadecimal(hmacSHA256(key: $0.utf8, signed)) }
        #expect(request.header("Tillgate-Signature") == "t=\(seconds)" + codes.joined())
        for secret in secrets { #expect(!request.head.contains(secret)) }
    }

    @Test("a proxy is asked for a tunnel and shown its own credentials; what goes through it is the upstream's alone")
    func proxy() throws {
        // It plays both: the proxy, and behind it the upstream, which nobody listens for.
        let server = try ScriptedServer { request in
            request.head.hasPrefix("CONNECT")
                ? .send("HTTP/1.1 200 Connection established\r\n\r\n") : .answer(200, results(request.ids))
        }
        defer { server.stop() }
        var configuration = HTTPSUpstreamConfiguration(baseURL: "http://127.0.0.1:9/shop")
        configuration.proxy = server.baseURL
        configuration.proxyCredentials = "gateway:word"
        configuration.bearerToken = "secret"
        #expect(try HTTPSUpstream(configuration).deliver(makeEvents(1...1)) == .answered([.stored]))
        #expect(server.requests.count == 2)
        let (asked, sent) = (server.requests[0], server.requests[1])
        #expect(asked.head.hasPrefix("CONNECT 127.0.0.1:9 HTTP/1.1\r\n"))
        #expect(asked.header("Proxy-Authorization") == "Basic Z2F0ZXdheTp3b3Jk")
        #expect(asked.header("Authorization") == nil)
        #expect(sent.head.hasPrefix("POST /shop/v1/events HTTP/1.1\r\n"))
        #expect(sent.header("Authorization") == "Bearer secret")
        #expect(sent.header("Proxy-Authorization") == nil)
    }

    @Test("a proxy that refuses is a failure that says nothing of the events")
    func refusingProxy() throws {
        let server = try ScriptedServer { _ in .answer(407, "") }
        defer { server.stop() }
        var configuration = HTTPSUpstreamConfiguration(baseURL: "http://127.0.0.1:9")
        configuration.proxy = server.baseURL
        guard case .failed(let failure, _) = try HTTPSUpstream(configuration).deliver(makeEvents(1...1)) else {
            Issue.record("taken")
            return
        }
        #expect(failure.cause == .away)
    }

    @Test("a request that is not to be signed has no signature")
    func noSignature() throws {
        let server = try ScriptedServer { .answer(200, results($0.ids)) }
        defer { server.stop() }
        #expect(try makeUpstream(server).deliver(makeEvents(1...1)) == .answered([.stored]))
        #expect(try #require(server.requests.first).header("Tillgate-Signature") == nil)
    }

    @Test("batches share one connection, and one that was closed meanwhile is made anew")
    func connectionIsKept() throws {
        let server = try ScriptedServer { request in
            let body = results(request.ids)
            let whole = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            return request.ids == ["e3"] ? .sendAndClose(whole) : .send(whole)
        }
        defer { server.stop() }
        let upstream = try makeUpstream(server)
        for number in 1...5 {
            #expect(upstream.deliver(makeEvents(number...number)) == .answered([.stored]))
        }
        #expect(server.connectionCount == 2)
        #expect(server.requests.count == 5)
    }

    @Test("an empty batch needs no request")
    func emptyBatch() throws {
        let server = try ScriptedServer { _ in .hang }
        defer { server.stop() }
        #expect(try makeUpstream(server).deliver([]) == .answered([]))
        #expect(server.requests.isEmpty)
    }

    @Test("bad events of a refused batch are found, and the good ones are stored in order")
    func badEventsAreFound() throws {
        let bad: Set = ["e3", "e8"]
        let server = try ScriptedServer { request in
            bad.isDisjoint(with: request.ids)
                ? .answer(200, results(request.ids)) : .answer(422, #"{"message":"no such tender"}"#)
        }
        defer { server.stop() }
        let outcome = try makeUpstream(server).deliver(makeEvents(1...9))
        let expected = (1...9).map { number -> EventVerdict in
            bad.contains("e\(number)") ? .refused(reason: "HTTP 422: no such tender") : .stored
        }
        #expect(outcome == .answered(expected))
        let keys = server.requests.map { $0.header("Idempotency-Key") }
        #expect(keys.first == "\"1-9\"")
        #expect(Set(keys).count == keys.count)
    }

    @Test("a busy upstream names the pause", arguments: [429, 503])
    func retryAfter(status: Int) throws {
        let server = try ScriptedServer { _ in .answer(status, "busy", headers: "Retry-After: 7\r\n") }
        defer { server.stop() }
        let expected = DeliveryOutcome.failed(
            DeliveryFailure("HTTP \(status)", cause: .away, retryAfterMilliseconds: 7_000))
        #expect(try makeUpstream(server).deliver(makeEvents(1...2)) == expected)
        #expect(server.requests.count == 1)
    }

    @Test("a pause of years is cut to the longest that is obeyed")
    func endlessRetryAfter() throws {
        let server = try ScriptedServer { _ in .answer(503, "", headers: "Retry-After: 99999999999\r\n") }
        defer { server.stop() }
        let upstream = try makeUpstream(server) { $0.retryAfterMillisecondsMaximum = 60_000 }
        let expected = DeliveryOutcome.failed(
            DeliveryFailure("HTTP 503", cause: .away, retryAfterMilliseconds: 60_000))
        #expect(upstream.deliver(makeEvents(1...1)) == expected)
    }

    @Test(
        "any other status fails the batch and refuses no event",
        arguments: [201, 202, 204, 301, 307, 401, 403, 404, 405, 409, 500, 502, 504])
    func otherStatus(status: Int) throws {
        let server = try ScriptedServer { request in
            status == 204
                ? .send("HTTP/1.1 204 No Content\r\n\r\n")
                : .answer(status, results(request.ids), headers: "Location: http://127.0.0.1:1/elsewhere\r\n")
        }
        defer { server.stop() }
        let expected = DeliveryOutcome.failed(
            DeliveryFailure("HTTP \(status)", cause: status >= 500 ? .unclear : .away))
        #expect(try makeUpstream(server).deliver(makeEvents(1...2)) == expected)
        #expect(server.requests.count == 1)
    }

    @Test("a failure in the middle of a split keeps the verdicts so far and leaves the rest for later")
    func failureWhileSplitting() throws {
        let server = try ScriptedServer { request in
            if request.ids.count > 2 { return .answer(413, "") }
            return request.ids.contains("e3") ? .sendAndReset("") : .answer(200, results(request.ids))
        }
        defer { server.stop() }
        let outcome = try makeUpstream(server).deliver(makeEvents(1...4))
        guard case .failed(let failure, let verdicts) = outcome else {
            Issue.record("unexpected \(outcome)")
            return
        }
        #expect(verdicts == [.stored, .stored])
        #expect(failure.cause == .unclear)
    }
}
