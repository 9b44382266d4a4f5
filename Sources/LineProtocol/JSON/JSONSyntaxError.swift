/// Bounds that a JSON text must keep. Every one of them is checked while reading, before memory is spent.
public struct JSONLimits: Hashable, Sendable {
    /// How many arrays and objects may be open inside each other.
    public let depth: Int
    /// How many members one object may have.
    public let membersPerObject: Int
    /// How long the text may be, in bytes.
    public let textBytes: Int

    /// The bounds of a protocol message: depth 32, 256 members, and the longest line.
    public static let message = JSONLimits(
        depth: ProtocolLimits.jsonDepth,
        membersPerObject: ProtocolLimits.jsonObjectMembers,
        textBytes: ProtocolLimits.lineBytes
    )

    /// Makes a set of bounds.
    ///
    /// - Parameters:
    ///   - depth: at least 1.
    ///   - membersPerObject: at least 1.
    ///   - textBytes: at most 268,435,455; positions inside a text are kept in 28 bits.
    public init(depth: Int, membersPerObject: Int, textBytes: Int) {
        precondition(depth >= 1 && depth <= 1 << 24, "depth is between 1 and 16,777,216")
        precondition(membersPerObject >= 1, "an object has room for at least one member")
        precondition(textBytes >= 0 && textBytes < 1 << 28, "a text is shorter than 256 MiB")
        self.depth = depth
        self.membersPerObject = membersPerObject
        self.textBytes = textBytes
    }
}

/// What a reader does when an object names a member twice.
public enum DuplicateKeys: Sendable {
    /// The text is refused: two readers could otherwise take different values from one receipt.
    case refused
    /// The text is read, and the first of the members counts. RFC 8259 allows it; no message does.
    case accepted
}

/// Why a text is not the JSON that the reader takes, and where.
public struct JSONSyntaxError: Error, Hashable, Sendable {
    /// The rule that was broken.
    public enum Reason: String, CaseIterable, Sendable {
        /// The text stops inside a value.
        case unexpectedEnd = "the text ends inside a value"
        /// A byte that cannot stand here.
        case unexpectedByte = "this byte cannot stand here"
        /// Something follows the value.
        case trailingBytes = "something follows the value"
        /// A number that is not of the form `-?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?`.
        case badNumber = "not a number"
        /// A word other than `null`, `true` and `false`.
        case badLiteral = "not null, true or false"
        /// A backslash followed by something that is no escape.
        case badEscape = "not an escape"
        /// Half of a surrogate pair: no character.
        case loneSurrogate = "half of a surrogate pair"
        /// Bytes that are not UTF-8.
        case invalidUTF8 = "not UTF-8"
        /// A byte below 0x20 inside a string that is not written as an escape.
        case controlCharacter = "a control character must be escaped"
        /// An object that names a member twice.
        case duplicateKey = "the member is named twice"
        /// More open arrays and objects than the limit.
        case tooDeep = "nested too deeply"
        /// More members in one object than the limit.
        case tooManyMembers = "too many members in one object"
        /// More bytes than the limit.
        case textTooLong = "the text is too long"
    }

    /// The rule that was broken.
    public let reason: Reason
    /// Where, in bytes from the start of the text.
    public let offset: Int

    /// Makes an error.
    public init(reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
