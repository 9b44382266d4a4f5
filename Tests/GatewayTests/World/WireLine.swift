import LineProtocol

/// A line from the gateway, taken apart and kept.
enum WireLine: Hashable, Sendable {
    case ok(tag: String, JSONTree)
    case error(tag: String, code: String, JSONTree)
    case event(number: UInt64, name: String, JSONTree)
    /// No line came, or one that is none.
    case none

    init(_ bytes: [UInt8]) {
        func text(_ part: UnsafeRawBufferPointer) -> String { String(decoding: part, as: UTF8.self) }
        let parsed: WireLine? = bytes.withUnsafeBytes { line in
            guard let parts = try? ServerLine.parse(line) else { return nil }
            switch parts {
            case .ok(let tag, let body):
                return (try? JSONTree(body)).map { .ok(tag: text(tag), $0) }
            case .error(let tag, let code, let body):
                return (try? JSONTree(body)).map { .error(tag: text(tag), code: text(code), $0) }
            case .event(let number, let name, let body):
                return (try? JSONTree(body)).map { .event(number: number, name: text(name), $0) }
            }
        }
        self = parsed ?? .none
    }

    var tag: String? {
        switch self {
        case .ok(let tag, _), .error(let tag, _, _): tag
        case .event, .none: nil
        }
    }

    /// The body of an OK; nil for anything else.
    var ok: JSONTree? { if case .ok(_, let body) = self { body } else { nil } }

    /// The code of an ERR.
    var code: String? { if case .error(_, let code, _) = self { code } else { nil } }

    /// The body of an ERR.
    var error: JSONTree? { if case .error(_, _, let body) = self { body } else { nil } }

    /// The name of an event.
    var event: String? { if case .event(_, let name, _) = self { name } else { nil } }

    var number: UInt64? { if case .event(let number, _, _) = self { number } else { nil } }

    /// Whatever JSON the line carries.
    var body: JSONTree {
        switch self {
        case .ok(_, let body), .error(_, _, let body), .event(_, _, let body): body
        case .none: .null
        }
    }

    /// Whether the line is what a transcript expects.
    func matches(_ expected: WireLine) -> Bool {
        switch (self, expected) {
        case (.ok(let tag, _), .ok(let expectedTag, _)): tag == expectedTag && body.matches(expected.body)
        case (.error(let tag, let code, _), .error(let expectedTag, let expectedCode, _)):
            tag == expectedTag && code == expectedCode && body.matches(expected.body)
        case (.event(let number, let name, _), .event(let expectedNumber, let expectedName, _)):
            number == expectedNumber && name == expectedName && body.matches(expected.body)
        default: false
        }
    }
}
