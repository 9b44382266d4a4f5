import Foundation
import TestSupport
import Testing

@testable import Upstream

@Suite("Posting webhooks over HTTP")
struct HTTPSWebhookPosterTests {
    private func poster(requestMilliseconds: Int = 10_000) throws -> HTTPSWebhookPoster {
        var settings = HTTPSWebhookPoster.Settings()
        settings.requestDeadlineMilliseconds = requestMilliseconds
        return try HTTPSWebhookPoster(settings)
    }

    private func message(_ server: ScriptedServer, path: String = "/hooks?shop=1") -> WebhookMessage {
        WebhookMessage(
            url: server.baseURL + path, headers: ["Tillgate-Id: WEB1/1/1", "Tillgate-Signature: t=1,v1=ab"],
            body: Array(#"{"order":"1"}"#.utf8))
    }

    @Test("the body byte for byte, with its headers, on one connection for all")
    func onTheWire() throws {
        let server = try ScriptedServer { _ in .answer(200, "thank you") }
        defer { server.stop() }
        let poster = try poster()
        for _ in 1...3 {
            #expect(poster.post(message(server)) == .answered(status: 200, retryAfterMilliseconds: nil))
        }
        let request = try #require(server.requests.first)
        #expect(request.head.hasPrefix("POST /hooks?shop=1 HTTP/1.1\r\n"))
        #expect(request.header("Content-Type") == "application/json")
        #expect(request.header("Tillgate-Id") == "WEB1/1/1")
        #expect(request.header("Tillgate-Signature") == "t=1,v1=ab")
        #expect(request.header("Expect") == nil)
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"order":"1"}"#)
        #expect(server.connectionCount == 1)
    }

    @Test("a redirect is an answer like another, and is not followed")
    func redirect() throws {
        let other = try ScriptedServer { _ in .answer(200, "") }
        defer { other.stop() }
        let server = try ScriptedServer { [url = other.baseURL] _ in
            .answer(307, "", headers: "Location: \(url)/hooks\r\n")
        }
        defer { server.stop() }
        #expect(try poster().post(message(server)) == .answered(status: 307, retryAfterMilliseconds: nil))
        #expect(other.requests.isEmpty)
    }

    @Test("Retry-After is told with the status")
    func retryAfter() throws {
        let server = try ScriptedServer { _ in .answer(429, "", headers: "Retry-After: 7\r\n") }
        defer { server.stop() }
        #expect(try poster().post(message(server)) == .answered(status: 429, retryAfterMilliseconds: 7_000))
    }

    @Test("an answer without end counts by its status, and is read no further than the limit")
    func longAnswer() throws {
        let server = try ScriptedServer { _ in .answer(200, String(repeating: "a", count: 1_000_000)) }
        defer { server.stop() }
        #expect(try poster().post(message(server)) == .answered(status: 200, retryAfterMilliseconds: nil))
    }

    @Test("no answer in time, a broken connection and nonsense: the site may have it")
    func unanswered() throws {
        let reactions: [Reaction] = [
            .hang, .sendAndReset(""), .sendAndClose("HTTP/1.1 2"), .sendAndClose("\0\0\r\n\r\n"),
        ]
        for reaction in reactions {
            let server = try ScriptedServer { _ in reaction }
            defer { server.stop() }
            let outcome = try poster(requestMilliseconds: 500).post(message(server))
            guard case .unanswered = outcome else {
                Issue.record("\(reaction): \(outcome)")
                continue
            }
        }
    }

    @Test("a connection that was kept and is gone now is made anew")
    func staleConnection() throws {
        let server = try ScriptedServer { _ in .sendAndClose("HTTP/1.1 204 No Content\r\n\r\n") }
        defer { server.stop() }
        let poster = try poster()
        for _ in 1...3 {
            #expect(poster.post(message(server)) == .answered(status: 204, retryAfterMilliseconds: nil))
        }
    }

    @Test("nobody listens, no such host, a server without a certificate: the site cannot have it")
    func unreachable() throws {
        let server = try ScriptedServer { _ in .hang }
        var message = message(server)
        var urls = ["https://127.0.0.1:\(server.port)/", "https://no-such-host.invalid/"]
        let (descriptor, port) = try listenOnLoopback()
        close(descriptor)
        urls.append("http://127.0.0.1:\(port)/")
        let poster = try poster(requestMilliseconds: 2_000)
        for url in urls {
            message.url = url
            let outcome = poster.post(message)
            guard case .unreachable(let reason) = outcome, !reason.isEmpty else {
                Issue.record("\(url): \(outcome)")
                continue
            }
        }
        server.stop()
    }

    @Test("a stop ends what is under way, and what comes later at once")
    func stop() throws {
        let arrived = Gate()
        let server = try ScriptedServer { _ in
            arrived.open()
            return .hang
        }
        defer { server.stop() }
        let poster = try poster()
        let outcomes = Gathered<WebhookOutcome>()
        let message = message(server)
        Thread.detachNewThread { outcomes.add(poster.post(message)) }
        #expect(arrived.pass())
        poster.stop()
        #expect(outcomes.wait(count: 1, seconds: 8))
        #expect(outcomes.all == [.stopped])
        #expect(poster.post(message) == .stopped)
    }

    @Test("an authority that is not there is named when the poster is made")
    func authority() {
        var settings = HTTPSWebhookPoster.Settings()
        settings.authorityPath = "/nowhere/ca.pem"
        #expect(throws: HTTPSUpstreamError.unreadableFile(field: "authorityPath", path: "/nowhere/ca.pem")) {
            try HTTPSWebhookPoster(settings)
        }
    }
}
