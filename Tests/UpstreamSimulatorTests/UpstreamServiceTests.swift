import HTTPMessage
import SimulatedHTTP
import TestSupport
import Testing

@testable import UpstreamSimulator

@Suite("Answering requests")
struct UpstreamServiceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func makeService(_ change: (inout Misbehaviour) -> Void = { _ in }) throws -> UpstreamService {
        var misbehaviour = Misbehaviour()
        change(&misbehaviour)
        return UpstreamService(store: try folder.openStore(), misbehaviour: misbehaviour, seed: 7)
    }

    private func statistics(_ service: inout UpstreamService) -> String {
        text(service.reply(to: request(.get, "/v1/stats")))
    }

    @Test("every event of a batch has its result, and the counts follow")
    func results() throws {
        var service = try makeService { $0.refusedSuffix = "9" }
        let reply = service.reply(to: batch([receipt(1), enrolment(1), receipt(1), receipt(9)]))
        #expect(reply.response.status == 200)
        #expect(reply.manner == .whole)
        #expect(
            text(reply) == #"{"results":[{"id":"r1","status":"stored"},{"id":"c1","status":"stored"},"#
                + #"{"id":"r1","status":"duplicate"},"#
                + #"{"id":"r9","status":"refused","reason":"ids that end with 9 are refused"}]}"#)
        #expect(statistics(&service) == #"{"receipts":1,"events":1,"duplicates":1,"batches":1}"#)
    }

    @Test(
        "what is no batch is refused with the field, and nothing of it is kept",
        arguments: [
            ("", "not JSON at byte 0: the text ends inside a value"),
            ("{", "not JSON at byte 1: the text ends inside a value"),
            ("{}", "events must be an array of at least one event"),
            (#"{"events":[]}"#, "events must be an array of at least one event"),
            (#"{"events":[1]}"#, "events[0].sequence must be a positive whole number"),
            (#"{"events":[{"sequence":0}]}"#, "events[0].sequence must be a positive whole number"),
            (#"{"events":[{"sequence":1,"id":""}]}"#, "events[0].id must be a text"),
            (#"{"events":[{"sequence":1,"id":"a","type":2}]}"#, "events[0].type must be a text"),
            (#"{"events":[{"sequence":1,"id":"a","type":"t","body":[]}]}"#, "events[0].body must be an object"),
            (
                #"{"events":[{"sequence":1,"id":"a","type":"t","body":{}},{"sequence":2,"id":"b"}]}"#,
                "events[1].type must be a text"
            ),
        ])
    func badBatch(body: String, message: String) throws {
        var service = try makeService()
        let reply = service.reply(to: request(.post, "/v1/events", body))
        #expect(reply.response.status == 400)
        #expect(text(reply) == #"{"message":"\#(message)"}"#)
        #expect(statistics(&service) == #"{"receipts":0,"events":0,"duplicates":0,"batches":0}"#)
    }

    @Test(
        "other addresses and methods are told what there is",
        arguments: [
            (HTTPMethod.get, "/v1/events", 405), (.post, "/v1/stats", 405), (.get, "/", 404), (.post, "/v1/event", 404),
        ])
    func otherRequests(method: HTTPMethod, target: String, status: Int) throws {
        var service = try makeService()
        #expect(service.reply(to: request(method, target)).response.status == status)
    }

    @Test("a query does not hide the address")
    func query() throws {
        var service = try makeService()
        #expect(service.reply(to: request(.get, "/v1/stats?x=1")).response.status == 200)
    }

    @Test("each fault does what it says, and only some have stored the batch", arguments: Fault.allCases)
    func faults(fault: Fault) throws {
        var service = try makeService { misbehaviour in
            switch fault {
            case .none: break
            case .fail: misbehaviour.failRate = 1
            case .busy: misbehaviour.busyRate = 1
            case .timeout: misbehaviour.timeoutRate = 1
            case .cut: misbehaviour.cutRate = 1
            case .reset: misbehaviour.resetRate = 1
            }
        }
        let reply = service.reply(to: batch([receipt(1)]))
        let isStored = try folder.content(folder.receipts) == receiptBody(1) + "\n"
        switch fault {
        case .none: #expect(reply.response.status == 200 && reply.manner == .whole && isStored)
        case .fail: #expect(reply.response.status == 500 && reply.manner == .whole && !isStored)
        case .busy:
            #expect(reply.response.status == 429 && reply.manner == .whole && !isStored)
            #expect(reply.response.headers["Retry-After"] == "1")
        case .timeout: #expect(reply.manner == .never && isStored)
        case .cut: #expect(reply.manner == .cut && isStored)
        case .reset: #expect(reply.manner == .reset && !isStored)
        }
        #expect(service.reply(to: request(.get, "/v1/stats")).manner == .whole)
    }

    @Test("answers to batches are delayed, the counts are not")
    func delay() throws {
        var service = try makeService { $0.delayMilliseconds = 250 }
        #expect(service.reply(to: batch([receipt(1)])).delayMilliseconds == 250)
        #expect(service.reply(to: request(.get, "/v1/stats")).delayMilliseconds == 0)
    }
}

@Suite("Choosing faults")
struct MisbehaviourTests {
    private func faults(seed: UInt64, _ change: (inout Misbehaviour) -> Void) -> [Fault] {
        var misbehaviour = Misbehaviour()
        change(&misbehaviour)
        var dice = FaultDice(misbehaviour, seed: seed)
        return (0..<10_000).map { _ in dice.next() }
    }

    private func mixed(_ misbehaviour: inout Misbehaviour) {
        misbehaviour.failRate = 0.1
        misbehaviour.busyRate = 0.2
        misbehaviour.timeoutRate = 0.05
        misbehaviour.cutRate = 0.15
        misbehaviour.resetRate = 0.3
    }

    @Test("the same seed gives the same row, another seed another")
    func seeds() {
        #expect(faults(seed: 1, mixed) == faults(seed: 1, mixed))
        #expect(faults(seed: 1, mixed) != faults(seed: 2, mixed))
    }

    @Test("each fault comes as often as its rate says")
    func shares() {
        let row = faults(seed: 3, mixed)
        for (fault, share) in [
            (Fault.none, 0.2), (.fail, 0.1), (.busy, 0.2), (.timeout, 0.05), (.cut, 0.15), (.reset, 0.3),
        ] {
            let counted = Double(row.count { $0 == fault }) / Double(row.count)
            #expect(abs(counted - share) < 0.02, "\(fault): \(counted)")
        }
    }

    @Test("without rates nothing goes wrong, and a rate of 1 leaves nothing else")
    func extremes() {
        #expect(Set(faults(seed: 4) { _ in }) == [.none])
        #expect(Set(faults(seed: 4) { $0.cutRate = 1 }) == [.cut])
    }

    @Test("rates that make no sense are named")
    func problems() {
        var misbehaviour = Misbehaviour()
        #expect(misbehaviour.problem == nil)
        misbehaviour.failRate = 1.5
        #expect(misbehaviour.problem == "the fail rate is 1.5, it must be between 0 and 1")
        misbehaviour.failRate = .nan
        #expect(misbehaviour.problem != nil)
        misbehaviour.failRate = 0.6
        misbehaviour.resetRate = 0.6
        #expect(misbehaviour.problem == "the rates add up to 1.2, they must not be more than 1 together")
        misbehaviour.resetRate = 0.4
        #expect(misbehaviour.problem == nil)
        misbehaviour.delayMilliseconds = -1
        #expect(misbehaviour.problem != nil)
    }
}
