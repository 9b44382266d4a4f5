import Gzip
import HTTPMessage
import LineProtocol
import SimulatedHTTP

/// Answers requests: stores batches, counts, and misbehaves as told. Knows nothing of sockets.
public struct UpstreamService: SimulatedService {
    /// The longest batch that is taken.
    public var bodyBytesMaximum: Int { EventBatchReader.bodyBytesMaximum }

    private let store: EventStore
    let misbehaviour: Misbehaviour
    /// What is sent down; nil: nothing.
    let book: ChangeBook?
    private let batchReader = EventBatchReader()
    private let writer = ByteWriter()
    var dice: FaultDice
    private var refusedOnce: Set<String> = []
    /// What was done to the last batch.
    public private(set) var lastFault = Fault.none
    /// Told when the next connections are to see an expired certificate.
    public var onExpired: (@Sendable () -> Void)?

    /// A service over a store; the same seed and the same batches give the same faults.
    ///
    /// - Parameter book: what is sent down; nil: nothing.
    public init(
        store: EventStore, misbehaviour: Misbehaviour = Misbehaviour(), seed: UInt64 = 1, book: ChangeBook? = nil
    ) {
        self.store = store
        self.book = book
        self.misbehaviour = misbehaviour
        dice = FaultDice(misbehaviour, seed: seed)
    }

    /// What is to be done about the request. What is stored is on the disk when this returns.
    public mutating func reply(to request: HTTPRequest) -> Reply {
        switch (request.path, request.method) {
        case ("/v1/events", .post): takeBatch(request)
        case ("/v1/stats", .get): plain(statistics())
        case ("/v1/changes", .get), ("/v1/snapshot", .get), ("/v1/customers", .get): sendDown(request)
        case ("/v1/events", _): plain(problem(405, "only POST", headers: ["Allow": "POST"]))
        case ("/v1/stats", _): plain(problem(405, "only GET", headers: ["Allow": "GET"]))
        default: plain(problem(404, "there are /v1/events and /v1/stats"))
        }
    }

    func plain(_ response: HTTPResponse) -> Reply {
        Reply(response: response, manner: .whole, delayMilliseconds: 0)
    }

