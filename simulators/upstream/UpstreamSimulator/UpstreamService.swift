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
        let response: HTTPResponse
        let manner: Reply.Manner
        switch fault {
        case .fail: (response, manner) = (problem(500, "simulated failure"), .whole)
        case .busy:
            let pause: HTTPHeaders = ["Retry-After": "\(misbehaviour.busyPauseSeconds)"]
            (response, manner) = (problem(429, "simulated rush", headers: pause), .whole)
        case .reset: (response, manner) = (problem(500, "simulated reset"), .reset)
        case .timeout: (response, manner) = (store(request), .never)
        case .cut: (response, manner) = (store(request), .cut)
        case .none: (response, manner) = (store(request), .whole)
        }
        return Reply(response: response, manner: manner, delayMilliseconds: misbehaviour.delayMilliseconds)
    }

    private func store(_ request: HTTPRequest) -> HTTPResponse {
        do throws(BatchProblem) {
            let events = try batchReader.read(request.body)
            return store(events)
        } catch {
            return problem(400, error.description)
        }
    }

    private func store(_ events: [IncomingEvent]) -> HTTPResponse {
        let results: [EventResult]
        do throws(StoreError) {
            results = try store.take(events, refusedSuffix: misbehaviour.refusedSuffix)
        } catch {
            return problem(500, error.description)
        }
        writer.removeAll()
        writer.beginObject()
        writer.name("results")
        writer.beginArray()
        for (event, result) in zip(events, results) { write(event.id, result) }
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
