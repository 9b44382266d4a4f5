import LineProtocol
import Retail

/// A JSON value on its own, for comparing and looking into answers. Numbers are their digits.
enum JSONTree: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])

    init(_ text: some Sequence<UInt8>) throws {
        self = try Array(text).withUnsafeBytes { bytes in try withJSON(bytes) { JSONTree($0) } }
    }

    init(_ value: JSONValue) {
        switch value.kind {
        case .null: self = .null
        case .bool: self = .bool(value.bool() ?? false)
        case .number: self = .number(String(decoding: value.rawBytes, as: UTF8.self))
        case .string: self = .string(value.string() ?? "")
        case .array: self = .array(value.elements.map { JSONTree($0) })
        case .object:
            var members: [String: JSONTree] = [:]
            for member in value.members { members[member.name.string() ?? ""] = JSONTree(member.value) }
            self = .object(members)
        }
    }

    subscript(name: String) -> JSONTree? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    subscript(index: Int) -> JSONTree? {
        if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int64? { if case .number(let digits) = self { Int64(digits) } else { nil } }
    var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    var elements: [JSONTree]? { if case .array(let elements) = self { elements } else { nil } }
    var names: Set<String> { if case .object(let members) = self { Set(members.keys) } else { [] } }

    /// Whether a value is what a transcript expects; strings such as `<instant>` stand for any value of their kind.
    func matches(_ expected: JSONTree) -> Bool {
        switch (expected, self) {
        case (.string("<any>"), _): true
        case (.string("<text>"), .string): true
        case (.string("<instant>"), .string(let text)): Instant(rfc3339: text) != nil
        case (.string("<integer>"), .number(let digits)): Int64(digits) != nil
        case (.array(let expected), .array(let elements)):
            expected.count == elements.count && zip(elements, expected).allSatisfy { $0.matches($1) }
        case (.object(let expected), .object(let members)):
            expected.count == members.count
                && members.allSatisfy { name, value in expected[name].map { value.matches($0) } ?? false }
        default: self == expected
        }
    }
}
