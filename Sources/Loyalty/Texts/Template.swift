/// What a sentence has to be completed with; written `{points}`.
enum Placeholder: String, CaseIterable, Hashable, Sendable {
    /// A number of points with the word for them.
    case points
    /// The points that were asked for, with the word.
    case asked
    /// The points that can be spent, only the number.
    case spendable
    /// An amount with its currency; in the pattern of amounts only its digits.
    case amount
    /// The name of a tier.
    case tier
    /// A product.
    case sku
    /// A day as the language writes it; in the pattern of days only the day of the month.
    case day
    /// The number of the month.
    case month
    /// The year.
    case year
    /// A currency.
    case currency
}

/// A sentence with places that are filled when it is said; taken apart once, when it is loaded.
struct Template: Hashable, Sendable {
    private enum Piece: Hashable, Sendable {
        case text(String)
        case place(Placeholder)
    }

    private let pieces: [Piece]

    /// - Parameter text: checked by `problem`; a name that is not known stays as it is written.
    init(_ text: String) {
        pieces = Template.parts(text).map { part in
            switch part {
            case .text(let text): .text(text)
            case .braces(let name): Placeholder(rawValue: name).map { .place($0) } ?? .text("{\(name)}")
            case .unclosed(let text): .text(text)
            }
        }
    }

    func filled(_ value: (Placeholder) -> String) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let part): text += part
            case .place(let placeholder): text += value(placeholder)
            }
        }
        return text
    }

    func filled(_ first: (Placeholder, String), _ second: (Placeholder, String)? = nil) -> String {
        filled { $0 == first.0 ? first.1 : second?.1 ?? "" }
    }

    /// What is wrong with a text that must have exactly these placeholders; `nil` when nothing is.
    static func problem(_ text: String, needs wanted: [Placeholder]) -> ProgrammeError.Reason? {
        let characters = 1...ProgrammeLimits.messageCharactersMaximum
        guard characters.contains(text.count) else {
            return .badCount(minimum: characters.lowerBound, maximum: characters.upperBound)
        }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            return .controlCharacter
        }
        var missing = Set(wanted)
        for part in parts(text) {
            switch part {
            case .text: break
            case .unclosed: return .contradicts("has a { without its }")
            case .braces(let name):
                guard let placeholder = Placeholder(rawValue: name), wanted.contains(placeholder) else {
                    return .unknownPlaceholder(name, known: wanted.map(\.rawValue))
                }
                missing.remove(placeholder)
            }
        }
        return wanted.first(where: missing.contains).map { .placeholderMissing($0.rawValue) }
    }

    private enum Part {
        case text(String)
        case braces(String)
        case unclosed(String)
    }

    private static func parts(_ text: String) -> [Part] {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}") else {
                return parts + [.unclosed(String(rest[open...]))]
            }
            parts.append(.braces(String(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        return parts
    }
}
