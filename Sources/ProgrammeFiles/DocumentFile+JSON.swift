import Loyalty
import Yams

extension DocumentFile {
    /// A document as JSON in one line, its members in the document's order.
    ///
    /// A plain scalar becomes a number, true, false or null where JSON writes it the same way, and a text otherwise: dates
    /// and hours, which YAML has types of its own for, stay the texts that programmes want.
    package static func json(_ text: String) throws(ProgrammeError) -> String {
        let root: Node?
        do {
            root = try compose(yaml: text)
        } catch {
            throw ProgrammeError(path: "", reason: .unreadable("\(error)"))
        }
        var json = ""
        try write(root ?? Node("", Tag(.null)), to: &json)
        return json
    }

    private static func write(_ node: Node, to json: inout String) throws(ProgrammeError) {
        switch node {
        case .scalar(let scalar):
            write(scalar, to: &json)
        case .sequence(let sequence):
            json += "["
            for (index, element) in sequence.enumerated() {
                if index > 0 { json += "," }
                try write(element, to: &json)
            }
            json += "]"
        case .mapping(let mapping):
            json += "{"
            for (index, member) in try members(mapping).enumerated() {
                if index > 0 { json += "," }
                writeText(member.name, to: &json)
                json += ":"
                try write(member.value, to: &json)
            }
            json += "}"
        case .alias:
            throw ProgrammeError(path: "", reason: .unreadable("it has an alias of nothing"))
        }
    }

    /// The members of a mapping, those that `<<` brings in behind its own.
    private static func members(_ mapping: Node.Mapping) throws(ProgrammeError) -> [(name: String, value: Node)] {
        var members: [(name: String, value: Node)] = []
        var brought: [Node.Mapping] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                throw ProgrammeError(path: "", reason: .unreadable("a member's name is no text"))
            }
            if name == "<<", key.scalar?.style == .plain {
                brought += value.mapping.map { [$0] } ?? value.sequence?.compactMap(\.mapping) ?? []
            } else {
                members.append((name, value))
            }
        }
        for mapping in brought {
            for member in try self.members(mapping) where !members.contains(where: { $0.name == member.name }) {
                members.append(member)
            }
        }
        return members
    }

    private static func write(_ scalar: Node.Scalar, to json: inout String) {
        let text = scalar.string
        guard scalar.style == .plain else { return writeText(text, to: &json) }
        switch text {
        case "", "~", "null", "Null", "NULL": json += "null"
        case "true", "True", "TRUE": json += "true"
        case "false", "False", "FALSE": json += "false"
        default:
            if let number = number(text) { json += number } else { writeText(text, to: &json) }
        }
    }

    /// A number as JSON writes it, or nil for a text; YAML's underscores between digits are left out.
    private static func number(_ text: String) -> String? {
        let number = text.replacing("_", with: "")
        return number.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?/) == nil || text.hasPrefix("_") ? nil : number
    }

    private static func writeText(_ text: String, to json: inout String) {
        json += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": json += "\\\(scalar)"
            case "\n": json += "\\n"
            case "\r": json += "\\r"
            case "\t": json += "\\t"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        json += "\""
    }
}
