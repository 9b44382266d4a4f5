import LineProtocol
import Retail
import Testing

@Suite("Messages of the feed and of webhooks")
struct WebhookMessageTests {
    private static let now = Instant(millisecondsSinceEpoch: 1_795_339_800_000)
    private static let change = OrderChange(
        sequence: 12, store: "S1",
        transition: TransitionReply(
            key: OrderKey(source: "WEB1", order: "1001"), state: .accepted, number: 3, at: now,
            by: TransitionActor(role: .register, device: "T01")))

    @Test("a page of the feed goes there and back")
    func follow() throws {
        #expect(json(OrderFollow()) == "{}")
        #expect(json(OrderFollow(after: "f12", limit: 5)) == #"{"after":"f12","limit":5}"#)
        try roundTrip(OrderFollow(after: "f12", limit: 5))
        let reply = OrderFollow.Reply(changes: [Self.change], next: "f12")
        #expect(
            json(reply)
                == #"{"changes":[{"sequence":12,"store":"S1","source":"WEB1","order":"1001","state":"accepted","#
                + #""number":3,"at":"2026-11-22T09:30:00Z","by":{"role":"register","device":"T01"}}],"next":"f12"}"#)
        try roundTrip(reply)
        for limit in ["0", "201", "1.5", "\"5\""] {
            #expect(fieldError(OrderFollow.self, #"{"limit":\#(limit)}"#)?.field == "limit", "\(limit)")
        }
        #expect(fieldError(OrderChange.self, #"{"store":"S1"}"#) == .missing("sequence"))
    }

    @Test("a webhook is put with what was given and nothing else")
    func put() throws {
        let least = WebhookPut(store: "*", site: "WEB1", url: "https://web.example/")
        #expect(json(least) == #"{"store":"*","site":"WEB1","url":"https://web.example/"}"#)
        try roundTrip(least)
        try roundTrip(
            WebhookPut(
                store: "S1", site: "WEB1", url: "https://web.example/", secret: "0123456789abcdef",
                states: [.ready, .cancelled], after: 0))
        try roundTrip(WebhookPut(store: "S1", site: "WEB1", url: "https://web.example/", makesSecret: true))
        let reply = WebhookPut.Reply(
            store: "S1", site: "WEB1", url: "https://web.example/", secret: "s", previousUntil: Self.now, waiting: 3)
        try roundTrip(reply)
        let fields = #""store":"S1","site":"WEB1","url":"https://web.example/""#
        #expect(fieldError(WebhookPut.self, #"{\#(fields),"secret":"short"}"#)?.field == "secret")
        #expect(fieldError(WebhookPut.self, #"{\#(fields),"secret":"0123456789abcde\#u{e9}"}"#)?.field == "secret")
        #expect(fieldError(WebhookPut.self, #"{\#(fields),"states":[]}"#) == .bad("states", "must not be empty"))
        let long = String(repeating: "a", count: 2_001)
        #expect(
            fieldError(WebhookPut.self, #"{"store":"S1","site":"W","url":"\#(long)"}"#)
                == .limit("url", 2_000, of: "characters"))
    }

    @Test("the list of webhooks goes there and back, with and without trouble")
    func list() throws {
        var hook = WebhookEntry(
            store: "S1", site: "WEB1", url: "https://web.example/", state: .active, states: nil, addedAt: Self.now,
            deliveredThrough: 0, waiting: 0, oldestAt: nil, acknowledgedAt: nil, lastError: nil, failedAt: nil,
            nextAttemptAt: nil, failing: 0, failingOrders: [])
        #expect(json(hook).contains(#""states":null,"#))
        #expect(json(hook).contains(#""last_error":null,"failed_at":null,"next_attempt_at":null"#))
        try roundTrip(WebhookListReply(webhooks: [hook]))
        hook.states = [.ready]
        (hook.oldestAt, hook.acknowledgedAt, hook.failedAt, hook.nextAttemptAt) = (
            Self.now, Self.now, Self.now, Self.now
        )
        hook.lastError = "HTTP 500"
        hook.failing = 1
        hook.failingOrders = [
            .init(order: "1001", number: 3, attempts: 7, nextAttemptAt: Self.now, lastError: "HTTP 500")
        ]
        for state in WebhookEntry.State.allCases {
            hook.state = state
            try roundTrip(WebhookListReply(webhooks: [hook, hook]))
        }
    }

    @Test("an order is tried again only together with its site")
    func retry() throws {
        try roundTrip(WebhookRetry())
        try roundTrip(WebhookRetry(site: "WEB1", order: "1001"))
        try roundTrip(WebhookRetry.Reply(orders: 2))
        #expect(fieldError(WebhookRetry.self, #"{"order":"1001"}"#) == .missing("site"))
        try roundTrip(WebhookRemove(site: "WEB1"))
        try roundTrip(WebhookRemove.Reply(site: "WEB1", dropped: 4))
        #expect(fieldError(WebhookRemove.self, "{}") == .missing("site"))
    }
}
