import LineProtocol
import Retail
import Testing

@Suite("Messages of the session")
struct SessionMessageTests {
    private let now = Instant(millisecondsSinceEpoch: 1_795_339_800_125)

    @Test("HELLO goes there and back, and needs no more than its version")
    func hello() throws {
        let greeting = Hello(
            role: .register, client: ProgramVersion(name: "Касса", version: "1.2"),
            token: String(repeating: "t", count: 16), language: .russian, eventsAfter: 7)
        #expect(try message(json(greeting)) == greeting)
        #expect(try message(Hello.self, #"{"protocol":1}"#) == Hello())
        #expect(json(Hello()) == #"{"protocol":1}"#)
        #expect(try message(Hello.self, #"{"protocol":2}"#).protocolVersion == 2)
        #expect(fieldError(Hello.self, "{}") == .missing("protocol"))
        #expect(fieldError(Hello.self, #"{"protocol":"1"}"#)?.field == "protocol")
        #expect(fieldError(Hello.self, #"{"protocol":1,"role":"till"}"#)?.field == "role")
        #expect(fieldError(Hello.self, #"{"protocol":1,"token":"short"}"#)?.field == "token")
        #expect(fieldError(Hello.self, #"{"protocol":1,"client":{"name":"x"}}"#) == .missing("client.version"))
    }

    @Test("the reply to HELLO has every member the specification lists")
    func helloReply() throws {
        let reply = HelloReply(
            gateway: ProgramVersion(name: "tillgate", version: "0.1"), store: "S1", device: "T01", role: .register,
            currency: "RUB", timeZone: "Europe/Moscow", now: now, unacknowledged: 3, features: ["HELLO", "PING"])
        #expect(
            json(reply) == #"{"protocol":1,"gateway":{"name":"tillgate","version":"0.1"},"store":"S1","device":"T01","#
                + #""role":"register","currency":"RUB","time_zone":"Europe/Moscow","now":"\#(now.rfc3339)","#
                + #""features":["HELLO","PING"],"limits":{"line_bytes":1048576,"pipeline":64,"receipt_lines":1200,"#
                + #""idle_ms":300000},"unacknowledged":3}"#)
        #expect(try message(json(reply)) == reply)
        #expect(HelloReply.allVerbs.contains("SALE"))
        #expect(HelloReply.allVerbs.contains("SHIFT_OPEN"))
        var toApp = reply
        toApp.visitReasons = [VisitReason(id: "no_size", text: "Нет размера")]
        try roundTrip(toApp)
    }

    @Test("the small messages go there and back")
    func smallMessages() throws {
        try roundTrip(EmptyBody())
        try roundTrip(PingReply(now: now))
        try roundTrip(Acknowledge(through: .max))
        try roundTrip(AcknowledgeReply(unacknowledged: 0))
        try roundTrip(BacklogReply(unsent: 0, oldestAt: nil, oldestAgeSeconds: 0))
        try roundTrip(BacklogReply(unsent: 5, oldestAt: now, oldestAgeSeconds: 61))
        try roundTrip(Drain(withinMilliseconds: 5_000))
        try roundTrip(OrderWithdrawn(key: OrderKey(source: "web", order: "1"), reason: "cancelled"))
        #expect(json(BacklogReply(unsent: 0, oldestAt: nil, oldestAgeSeconds: 0)).contains(#""oldest_at":null"#))
        #expect(fieldError(Acknowledge.self, #"{"through":-1}"#)?.field == "through")
    }

    @Test("STATUS asks about a receipt or an order and not both; the stored answer comes back byte for byte")
    func status() throws {
        let key = ReceiptKey(store: "S1", till: "T03", shift: 12, number: "536365")
        try roundTrip(Status(.receipt(key)))
        try roundTrip(Status(.order("1001", source: "web")))
        try roundTrip(Status(.order("1001", source: nil)))
        #expect(fieldError(Status.self, "{}") == .missing("key"))
        #expect(fieldError(Status.self, #"{"key":"S1/T03/12/1","order":"1"}"#)?.field == "order")
        let stored = #"{ "key" : "S1\/T03/12/1","x":1.50 }"#
        let reply = StatusReply(state: .stored, verb: "SALE", reply: JSONText(bytes: Array(stored.utf8)))
        #expect(json(reply) == #"{"state":"stored","verb":"SALE","reply":\#(stored)}"#)
        try roundTrip(reply)
        try roundTrip(StatusReply(state: .unknown))
    }

    @Test("an error's body has what its code carries")
    func errorBodies() throws {
        let body = ErrorBody(FieldError.bad("lines[1].price", "must be a whole number"))
        #expect(
            json(body) == #"{"message":"lines[1].price must be a whole number","field":"lines[1].price","#
                + #""reason":"must be a whole number"}"#)
        #expect(json(ErrorBody(FieldError.missing("at"))) == #"{"message":"at is required","field":"at"}"#)
        let limit = ErrorBody(FieldError.limit("lines", 1_200, of: "elements"))
        #expect(json(limit) == #"{"message":"lines has more than 1200 elements","field":"lines","limit":1200}"#)
        let syntax = ErrorBody(JSONSyntaxError(reason: .duplicateKey, offset: 12))
        #expect(syntax.offset == 12)
        #expect(syntax.reason == "the member is named twice")
        var whole = ErrorBody(message: "все \"поля\"")
        whole.field = "f"
        whole.reason = "r"
        whole.offset = 0
        whole.limit = 9_000_000_000_000_000
        whole.available = 40
        whole.state = "claimed"
        whole.number = 4
        whole.till = "T02"
        whole.key = "S1/T01/1/1"
        whole.receivedAt = now
        whole.retryAfterMilliseconds = 250
        whole.fields = ["card", "email"]
        whole.supported = [1]
        try roundTrip(whole)
    }
}
