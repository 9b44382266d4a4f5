import Retail
import Testing

@testable import LineProtocol

@Suite("Messages about the relay")
struct RelayMessageTests {
    private static let now = Instant(millisecondsSinceEpoch: 1_795_339_800_000)

    @Test("a status is read as it is written, with and without what may be missing")
    func status() throws {
        try roundTrip(RelayStatusRequest())
        try roundTrip(RelayStatusRequest(wantsStreams: true))
        var reply = RelayStatusReply(unsent: 0, oldestAt: nil, oldestAgeSeconds: 0, quarantined: 0)
        #expect(json(reply).hasPrefix(#"{"upstream":null,"state":"none","since":null,"failures":0,"#))
        try roundTrip(reply)
        reply.upstream = "https://cdp.example/v1/events"
        (reply.since, reply.nextAttemptAt, reply.failedAt) = (Self.now, Self.now, Self.now)
        (reply.storedAt, reply.oldestAt, reply.lastError) = (Self.now, Self.now, "HTTP 500")
        reply.held = 21
        reply.heldStreams = [
            .init(
                stream: "S1/T01", id: "S1/T01/1/7", type: "receipt", since: Self.now, attempts: 3,
                nextAttemptAt: Self.now, lastError: "timed out")
        ]
        reply.streams = [.init(stream: "S1", unsent: 4, oldestAt: Self.now, oldestAgeSeconds: 9)]
        for state in RelayStatusReply.State.allCases {
            reply.state = state
            try roundTrip(reply)
        }
    }

    @Test("a quarantined event comes with its body only when one was asked for, and never with one that fills the line")
    func quarantine() throws {
        try roundTrip(RelayQuarantine())
        try roundTrip(RelayQuarantine(id: "S1/T01/1/7", after: "12", limit: 5))
        #expect(fieldError(RelayQuarantine.self, #"{"limit":101}"#) != nil)
        func entry(_ body: [UInt8]?) -> RelayQuarantine.Entry {
            RelayQuarantine.Entry(
                id: "S1/T01/1/7", stream: "S1/T01", type: "receipt", reason: "HTTP 400", refusedAt: Self.now,
                createdAt: Self.now, body: body)
        }
        try roundTrip(RelayQuarantine.Reply(entries: [entry(nil), entry(Array(#"{ "a":1.50}"#.utf8))], next: "13"))
        try roundTrip(RelayQuarantine.Reply(entries: [], next: nil))
        #expect(entry(Array(repeating: 0x20, count: 900_001)).body == nil)
        try roundTrip(RelayRetry())
        try roundTrip(RelayRetry(id: "S1/T01/1/7"))
        try roundTrip(RelayRetry.Reply(requeued: 3))
        try roundTrip(RelaySetAside(id: "S1/T01/1/7"))
        try roundTrip(RelaySetAside.Reply(id: "S1/T01/1/7", stream: "S1/T01"))
    }
}
