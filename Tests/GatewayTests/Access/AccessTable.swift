import Foundation
import Retail

/// The table of who may do what, as `protocol-spec/access.json` tells it to strangers.
struct AccessTable: Decodable {
    struct Entry: Decodable {
        var verb: String
        /// The scope by role; a role that is not there may not use the verb.
        var roles: [String: String]
        /// What naming somebody else's thing is answered, by role.
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var of_others: [String: String]?
    }

    struct Operation: Decodable {
        var operation: String
        var method: String
        var path: String
        /// A scope, or the code that is answered.
        var website: String
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var other_tokens: String
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var no_token: String
    }

    struct Scope: Decodable {
        var scope: String
    }

    var scopes: [Scope]
    var verbs: [Entry]
    var https: [Operation]

    static func load() throws -> AccessTable {
        let url = Transcript.specification.appending(path: "access.json")
        return try JSONDecoder().decode(AccessTable.self, from: Data(contentsOf: url))
    }

    /// Whether a column of the HTTPS table is a scope, and not a code.
    func isScope(_ text: String) -> Bool { scopes.contains { $0.scope == text } }

    /// What a role is answered when it names somebody else's thing; nil: nothing can be named, or it may.
    func answer(_ verb: String, _ role: DeviceRole) -> String? {
        verbs.first { $0.verb == verb }?.of_others?[role.rawValue]
    }
}
