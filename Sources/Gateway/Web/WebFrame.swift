import Certificates
import HTTPMessage
import Journal
import LineProtocol
import Locking
import Retail

/// The answer to a request that was carried out, or refused for good.
struct WebAnswer: Sendable, Equatable {
    var status: Int
    var entityTag: String?
    var location: String?
    var body: [UInt8]
    /// Whether it was given before, under the same idempotency key.
    var isRepeated = false

    var response: HTTPResponse {
        var headers: HTTPHeaders = [
            "Content-Type": status < 400 ? "application/json" : "application/problem+json", "Cache-Control": "no-store",
        ]
        if let entityTag { headers.append(name: "ETag", value: entityTag) }
        if let location { headers.append(name: "Location", value: location) }
        if isRepeated { headers.append(name: "Idempotent-Replayed", value: "true") }
        return HTTPResponse(status: status, headers: headers, body: body)
    }
}

/// The place of an idempotency key: every site has its own.
struct KeyPlace: Hashable, Sendable {
    var site: DeviceKey
    var key: String

    /// Reads the value of `Idempotency-Key`: a quoted string, as the draft of the IETF has it, or the bare text that
    /// most clients send; both mean the same key.
    static func key(_ field: String) throws(WebProblem) -> String {
        let text = EntityTag(field)?.text ?? field
        let isPlain = text.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        guard !text.isEmpty, isPlain else {
            throw WebProblem(.http(400), "Idempotency-Key must be printable ASCII without blanks, quotes and \\")
        }
        guard text.utf8.count <= ProtocolLimits.idempotencyKeyCharacters else {
            var problem = WebProblem(
                .http(400), "Idempotency-Key is longer than \(ProtocolLimits.idempotencyKeyCharacters) characters")
            problem.body.limit = ProtocolLimits.idempotencyKeyCharacters
            throw problem
        }
        return text
    }
}

/// What belongs into the same transaction as a website's change: whether its order was there before, and the answer
/// under its idempotency key.
final class WebFrame: OrderFrame {
    /// The key was used for another request.
    struct KeyReused: Error {}

    private struct State {
        var existed = false
        var answer: WebAnswer?
        var isReused = false
    }

    private let operation: WebOperation
    private let order: OrderKey
    private let place: KeyPlace?
    private let fingerprint: [UInt8]
    private let now: Instant
    private let state = Mutex(State())

    /// - Parameter place: nil when the request has no idempotency key.
    init(operation: WebOperation, order: OrderKey, place: KeyPlace?, request: HTTPRequest, now: Instant) {
        self.operation = operation
        self.order = order
        self.place = place
        self.now = now
        fingerprint = Self.fingerprint(of: request)
    }

    /// The answer, once the request was carried out.
    var answer: WebAnswer? { state.withLock { $0.answer } }

    /// Whether the key was used for another request.
    var isReused: Bool { state.withLock { $0.isReused } }

    func begin(_ transaction: JournalTransaction) throws -> [UInt8]? {
        if let place,
            let kept = try transaction.keptAnswer(store: place.site.store, site: place.site.name, key: place.key)
        {
            guard constantTimeEqual(kept.request, fingerprint) else {
                state.withLock { $0.isReused = true }
                throw KeyReused()
            }
            state.withLock {
                $0.answer = WebAnswer(
                    status: kept.status, entityTag: kept.entityTag, location: kept.location, body: kept.body,
                    isRepeated: true)
            }
            return kept.body
        }
        if operation == .pushOrder {
            let existed = try transaction.order(order) != nil
            state.withLock { $0.existed = existed }
        }
        return nil
    }

    func end(_ answer: [UInt8], _ transaction: JournalTransaction) throws {
        let isNew = operation == .pushOrder && !state.withLock { $0.existed }
        let number = try answer.withUnsafeBytes { bytes in
            try withJSON(bytes) { try FieldReader($0).integer("number", in: 1...Int64.max) }
        }
        let made = WebAnswer(
            status: isNew ? 201 : 200, entityTag: EntityTag(number).field,
            location: isNew ? "/v1/orders/\(HTTPTarget.encoded(order.order))" : nil, body: answer)
        try keep(made, transaction)
        state.withLock { $0.answer = made }
    }

    /// Keeps an answer under the request's key, if it has one.
    func keep(_ answer: WebAnswer, _ transaction: JournalTransaction) throws {
        guard let place else { return }
        try transaction.keep(
            KeptAnswer(
                request: fingerprint, status: answer.status, entityTag: answer.entityTag, location: answer.location,
                body: answer.body),
            store: place.site.store, site: place.site.name, key: place.key, at: now,
            oldest: now.adding(milliseconds: -Int64(ProtocolLimits.idempotencyAnswerDays) * 86_400_000))
    }

    /// Two requests are the same when method, target, the state they are based on and the body are, byte for byte.
    private static func fingerprint(of request: HTTPRequest) -> [UInt8] {
        let head = "\(request.method.rawValue) \(request.target)\n\(request.headers["If-Match"] ?? "")\n"
        return sha256(Array(head.utf8) + request.body)
    }
}
