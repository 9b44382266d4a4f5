import EventLoop
import LineProtocol
import Locking
import Retail
import Testing

@testable import TillClient

@Suite("Calls", .timeLimit(.minutes(1)))
struct CallTests {
    @Test("a till greets with its role, and a sale is answered with the stored receipt")
    func sale() async throws {
        let world = try World()
        let client = world.client { $0.token = "0123456789abcdef" }
        let session = try await client.connect()
        #expect(session.device == "T01" && session.store == "S1")
        let hello = try await world.gateway.hellos.take()
        #expect(hello.has(#""protocol":1"#) && hello.has(#""role":"register""#) && hello.has("0123456789abcdef"))
        async let reply = client.sale(Sample.receipt("1"))
        let request = try await world.gateway.requests.take()
        #expect(request.verb == "SALE" && request.has(#""number":"1""#))
        request.ok(Sample.stored("1", sequence: 7))
        #expect(try await reply.sequence == 7)
    }

    @Test("answers find their requests whatever their order")
    func outOfOrder() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        let pending = ["1", "2", "3"].map { client.beginReceipt(Sample.receipt($0)) }
        var requests: [ScriptedGateway.Request] = []
        for _ in 0..<3 { requests.append(try await world.gateway.requests.take()) }
        for request in requests.reversed() {
            let number = try #require(["1", "2", "3"].first { request.has(#""number":"\#($0)""#) })
            request.ok(Sample.stored(number))
        }
        for (index, reply) in pending.enumerated() {
            #expect(try await reply.reply().key.number == "\(index + 1)")
        }
    }

    @Test("a refusal brings its code, message and fields")
    func refusal() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        async let failure = Issue.failure { () throws(TillClientError) in
            try await client.sale(Sample.receipt("1"))
        }
        try await world.gateway.requests.take().error(
            "bad_field", #"{"message":"no good","field":"lines[0].price","reason":"too much"}"#)
        guard case .refused(let refusal) = try await failure else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.code == .badField && refusal.message == "no good")
        #expect(refusal.body.field == "lines[0].price" && refusal.body.reason == "too much")
    }

    @Test("points are held and given back, and a refused hold says how many there are")
    func hold() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        let hold = HoldRequest(shift: 1, number: "2", customer: CustomerID(number: 4), points: 50)
        async let held = client.hold(hold)
        let request = try await world.gateway.requests.take()
        #expect(request.verb == "HOLD" && request.has(#""number":"2","customer_id":"c-4","points":50"#))
        request.ok(#"{"hold":"h-1","points":50,"expires_at":"2026-11-22T09:46:00Z","available":40}"#)
        #expect(try await held.hold == "h-1")
        #expect(try await held.available == 40)

        async let failure = Issue.failure { () throws(TillClientError) in try await client.hold(hold) }
        try await world.gateway.requests.take().error(
            "bad_field", #"{"message":"no","field":"points","reason":"more than available","available":7}"#)
        guard case .refused(let refusal) = try await failure else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.body.available == 7)

        async let released = client.release(ReleaseRequest(shift: 1, number: "2"))
        let release = try await world.gateway.requests.take()
        #expect(release.verb == "RELEASE" && release.body.contains(#"{"shift":1,"number":"2"}"#))
        release.ok(#"{"released":50}"#)
        #expect(try await released.released == 50)
    }

    @Test("a call ends at its deadline, its late answer is dropped, and the next call is served")
    func deadline() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        let options = CallOptions(deadlineMilliseconds: 20)
        async let failure = Issue.failure { () throws(TillClientError) in
            try await client.sale(Sample.receipt("1"), options: options)
        }
        let late = try await world.gateway.requests.take()
        #expect(try await failure == .deadline(milliseconds: 20, problem: nil))
        late.ok(Sample.stored("1"))
        async let reply = client.ping()
        try await world.gateway.requests.take().ok(Sample.pong)
        #expect(try await reply.now.rfc3339 == "2026-11-22T09:31:00Z")
        #expect(client.statistics.lateReplies == 1)
    }

    @Test("a busy gateway is asked again after the pause it wants")
    func busy() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        async let reply = client.sale(Sample.receipt("1"))
        let first = try await world.gateway.requests.take()
        first.error("busy", #"{"message":"full","retry_after_ms":1}"#)
        let second = try await world.gateway.requests.take()
        #expect(second.body == first.body)
        second.ok(Sample.stored("1"))
        #expect(try await reply.key.number == "1")
        #expect(client.statistics.retriedRequests == 1)
    }

    @Test("when the gateway stays busy until the deadline, the caller is told so")
    func alwaysBusy() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        let options = CallOptions(deadlineMilliseconds: 1_000)
        async let failure = Issue.failure { () throws(TillClientError) in
            try await client.sale(Sample.receipt("1"), options: options)
        }
        try await world.gateway.requests.take().error(
            "store_unavailable", #"{"message":"disk","retry_after_ms":60000}"#)
        guard case .refused(let refusal) = try await failure else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.code == .storeUnavailable)
    }

    @Test("an error code that the client does not know is treated like internal: repeated a few times, then reported")
    func unknownCode() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        async let failure = Issue.failure { () throws(TillClientError) in
            try await client.sale(Sample.receipt("1"))
        }
        for _ in 0..<4 { try await world.gateway.requests.take().error("newer_code", #"{"message":"new"}"#) }
        guard case .refused(let refusal) = try await failure else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.code == nil && refusal.codeText == "newer_code" && refusal.message == "new")
    }

    @Test("no more requests are under way than the gateway allows")
    func pipelineLimit() async throws {
        let world = try World(limits: SessionLimits(pipelineRequests: 2))
        let underWay = Mutex((now: 0, most: 0))
        world.gateway.respond { _ in
            underWay.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
        }
        let client = try await world.connectedClient()
        let pending = (0..<40).map { client.beginReceipt(Sample.receipt("\($0)")) }
        for _ in 0..<20 {
            let requests = [try await world.gateway.requests.take(), try await world.gateway.requests.take()]
            for request in requests {
                underWay.withLock { $0.now -= 1 }
                request.ok(Sample.stored("1"))
            }
        }
        for reply in pending { _ = try await reply.reply() }
        #expect(underWay.withLock { $0.most } == 2)
    }

    @Test("fields that a vendor adds are sent as they are, on one line")
    func rawJSON() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        let json = "{\n  \"shift\": 1,\r\n  \"vendor\": {\"note\": \"a\\nb\"}\n}"
        async let reply = client.sale(json: Array(json.utf8))
        let request = try await world.gateway.requests.take()
        #expect(request.body == "{   \"shift\": 1,    \"vendor\": {\"note\": \"a\\nb\"} }")
        request.ok(Sample.stored("1"))
        _ = try await reply
    }

    @Test("what is no JSON object is not sent", arguments: ["", "[]", "{", "{} {}", #"{"a":1,"a":2}"#])
    func badJSON(text: String) async throws {
        let world = try World()
        let client = try await world.connectedClient()
        let failure = try await Issue.failure { () throws(TillClientError) in
            try await client.sale(json: Array(text.utf8))
        }
        guard case .badRequest = failure else {
            Issue.record("\(failure)")
            return
        }
    }

    @Test("a request that is longer than the gateway takes is not sent")
    func tooLong() async throws {
        let world = try World(limits: SessionLimits(lineBytes: 500))
        let client = try await world.connectedClient()
        let text = #"{"note":"\#(String(repeating: "x", count: 500))"}"#
        let failure = try await Issue.failure { () throws(TillClientError) in
            try await client.sale(json: Array(text.utf8))
        }
        guard case .lineTooLong(_, limit: 500) = failure else {
            Issue.record("\(failure)")
            return
        }
    }

    @Test("an answer that cannot be read is reported as such, not as a refusal")
    func badReply() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        async let failure = Issue.failure { () throws(TillClientError) in
            try await client.ping()
        }
        try await world.gateway.requests.take().ok(#"{"time":"late"}"#)
        guard case .badReply(verb: "PING", _) = try await failure else {
            Issue.record("not badReply")
            return
        }
    }

    @Test("a cancelled task gets its call back at once")
    func cancellation() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        let task = Task { try await Issue.failure { () throws(TillClientError) in try await client.ping() } }
        _ = try await world.gateway.requests.take()
        task.cancel()
        #expect(try await task.value == .cancelled)
    }

    @Test("requests beyond the limit of a client fail, and name it")
    func requestLimit() async throws {
        let world = try World()
        let client = try await world.connectedClient { $0.requestsMaximum = 1 }
        let pending = client.beginReceipt(Sample.receipt("1"))
        let failure = try await Issue.failure { () throws(TillClientError) in try await client.ping() }
        #expect(failure == .tooManyRequests(limit: 1))
        try await world.gateway.requests.take().ok(Sample.stored("1"))
        _ = try await pending.reply()
    }
}
