import Foundation

/// The protocol specification's lists, as data.
enum Specification {
    struct Verb: Decodable {
        var verb: String
        var roles: [String]
        var built: Bool
        var errors: [String]
    }

    struct ErrorCode: Decodable {
        var code: String
        var closes: Bool
        var fields: [String]
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var optional_fields: [String]?
    }

    struct Transition: Decodable {
        var from: String
        var action: String
        var verb: String?
        var roles: [String]
        var to: String
        var condition: String?
    }

    static let verbs: [Verb] = list("verbs.json")
    static let errors: [ErrorCode] = list("errors.json")
    static let transitions: [Transition] = list("orders.states.json")

    /// The list in a file, which is the only member of that name.
    private static func list<Element: Decodable>(_ file: String) -> [Element] {
        let url = Transcript.specification.appending(path: file)
        guard let data = try? Data(contentsOf: url),
            let document = try? JSONDecoder().decode([String: Lenient<Element>].self, from: data)
        else { return [] }
        return document.values.compactMap(\.elements).first ?? []
    }

    /// A member that may be something else than the list.
    private struct Lenient<Element: Decodable>: Decodable {
        var elements: [Element]?

        init(from decoder: any Decoder) throws {
            elements = try? [Element](from: decoder)
        }
    }

    /// What an error line has that its code does not allow: members, or the connection left open or closed.
    static func breach(of line: WireLine, isClosed: Bool) -> String? {
        guard case .error(_, let code, let body) = line else { return nil }
        guard let known = errors.first(where: { $0.code == code }) else { return "\(code) is not in errors.json" }
        let more = body.names.subtracting(known.fields + (known.optional_fields ?? []))
        if !more.isEmpty { return "\(code) has \(more.sorted())" }
        let missing = Set(known.fields).subtracting(body.names)
        if !missing.isEmpty { return "\(code) lacks \(missing.sorted())" }
        return known.closes && !isClosed ? "\(code) leaves the connection open" : nil
    }
}