    private mutating func takeBatch(_ request: HTTPRequest) -> Reply {
        let fault = dice.next()
        lastFault = fault
        let events: [IncomingEvent]
        switch read(request) {
        case .failure(let refused): return reply(refused.response)
        case .success(let batch): events = batch
        }
        if let refused = refusal(of: events) { return reply(refused) }
        let pause: HTTPHeaders = ["Retry-After": "\(misbehaviour.busyPauseSeconds)"]
        switch fault {
        case .fail: return reply(problem(500, "simulated failure"))
        case .busy: return reply(problem(429, "simulated rush", headers: pause))
        case .unavailable: return reply(problem(503, "simulated works", headers: pause))
        case .reset: return reply(problem(500, "simulated reset"), .reset)
        case .expired:
            onExpired?()
            return reply(problem(500, "simulated reset"), .reset)
        case .redirect:
            return reply(problem(307, "simulated move", headers: ["Location": "https://127.0.0.1:9/v1/events"]))
        case .tooLarge where events.count > 1: return reply(problem(413, "simulated limit"))
        case .bad where events.count > 1: return reply(problem(400, "simulated refusal of a batch"))
        case .timeout: return reply(store(events), .never)
        case .cut: return reply(store(events), .cut)
        case .slow: return reply(store(events), .byteByByte(pauseMilliseconds: misbehaviour.slowMilliseconds))
        case .crawl: return reply(store(events), .byteByByte(pauseMilliseconds: misbehaviour.crawlMilliseconds))
        case .otherEvents: return reply(store(events, answeringAbout: events.map { $0.id + "/other" }))
        case .garbled:
            _ = store(events)
            return reply(HTTPResponse(status: 200, headers: [:], body: Array(#"{"results":["#.utf8)))
        case .tooLarge, .bad, .none: return reply(store(events))
        }
    }

    private func reply(_ response: HTTPResponse, _ manner: Reply.Manner = .whole) -> Reply {
        Reply(response: response, manner: manner, delayMilliseconds: misbehaviour.delayMilliseconds)
    }

    /// A request that is not understood.
    private struct Refused: Error {
        let response: HTTPResponse
    }

    private func read(_ request: HTTPRequest) -> Result<[IncomingEvent], Refused> {
        if let secret = misbehaviour.signingSecret, !RequestSeal(secret: secret).isGood(request) {
            return .failure(Refused(response: problem(401, "the signature is missing or wrong")))
        }
        do {
            var body = request.body
            if let encoding = request.headers["Content-Encoding"] {
                guard encoding == "gzip", !misbehaviour.takesOnlyPlain else {
                    return .failure(Refused(response: problem(415, "\(encoding) is not taken")))
                }
                body = try Gzip.decompress(body, limitBytes: EventBatchReader.bodyBytesMaximum)
            }
            return .success(try batchReader.read(body))
        } catch {
            return .failure(Refused(response: problem(400, "\(error)")))
        }
    }

    /// What the batch's own events make the simulator answer.
    private mutating func refusal(of events: [IncomingEvent]) -> HTTPResponse? {
        func has(_ suffix: String?) -> Bool {
            suffix.map { suffix in events.contains { $0.id.hasSuffix(suffix) } } ?? false
        }
        if events.count > misbehaviour.eventsMaximum {
            return problem(413, "at most \(misbehaviour.eventsMaximum) events")
        }
        if has(misbehaviour.poisonSuffix) { return problem(500, "fell over an event") }
        if events.count > 1, has(misbehaviour.troublesomeSuffix) { return problem(500, "fell over one of the events") }
        return nil
    }

    private mutating func store(_ events: [IncomingEvent], answeringAbout ids: [String]? = nil) -> HTTPResponse {
        var results: [EventResult]
        let once = misbehaviour.refusedOnceSuffix
        let first = events.map { event in
            once.map { event.id.hasSuffix($0) && refusedOnce.insert(event.id).inserted } ?? false
        }
        do throws(StoreError) {
            let taken = zip(events, first).filter { !$0.1 }.map(\.0)
            var kept = try store.take(taken, refusedSuffix: misbehaviour.refusedSuffix)[...]
            results = first.map { isFirst in
                isFirst ? .refused(reason: "refused the first time") : kept.popFirst() ?? .stored
            }
        } catch {
            return problem(500, error.description)
        }
        writer.removeAll()
        writer.beginObject()
        writer.name("results")
        writer.beginArray()
        for (id, result) in zip(ids ?? events.map(\.id), results) { write(id, result) }
        writer.endArray()
        writer.endObject()
        return json(200)
    }

    private func write(_ id: String, _ result: EventResult) {
        writer.beginObject()
        writer.name("id")
        writer.value(id)
        writer.name("status")
        switch result {
        case .stored: writer.value("stored" as StaticString)
        case .duplicate: writer.value("duplicate" as StaticString)
        case .refused(let reason):
            writer.value("refused" as StaticString)
            writer.name("reason")
            writer.value(reason)
        }
        writer.endObject()
    }

    private func statistics() -> HTTPResponse {
        writer.removeAll()
        writer.beginObject()
        writer.name("receipts")
        writer.value(store.statistics.receipts)
        writer.name("events")
        writer.value(store.statistics.events)
        writer.name("duplicates")
        writer.value(store.statistics.duplicates)
        writer.name("batches")
        writer.value(store.statistics.batches)
        writer.endObject()
        return json(200)
    }

    func problem(_ status: Int, _ message: String, headers: HTTPHeaders = [:]) -> HTTPResponse {
        writer.removeAll()
        writer.beginObject()
        writer.name("message")
        writer.value(message)
        writer.endObject()
        return json(status, headers: headers)
    }

    /// A response with what was written.
    private func json(_ status: Int, headers: HTTPHeaders = [:]) -> HTTPResponse {
        var headers = headers
        headers.append(name: "Content-Type", value: "application/json")
        return HTTPResponse(status: status, headers: headers, body: Array(writer.bytes))
    }
}
