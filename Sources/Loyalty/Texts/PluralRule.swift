/// How a language counts: which form of a word stands after a number.
public enum PluralRule: String, CaseIterable, Hashable, Sendable {
    /// One form for all numbers, as in Turkish.
    case none
    /// One form for 1 and another for all others, as in English and German.
    case oneOther = "one_other"
    /// Three forms, as in Russian: 1 and 21 take the first, 2 to 4 and 22 the second, 5, 11 and 12 the third.
    case slavic

    /// The names of the forms, in the order of `form`.
    public var forms: [String] {
        switch self {
        case .none: ["other"]
        case .oneOther: ["one", "other"]
        case .slavic: ["one", "few", "many"]
        }
    }

    /// The place of the form that a number takes.
    func form(_ count: Int64) -> Int {
        switch self {
        case .none: return 0
        case .oneOther: return count == 1 ? 0 : 1
        case .slavic:
            let isTeen = (11...14).contains(count % 100)
            if count % 10 == 1, !isTeen { return 0 }
            return (2...4).contains(count % 10) && !isTeen ? 1 : 2
        }
    }
}
