/// Why a programme is refused: where, and what is wrong there.
public struct ProgrammeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What can be wrong with a value of a programme.
    public enum Reason: Hashable, Sendable {
        /// The field must be given.
        case missing
        /// The value is of another type.
        case wrongType(expected: String)
        /// No such field.
        case unknownField
        /// Not an identifier: 1 to 64 printable ASCII characters without space and `/`.
        case notAnIdentifier
        /// Not three capital letters.
        case notACurrency
        /// The number is outside of what is allowed.
        case outOfRange(minimum: Int64, maximum: Int64)
        /// Fewer or more elements or characters than allowed.
        case badCount(minimum: Int, maximum: Int)
        /// The first tier does not begin at zero.
        case firstTierNotAtZero
        /// The threshold is not above the one before.
        case notAscending
        /// The name was used before.
        case duplicate
        /// The text is none of those that can stand there.
        case notOneOf([String])
        /// Not an RFC 3339 instant, a plain date or a time of day, whichever the field wants.
        case notATime
        /// Not a decimal number above zero with at most three digits after the point.
        case notAQuantity
        /// The end is not after the beginning.
        case endsBeforeItBegins
        /// A category path without a name in it.
        case emptyCategory(index: Int)
        /// An exclusion that leaves nothing.
        case excludesEverything
        /// More exclusions inside each other than allowed.
        case tooDeep(maximum: Int)
        /// A rule that gives nothing.
        case givesNothing
        /// An effect needs exactly one kind.
        case notOneEffect
        /// The members contradict each other.
        case contradicts(String)
        /// The name is not defined in this programme or set.
        case notDefined(String)
        /// A set of programmes needs exactly one without segments.
        case notOneForEveryoneElse(found: Int)
        /// Not the tag of a language.
        case notALanguage
        /// A text with a line break or another character that no display shows.
        case controlCharacter
        /// A place in a sentence that nothing is known to fill with.
        case unknownPlaceholder(String, known: [String])
        /// A sentence that leaves out what it is there to say.
        case placeholderMissing(String)
        /// The document cannot be read at all.
        case unreadable(String)
    }

    /// The field, for example `tiers[1].threshold`; empty for the document as a whole.
    public let path: String
    /// What is wrong.
    public let reason: Reason

    /// An error at a path.
    public init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    /// Path and reason in words.
    public var description: String {
        path.isEmpty ? reason.description : "\(path): \(reason.description)"
    }
}

extension ProgrammeError.Reason: CustomStringConvertible {
    /// The reason in words.
    public var description: String {
        switch self {
        case .missing: "is missing"
        case .wrongType(let expected): "is not \(wanted(expected))"
        case .unknownField: "is not a known field"
        case .notAnIdentifier: "is not 1 to 64 printable ASCII characters without space and '/'"
        case .notACurrency: "is not an ISO 4217 code of three capital letters"
        case .outOfRange(let minimum, let maximum): "is not between \(minimum) and \(maximum)"
        case .badCount(let minimum, let maximum): "has not between \(minimum) and \(maximum) elements or characters"
        case .firstTierNotAtZero: "must be 0 in the first tier"
        case .notAscending: "is not above the threshold of the tier before"
        case .duplicate: "was used before"
        case .notOneOf(let choices): "is not one of \(choices.joined(separator: ", "))"
        case .notATime: "is not a time in the form that is wanted here"
        case .notAQuantity: "is not a decimal number above zero with at most three digits after the point"
        case .endsBeforeItBegins: "is not after the beginning"
        case .emptyCategory(let index): "has an empty path at \(index)"
        case .excludesEverything: "excludes everything"
        case .tooDeep(let maximum): "is nested deeper than \(maximum)"
        case .givesNothing: "or another benefit must be given, this rule gives nothing"
        case .notOneEffect: "must have exactly one kind of effect"
        case .contradicts(let text): text
        case .notDefined(let name): "names \(name), which is not defined"
        case .notOneForEveryoneElse(let found):
            "exactly one programme must be without segments, there are \(found)"
        case .notALanguage: "is not the tag of a language such as de or pt-BR"
        case .controlCharacter: "has a line break or another control character"
        case .unknownPlaceholder(let name, let known):
            "has {\(name)}, which is not " + (known.isEmpty ? "known here" : "one of " + bracedList(known))
        case .placeholderMissing(let name): "does not say {\(name)}"
        case .unreadable(let text): "cannot be read: \(text)"
        }
    }
}

/// What decoders call the type that they expected, in words.
private func wanted(_ type: String) -> String {
    switch type {
    case "Int", "Int64": "a whole number"
    case "String": "a text"
    case "Bool": "true or false"
    case "Scalar": "a single value"
    case "Mapping", "Dictionary<String, Any>": "an object"
    case "Sequence", "Array<Any>": "a list"
    default: "a value of type \(type)"
    }
}

private func bracedList(_ names: [String]) -> String {
    names.map { "{\($0)}" }.joined(separator: ", ")
}

extension ProgrammeError {
    /// What a decoder of any format complains about, with the path in the same form as the checks give it.
    public init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(path: ProgrammeError.text(context.codingPath + [key]), reason: .missing)
        case .valueNotFound(_, let context):
            self.init(path: ProgrammeError.text(context.codingPath), reason: .missing)
        case .typeMismatch(let type, let context):
            self.init(path: ProgrammeError.text(context.codingPath), reason: .wrongType(expected: "\(type)"))
        case .dataCorrupted(let context):
            // Some decoders wrap an error that a document raised itself.
            if let own = context.underlyingError as? ProgrammeError {
                self = own
                return
            }
            self.init(
                path: ProgrammeError.text(context.codingPath), reason: .unreadable(context.debugDescription))
        @unknown default:
            self.init(path: "", reason: .unreadable("\(error)"))
        }
    }

    static func text(_ path: [any CodingKey]) -> String {
        path.reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }
}
