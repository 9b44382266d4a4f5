/// The sentences of a language as they stand in a file. `TextBook(validating:)` makes them usable.
public struct TextDocument: Hashable, Sendable {
    /// The sentences that a display can show. A file has all of them.
    public enum Sentence: String, CaseIterable, Hashable, Sendable {
        /// A gift that is not in the basket yet: `{sku}`.
        case giftAvailable = "gift_available"
        /// Fewer points can be spent than asked for: `{asked}`, `{spendable}`.
        case spendingCut = "spending_cut"
        /// How many points can be spent: `{points}`, with the words of `points_up_to`.
        case spendingPossible = "spending_possible"
        /// How many points are spent: `{points}`.
        case spending
        /// How many points are earned: `{points}`.
        case earning
        /// A new tier: `{tier}`.
        case tierReached = "tier_reached"
        /// What is missing to the next tier: `{amount}`, `{tier}`.
        case tierMissing = "tier_missing"
        /// What is missing to a receipt that earns more: `{amount}`.
        case thresholdMissing = "threshold_missing"
        /// Points that burn soon: `{points}`, `{day}`.
        case expiring

        var placeholders: [Placeholder] {
            switch self {
            case .giftAvailable: [.sku]
            case .spendingCut: [.asked, .spendable]
            case .spendingPossible, .spending, .earning: [.points]
            case .tierReached: [.tier]
            case .tierMissing: [.amount, .tier]
            case .thresholdMissing: [.amount]
            case .expiring: [.points, .day]
            }
        }
    }

    /// `language`: the tag, for example `de` or `pt-BR`.
    public var language: String
    /// `plural`: how the language counts.
    public var plural: PluralRule
    /// `points`: the word after a number, by the names of the rule's forms.
    public var points: [String: String]
    /// `points_up_to`: the word after "up to" and a number, which some languages put into another case.
    public var pointsUpTo: [String: String]
    /// `decimal_separator`: one character.
    public var decimalSeparator: String
    /// `date`: a day with `{day}`, `{month}` (two digits each) and `{year}`.
    public var date: String
    /// `amount`: an amount with `{amount}` and `{currency}`.
    public var amount: String
    /// `currencies`: how currencies are called; those that are not listed by their ISO 4217 code.
    public var currencies: [String: String]
    /// `sentences`.
    public var sentences: [Sentence: String]
}

extension TextDocument: Decodable {
    /// Reads the document; what is missing or not known is an error with its path.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        language = try fields.value("language")
        plural = try fields.choice("plural", of: PluralRule.self)
        let forms = plural.forms
        points = try fields.members("points", forms)
        pointsUpTo = try fields.members("points_up_to", forms)
        decimalSeparator = try fields.value("decimal_separator")
        date = try fields.value("date")
        amount = try fields.value("amount")
        currencies = try fields.optional("currencies") ?? [:]
        let texts = try fields.members("sentences", Sentence.allCases.map(\.rawValue))
        sentences = [:]
        for sentence in Sentence.allCases { sentences[sentence] = texts[sentence.rawValue] }
        try fields.refuseOthers()
    }
}

extension DocumentFields {
    /// The texts of an object that has exactly these members.
    fileprivate func members(_ name: String, _ names: [String]) throws -> [String: String] {
        let object = try nested(name)
        var texts: [String: String] = [:]
        for member in names { texts[member] = try object.value(member, as: String.self) }
        try object.refuseOthers()
        return texts
    }
}
