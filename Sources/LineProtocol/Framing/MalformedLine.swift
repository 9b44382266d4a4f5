/// A line that is not of the form the protocol has.
public struct MalformedLine: Error, Hashable, Sendable {
    /// The part that is not as it must be.
    public enum Reason: String, CaseIterable, Sendable {
        /// The line begins with no word of the right form.
        case badVerb = "the line must begin with a verb: a letter A-Z and 1 to 23 of A-Z and _"
        /// There is nothing behind the first word.
        case missingTag = "a tag must follow the verb"
        /// The tag is not of the right form.
        case badTag = "the tag must be 1 to 32 of A-Z a-z 0-9 . _ : -"
        /// There is no JSON where there must be.
        case missingBody = "a JSON object must follow"
        /// A line from the gateway begins with a word other than OK, ERR and EVENT.
        case unknownLead = "the line must begin with OK, ERR or EVENT"
        /// The number of an event is none.
        case badNumber = "the number of an event must be decimal digits"
        /// An error code or the name of an event is not of the right form.
        case badName = "the name must be 1 to 40 of a-z _ ."
    }

    /// The part that is not as it must be.
    public let reason: Reason
    /// Where the tag stands in the line, if it could be read; a reply to the line carries it.
    public let tag: Range<Int>?

    /// Makes an error.
    public init(reason: Reason, tag: Range<Int>? = nil) {
        self.reason = reason
        self.tag = tag
    }
}

/// The forms of the words that lines are made of.
enum LineWord {
    /// `[A-Z][A-Z_]{1,23}`
    static func isVerb(_ word: UnsafeRawBufferPointer) -> Bool {
        guard word.count >= ProtocolLimits.verbCharactersMinimum, word.count <= ProtocolLimits.verbCharacters,
            Ascii.isUppercase(word[0])
        else { return false }
        for byte in word where !(Ascii.isUppercase(byte) || byte == Ascii.underscore) { return false }
        return true
    }

    /// 1 to 32 of `[A-Za-z0-9._:-]`
    static func isTag(_ word: UnsafeRawBufferPointer) -> Bool {
        guard !word.isEmpty, word.count <= ProtocolLimits.tagCharacters else { return false }
        for byte in word where !isTagByte(byte) { return false }
        return true
    }

    /// 1 to 40 of `[a-z_.]`: error codes and names of events.
    static func isCode(_ word: UnsafeRawBufferPointer) -> Bool {
        guard !word.isEmpty, word.count <= ProtocolLimits.codeCharacters else { return false }
        for byte in word where !(Ascii.isLowercase(byte) || byte == Ascii.underscore || byte == Ascii.point) {
            return false
        }
        return true
    }

    private static func isTagByte(_ byte: UInt8) -> Bool {
        // Digits and the colon behind them are neighbours.
        Ascii.isLowercase(byte | 0x20) && byte >= 0x40 || byte &- Ascii.zero <= 10 || byte == Ascii.minus
            || byte == Ascii.point || byte == Ascii.underscore
    }
}

/// Takes a line apart at its spaces, from left to right.
struct LineWords {
    private let line: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ line: UnsafeRawBufferPointer) {
        self.line = line
    }

    /// Whether the last word ended at the line's end and not at a space.
    private(set) var isAtEnd = false

    /// The bytes up to the next space, which is stepped over.
    mutating func next() -> UnsafeRawBufferPointer {
        let start = position
        guard let base = line.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            isAtEnd = true
            return line
        }
        let end = Word.firstIndex(of: Ascii.space, in: base, from: start, to: line.count)
        isAtEnd = end == line.count
        position = isAtEnd ? end : end + 1
        return UnsafeRawBufferPointer(rebasing: line[start..<end])
    }

    /// Everything that is left.
    var rest: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: line[position...])
    }
}
