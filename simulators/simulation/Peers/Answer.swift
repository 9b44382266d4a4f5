import LineProtocol
import Retail

/// A line from the gateway, taken apart and kept.
struct ServerLineText {
    enum Kind {
        case ok, error(code: String), event(number: Int64, name: String)
    }

    var kind: Kind
    /// Empty for an event.
    var tag = ""
    /// One JSON object.
    var body: [UInt8]

    /// Nil when the line is none of the protocol.
    init?(_ line: [UInt8]) {
        func text(_ part: UnsafeRawBufferPointer) -> String { String(decoding: part, as: UTF8.self) }
        let made: ServerLineText? = line.withUnsafeBytes { bytes in
            guard let parts = try? ServerLine.parse(bytes) else { return nil }
            switch parts {
            case .ok(let tag, let body): return ServerLineText(.ok, text(tag), body)
            case .error(let tag, let code, let body): return ServerLineText(.error(code: text(code)), text(tag), body)
            case .event(let number, let name, let body):
                return ServerLineText(.event(number: Int64(number), name: text(name)), "", body)
            }
        }
        guard let made else { return nil }
        self = made
    }

    private init(_ kind: Kind, _ tag: String, _ body: UnsafeRawBufferPointer) {
        self.kind = kind
        self.tag = tag
        self.body = Array(body)
    }
}

/// What became of a request.
struct Answer {
    /// Nil: it was done.
    var code: String?
    var body: JSONText

    var isOK: Bool { code == nil }

    /// As the trace tells it.
    var text: String { (code.map { "ERR \($0) " } ?? "OK ") + body.text }
}

/// A JSON object that is read by the names on the way to a value.
struct JSONText: Equatable {
    var bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }

    func integer(_ path: String...) -> Int64? { value(path) { $0.int64() } }

    func text(_ path: String...) -> String? { value(path) { $0.string() } }

    func instant(_ name: String) -> Instant? { text(name).flatMap { Instant(rfc3339: $0) } }

    /// The texts of an array.
    func texts(_ path: String...) -> [String] { value(path) { $0.elements.compactMap { $0.string() } } ?? [] }

    /// A value as it stands there.
    func raw(_ path: String...) -> String? { value(path) { String(decoding: $0.rawBytes, as: UTF8.self) } }

    /// The objects of an array.
    func objects(_ path: String...) -> [JSONText] {
        value(path) { $0.elements.map { JSONText(bytes: Array($0.rawBytes)) } } ?? []
    }

    private func value<Found>(_ path: [String], _ read: (JSONValue) -> Found?) -> Found? {
        bytes.withUnsafeBytes { raw in
            let found: Found?? = try? withJSON(raw) { root in
                var value = root
                for name in path {
                    guard
                        let next = name.utf8.withContiguousStorageIfAvailable({ utf8 in
                            value.member(utf8: UnsafeRawBufferPointer(utf8))
                        }) ?? nil
                    else { return nil }
                    value = next
                }
                return read(value)
            }
            return found ?? nil
        }
    }
}
