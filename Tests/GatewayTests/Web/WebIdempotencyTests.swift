import LineProtocol
import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("Idempotency keys", .timeLimit(.minutes(2)))
struct WebIdempotencyTests {
    private let key = #"Idempotency-Key: "k-1""#

    @Test(
        "the same request under the same key is answered as the first time, whatever has come after, in quotes or without"
    )
    func repeated() async throws {
        let web = try WebWorld()
        let first = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle, headers: [key])
        #expect(first.status == 201 && first.headers["Idempotent-Replayed"] == nil)
        #expect(try await web.ask("POST", "/v1/orders/1/cancel").status == 200)
        for field in [key, "Idempotency-Key: k-1"] {
            let again = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle, headers: [field])
            #expect(again.status == 201 && again.body == first.body)
            #expect(again.headers["Idempotent-Replayed"] == "true")
            #expect(again.headers["Location"] == "/v1/orders/1" && again.headers["ETag"] == "\"1\"")
        }
    }

    @Test("a key survives a restart of the gateway")
    func restarted() async throws {
        let web = try WebWorld()
        _ = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle)
        let cancelled = try await web.ask("POST", "/v1/orders/1/cancel", headers: [key])
        try web.restart()
        let again = try await web.ask("POST", "/v1/orders/1/cancel", headers: [key])
        #expect(again.headers["Idempotent-Replayed"] == "true")
        #expect(again.status == 200 && again.body == cancelled.body)
    }

    @Test(
        "another request under the same key is refused and changes nothing",
        arguments: [
            ("PUT", "/v1/orders/2", WebOrder.kettle, [String]()), ("PUT", "/v1/orders/1", WebOrder.mug, []),
            ("POST", "/v1/orders/1/cancel", "{}", []),
            ("PATCH", "/v1/orders/1", "{\(WebOrder.oneKettle)", ["If-Match: \"1\""]),
        ])
    func reused(method: String, path: String, body: String, headers: [String]) async throws {
        let web = try WebWorld()
        _ = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle, headers: [key])
        let reply = try await web.ask(method, path, body, headers: headers + [key])
        #expect(reply.status == 422 && reply.code == "key_reused")
        #expect(try await web.ask("GET", "/v1/orders/1").json["number"]?.integer == 1)
        #expect(try await web.ask("GET", "/v1/orders/2").status == 404)
    }

    @Test("a request under a key that is under way is told so, and answered once the first is")
    func underWay() async throws {
        let disk = Disk()
        let web = try WebWorld(hooks: disk.hooks)
        let gate = disk.hold()
        let before = disk.begun.all.count
        let first = web.client()
        let body = WebOrder.kettle
        async let pushed = first.ask("PUT", "/v1/orders/1", body, headers: [key])
        // The first is at the disk, and will be there until the gate opens.
        while disk.begun.all.count == before { await Task.yield() }
        let second = try await web.ask("PUT", "/v1/orders/1", body, headers: [key])
        #expect(second.status == 409 && second.code == "key_under_way" && second.headers["Retry-After"] == "1")
        disk.letGo()
        gate.open()
        #expect(try await pushed.status == 201)
        let third = try await web.ask("PUT", "/v1/orders/1", body, headers: [key])
        #expect(third.status == 201 && third.headers["Idempotent-Replayed"] == "true")
    }

    @Test("a refusal for good is given again under its key, although the request could be carried out by now")
    func refusals() async throws {
        let web = try WebWorld()
        let early = try await web.ask("POST", "/v1/orders/1/cancel", headers: [key])
        #expect(early.status == 404)
        _ = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle)
        let again = try await web.ask("POST", "/v1/orders/1/cancel", headers: [key])
        #expect(again.status == 404 && again.body == early.body && again.headers["Idempotent-Replayed"] == "true")
        #expect(again.headers["Content-Type"] == "application/problem+json")
        #expect(try await web.ask("POST", "/v1/orders/1/cancel", headers: ["Idempotency-Key: k-2"]).status == 200)
    }

    @Test("what could not be done or read is not kept under its key")
    func notKept() async throws {
        let disk = Disk()
        let web = try WebWorld(hooks: disk.hooks)
        #expect(try await web.ask("PUT", "/v1/orders/1", "{}", headers: [key]).status == 422)
        disk.fail(times: 1)
        #expect(try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle, headers: [key]).status == 503)
        #expect(web.world.available())
        let done = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle, headers: [key])
        #expect(done.status == 201 && done.headers["Idempotent-Replayed"] == nil)
    }

    @Test("a key that is kept with an effect is kept in its transaction: after a crash there is both or neither")
    func crash() async throws {
        for moment in CrashCamera.Moment.allCases {
            let camera = CrashCamera()
            let web = try WebWorld(hooks: camera.hooks)
            camera.arm(moment, commitsBefore: 0, folder: web.world.folderPath)
            #expect(try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle, headers: [key]).status == 201)
            let image = try TestWorld(folder: camera.take(folder: web.world.folderPath))
            let found = try image.journal.read { view in
                (
                    try view.order(OrderKey(source: "WEB1", order: "1")) != nil,
                    try view.keptAnswer(store: "S1", site: "WEB1", key: "k-1") != nil
                )
            }
            let isThere = moment == .afterCommit
            #expect(found == (isThere, isThere), "\(moment)")
        }
    }

    @Test("keys are the site's own")
    func ownKeys() async throws {
        let web = try WebWorld()
        try web.addSite("S1", "WEB2", token: "token-of-WEB2-0123456789")
        _ = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle, headers: [key])
        let other = try await web.ask(
            "PUT", "/v1/orders/1", WebOrder.mug, headers: [key], token: "token-of-WEB2-0123456789")
        #expect(other.status == 201 && other.json["source"]?.text == "WEB2")
    }

    @Test(
        "a key that is none is refused",
        arguments: ["", "\"", "a b", "\"a\"b\"", "a\"b", "a\\b", String(repeating: "k", count: 201)])
    func badKeys(text: String) async throws {
        let web = try WebWorld()
        let reply = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle, headers: ["Idempotency-Key: \(text)"])
        #expect(reply.status == 400 && reply.code == "bad_request")
        let twice = try await web.ask("PUT", "/v1/orders/1", WebOrder.kettle, headers: [key, key])
        #expect(twice.status == 400)
        #expect(try await web.ask("GET", "/v1/orders/1").status == 404)
    }
}
