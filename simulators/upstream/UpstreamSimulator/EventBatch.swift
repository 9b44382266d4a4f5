import LineProtocol

/// One event of a batch as it came in.
public struct IncomingEvent: Hashable, Sendable {
    /// The idempotency key.
    public let id: String
    /// What the body is; `receipt` is kept apart from all others.
    public let type: String
    /// The object, byte for byte.
    public let body: [UInt8]

    /// An event of these parts.
    public init(id: String, type: String, body: [UInt8]) {
        self.id = id
        self.type = type
        self.body = body
    }
}

/// Why a request body is not a batch; the whole request is refused with 400.
public enum BatchProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Not JSON, or beyond a bound of the reader.
    case notJSON(reason: String, offsetBytes: Int)
    /// A member that is missing or of another kind than it should be.
    case badField(path: String, expected: String)

    /// One sentence for the sender.
    public var description: String {
        switch self {
        case .notJSON(let reason, let offset): "not JSON at byte \(offset): \(reason)"
        case .badField(let path, let expected): "\(path) must be \(expected)"
        }
    }
}

/// Reads the body of `POST /v1/events`.
struct EventBatchReader {
    /// The longest request body.
    static let bodyBytesMaximum = 16_777_216

    private let reader = JSONReader(
        limits: JSONLimits(depth: 64, membersPerObject: 4_096, textBytes: bodyBytesMaximum))

    /// The events in their order.
    func read(_ body: [UInt8]) throws(BatchProblem) -> [IncomingEvent] {
        do {
            return try body.withUnsafeBytes { bytes in try events(of: try reader.read(bytes)) }
        } catch let error as JSONSyntaxError {
            throw .notJSON(reason: error.reason.rawValue, offsetBytes: error.offset)
        } catch let problem as BatchProblem {
            throw problem
        } catch {
            throw .notJSON(reason: "\(error)", offsetBytes: 0)
        }
    }

    private func events(of batch: JSONValue) throws(BatchProblem) -> [IncomingEvent] {
        guard let list = batch["events"], list.kind == .array, list.count > 0 else {
            throw .badField(path: "events", expected: "an array of at least one event")
        }
        var events: [IncomingEvent] = []
        for item in list.elements {
            let path = "events[\(events.count)]"
            guard let sequence = item["sequence"]?.int64(), sequence > 0 else {
                throw .badField(path: path + ".sequence", expected: "a positive whole number")
            }
            guard let id = item["id"]?.string(), !id.isEmpty else {
                throw .badField(path: path + ".id", expected: "a text")
            }
            guard let type = item["type"]?.string(), !type.isEmpty else {
                throw .badField(path: path + ".type", expected: "a text")
            }
            guard let body = item["body"], body.kind == .object else {
                throw .badField(path: path + ".body", expected: "an object")
            }
            events.append(IncomingEvent(id: id, type: type, body: Array(body.rawBytes)))
        }
        return events
    }
}
