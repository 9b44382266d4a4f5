import Certificates
import Foundation
import Gzip
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
        var service = try makeService { if fault != .none { $0.rates[fault] = 1 } }
        let reply = service.reply(to: batch([receipt(1), receipt(2)]))
        let isStored = try folder.content(folder.receipts) == receiptBody(1) + "\n" + receiptBody(2) + "\n"
        switch fault {
        case .none: #expect(reply.response.status == 200 && reply.manner == .whole && isStored)
        case .fail: #expect(reply.response.status == 500 && reply.manner == .whole && !isStored)
        case .busy, .unavailable:
            #expect(reply.response.status == (fault == .busy ? 429 : 503) && reply.manner == .whole && !isStored)
            #expect(reply.response.headers["Retry-After"] == "1")
        case .timeout: #expect(reply.manner == .never && isStored)
        case .cut: #expect(reply.manner == .cut && isStored)
        case .reset, .expired: #expect(reply.manner == .reset && !isStored)
        case .tooLarge, .bad:
            #expect(reply.response.status == (fault == .bad ? 400 : 413) && !isStored)
            #expect(service.reply(to: batch([receipt(3)])).response.status == 200)
        case .redirect: #expect(reply.response.status == 307 && !isStored)
        case .slow: #expect(reply.manner == .byteByByte(pauseMilliseconds: 1) && isStored)
        case .crawl: #expect(reply.manner == .byteByByte(pauseMilliseconds: 60) && isStored)
        case .otherEvents: #expect(reply.response.status == 200 && !text(reply).contains(#""r1""#) && isStored)
        case .garbled: #expect(text(reply) == #"{"results":["# && isStored)
        }
        #expect(service.reply(to: request(.get, "/v1/stats")).manner == .whole)
    }

    @Test("single events can be what it falls over, alone or in company, or refuses the first time")
    func singleEvents() throws {
        var service = try makeService {
            $0.troublesomeSuffix = "7"
            $0.poisonSuffix = "8"
            $0.refusedOnceSuffix = "9"
            $0.eventsMaximum = 2
        }
        func status(_ numbers: Int...) -> Int { service.reply(to: batch(numbers.map(receipt))).response.status }
        #expect(status(1, 7) == 500)
        #expect(status(7) == 200)
        #expect(status(8) == 500)
        #expect(status(1, 2, 3) == 413)
        #expect(text(service.reply(to: batch([receipt(9), receipt(1)]))).contains("refused the first time"))
        #expect(text(service.reply(to: batch([receipt(9)]))).contains("stored"))
        #expect(try folder.content(folder.receipts) == [7, 1, 9].map { receiptBody($0) + "\n" }.joined())
    }

    @Test("a signature is good for its request alone, and gzip is taken apart")
    func signedAndCompressed() throws {
        let secret = "a secret of the store"
        var service = try makeService { $0.signingSecret = secret }
        let genuine = try Gzip.compress(batch([receipt(1)]).body)
        func post(_ body: [UInt8], seconds: Int64, path: String = "/v1/events") -> Int {
            let signed = Array("\(seconds).POST./v1/events.".utf8) + genuine
            let head = HTTPRequestHead(
                method: .post, target: path,
                headers: [
                    "Host": "upstream", "Content-Encoding": "gzip", "Tillgate-Timestamp": "\(seconds)",
                    "Tillgate-Signature": "t=\(seconds),v1=00,v1=\(hexadecimal(hmacSHA256(key: secret.utf8, signed)))",
                ])
            return service.reply(to: HTTPRequest(head: head, body: body)).response.status
        }
        let now = Int64(Date().timeIntervalSince1970)
        #expect(service.reply(to: batch([receipt(1)])).response.status == 401)
        #expect(post(try Gzip.compress(batch([receipt(2)]).body), seconds: now) == 401)
        #expect(post(genuine, seconds: now, path: "/v1/events?x") == 401)
        #expect(post(genuine, seconds: now - 400) == 401)
        #expect(post(genuine, seconds: .min) == 401)
        #expect(post(genuine, seconds: .max) == 401)
        #expect(try folder.content(folder.receipts).isEmpty)
        #expect(post(genuine, seconds: now) == 200)
        #expect(try folder.content(folder.receipts) == receiptBody(1) + "\n")
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
        misbehaviour.rates[.fail] = 0.1
        misbehaviour.rates[.busy] = 0.2
        misbehaviour.rates[.timeout] = 0.05
        misbehaviour.rates[.cut] = 0.15
        misbehaviour.rates[.reset] = 0.3
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

    @Test("in turns every fault comes, and between two of them all is well for a while")
    func turns() {
        let row = faults(seed: 6) { $0.inTurns = true }
        #expect(Set(row) == Set(Fault.allCases))
        for (fault, next) in zip(row, row.dropFirst()) where fault != .none { #expect(next == fault || next == .none) }
        #expect(row == faults(seed: 6) { $0.inTurns = true })
    }

    @Test("without rates nothing goes wrong, and a rate of 1 leaves nothing else")
    func extremes() {
        #expect(Set(faults(seed: 4) { _ in }) == [.none])
        #expect(Set(faults(seed: 4) { $0.rates[.cut] = 1 }) == [.cut])
    }

    @Test("rates that make no sense are named")
    func problems() {
        var misbehaviour = Misbehaviour()
        #expect(misbehaviour.problem == nil)
        misbehaviour.rates[.fail] = 1.5
        #expect(misbehaviour.problem == "the fail rate is 1.5, it must be between 0 and 1")
        misbehaviour.rates[.fail] = .nan
        #expect(misbehaviour.problem != nil)
        misbehaviour.rates[.fail] = 0.6
        misbehaviour.rates[.reset] = 0.6
        #expect(misbehaviour.problem == "the rates add up to 1.2, they must not be more than 1 together")
        misbehaviour.rates[.reset] = 0.4
        #expect(misbehaviour.problem == nil)
        misbehaviour.delayMilliseconds = -1
        #expect(misbehaviour.problem != nil)
    }
}
