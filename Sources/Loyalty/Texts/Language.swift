/// A language that displays can be written in: its tag and its sentences.
///
/// English and Russian are supplied; others come from files, see `TextDocument`.
public struct Language: Hashable, Sendable {
    /// The sentences.
    public let texts: TextBook

    /// A language with sentences of its own.
    public init(_ texts: TextBook) {
        self.texts = texts
    }

    /// The supplied language with this tag; `nil` when there is none.
    public init?(rawValue: String) {
        guard let language = Language.supplied.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = language
    }

    /// The tag, for example `en`.
    public var rawValue: String { texts.language }

    /// English.
    public static let english = Language(TextBook(.english))
    /// Russian.
    public static let russian = Language(TextBook(.russian))
    /// The languages that need no file.
    public static let supplied = [english, russian]
}
