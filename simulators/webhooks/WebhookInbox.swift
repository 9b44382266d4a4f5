import HTTPMessage
import LineProtocol
import Locking
import Retail
import SimulatedHTTP

/// How a website misbehaves, by count: the same every time.
public struct WebhookMisbehaviour: Hashable, Sendable {
    /// Every so many-th message is answered 500 and forgotten; 0 for never, here and below.
    public var failEvery = 0
    /// Every so many-th is answered 429 with Retry-After and forgotten.
    public var busyEvery = 0
    /// Every so many-th is taken in and never answered.
    public var silentEvery = 0
    /// Every so many-th is taken in, and the connection ends in the middle of the answer.
    public var cutEvery = 0
    /// What Retry-After says.
    public var busySeconds = 1
    /// Every answer is held back so long.
    public var delayMilliseconds = 0

    /// A website that behaves.
    public init() {}
}

/// The website's end of webhooks: believes what is signed, writes down what it is told, and counts what came twice, too
/// late or not at all. Knows nothing of sockets.
public final class WebhookInbox: SimulatedService, Sendable {
    private struct Book {
        var ledger = WebhookLedger()
        var believed = 0
        var disbelieved = 0
        var failed = 0
    }

    /// A message is one change: a small object.
    public let bodyBytesMaximum = 65_536

    private let seal: WebhookSeal
    private let misbehaviour: WebhookMisbehaviour
    private let now: @Sendable () -> Instant
    private let note: @Sendable (UnsafeRawBufferPointer) -> Void
    private let book = Mutex(Book())

    /// An inbox that has heard of nothing.
    ///
    /// - Parameters:
    ///   - now: the website's clock.
    ///   - note: takes one line of JSON for each message, with its line feed.
    public init(
        seal: WebhookSeal, misbehaviour: WebhookMisbehaviour = WebhookMisbehaviour(),
        now: @escaping @Sendable () -> Instant, note: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
    ) {
        self.seal = seal
        self.misbehaviour = misbehaviour
        self.now = now
        self.note = note
    }

    /// Takes a message at any path; `GET /stats` tells what came.
    public func reply(to request: HTTPRequest) -> Reply {
        switch request.method {
        case .post: take(request)
        case .get where request.path == "/stats": Reply(response: json(200, statistics()))
        default: Reply(response: HTTPResponse(status: 405, headers: ["Allow": "POST"]))
        }
    }

    private func take(_ request: HTTPRequest) -> Reply {
        let id: String
        let change: OrderChange
        do {
            id = try seal.id(of: request, nowSeconds: now().millisecondsSinceEpoch / 1_000)
            change = try request.body.withUnsafeBytes { text in
                try withJSON(text) { try OrderChange(FieldReader($0)) }
            }
        } catch {
            book.withLock { $0.disbelieved += 1 }
            let word = (error as? WebhookSeal.Flaw)?.rawValue ?? "bad_body"
            write(word, id: request.headers["Tillgate-Id"], body: nil)
            return answer(word == "bad_body" ? 400 : 401)
        }
        let number = book.withLock { book in
            book.believed += 1
            return book.believed
        }
        func isTurn(of every: Int) -> Bool { every > 0 && number % every == 0 }
        if isTurn(of: misbehaviour.failEvery) { return forget(id, 500) }
        if isTurn(of: misbehaviour.busyEvery) {
            return forget(id, 429, headers: ["Retry-After": "\(misbehaviour.busySeconds)"])
        }
        let novelty = book.withLock { $0.ledger.take(id: id, change) }
        write(novelty.rawValue, id: id, body: request.body)
        let manner: Reply.Manner =
            isTurn(of: misbehaviour.silentEvery) ? .never : isTurn(of: misbehaviour.cutEvery) ? .cut : .whole
        return answer(204, manner: manner)
    }

    private func forget(_ id: String, _ status: Int, headers: HTTPHeaders = [:]) -> Reply {
        book.withLock { $0.failed += 1 }
        write("failed_on_purpose", id: id, body: nil)
        return answer(status, headers: headers)
    }

    private func answer(_ status: Int, headers: HTTPHeaders = [:], manner: Reply.Manner = .whole) -> Reply {
        Reply(
            response: HTTPResponse(status: status, headers: headers), manner: manner,
            delayMilliseconds: misbehaviour.delayMilliseconds)
    }

    private func write(_ event: String, id: String?, body: [UInt8]?) {
        let writer = ByteWriter()
        writer.beginObject()
        writer.field("event", event)
        writer.field("at", now())
        writer.nullableField("id", id)
        body?.withUnsafeBytes { writer.field("body", raw: $0) }
        writer.endObject()
        writer.append(byte: UInt8(ascii: "\n"))
        note(writer.bytes)
    }

    /// What came, as one JSON object.
    public func statistics() -> [UInt8] {
        let book = book.withLock { $0 }
        let ledger = book.ledger
        let writer = ByteWriter()
        writer.beginObject()
        writer.field("orders", ledger.orders.count)
        writer.field("new", ledger.count(.new))
        writer.field("duplicates", ledger.count(.duplicate))
        writer.field("gaps", ledger.count(.gap))
        writer.field("late", ledger.count(.late))
        writer.field("failed_on_purpose", book.failed)
        writer.field("not_believed", book.disbelieved)
        writer.endObject()
        return Array(writer.bytes)
    }

    private func json(_ status: Int, _ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": "application/json"], body: body)
    }
}
