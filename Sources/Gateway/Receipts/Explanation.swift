import Journal
import LineProtocol
import Loyalty
import ProgrammeFiles
import Retail

/// Why a stored receipt has the points that it has, worked out again from what the rules were told on its day.
struct Explanation {
    private let key: ReceiptKey
    private let calendar: StoreCalendar
    private let language: Language
    private let view: JournalView
    private let stored: StoredReceipt

    /// - Throws: a ``Refusal`` when there is no such receipt.
    init(of key: ReceiptKey, calendar: StoreCalendar, language: Language, _ view: JournalView) throws {
        guard let stored = try view.receipt(key) else {
            throw Refusal(.notFound, "no receipt is stored under \(key.text)")
        }
        self.key = key
        self.calendar = calendar
        self.language = language
        self.view = view
        self.stored = stored
    }

    /// The answer to EXPLAIN.
    func answer() throws -> [UInt8] {
        guard let bytes = stored.judgement else { return try reply(nil, agrees: true, unjudged() + movements()) }
        let judgement = try Judgement(bytes, store: key.store)
        guard let record = try view.programme(hash: judgement.programme) else {
            throw Refusal(.internal, "the programme \(judgement.programme) is not kept any more")
        }
        let programme = try LoadedProgramme(record).programme
        let receipt = try content()
        var basket = receipt.lines.map { BasketLine($0) }
        for (place, facts) in judgement.added where basket.indices.contains(place) { basket[place].add(facts) }
        let (evaluation, trace) = try explainedEvaluation(
            receiptLines: receipt.lines, tenders: receipt.tenders, products: basket,
            in: judgement.context, programme: programme)
        let given = stored.effects.flatMap { ReceiptEffects($0) }?.lines ?? []
        let agrees =
            given.count == evaluation.lines.count
            && zip(given, evaluation.lines).allSatisfy { $0.earned == $1.earned && $0.spent == $1.spent }
        let steps = trace?.text(of: receipt, evaluation, shopper: judgement.context.shopper, style) ?? ""
        return try reply(programme.rules, agrees: agrees, steps + movements())
    }

    private func reply(_ rules: RuleSet?, agrees: Bool, _ text: String) throws -> [UInt8] {
        ExplainReply(
            key: key, receivedAt: stored.receivedAt, rules: rules.map { RuleSetReference($0) },
            customer: stored.customer, agrees: agrees,
            text: String(text.prefix(ProtocolLimits.explanationCharacters))
        ).text
    }

    /// What rules are applied to, read again from the till's text.
    private func content() throws -> Receipt {
        try stored.body.withUnsafeBytes { text in
            try withJSON(text) { value in
                try ReceiptRequest(FieldReader(value), kind: stored.kind).receipt(store: key.store, till: key.till)
            }
        }
    }

    /// A return, a void or a correction: no promotion looks at it.
    private func unjudged() throws -> String {
        let receipt = try content()
        let time = style.localTime(receipt.at)
        let original = receipt.original?.text
        switch (stored.kind, isRussian) {
        case (.void, true): return "Чек \(key.text) от \(time): аннулирован, баллы не двигались\n"
        case (.void, false): return "Receipt \(key.text) of \(time): void, no points moved\n"
        case (.correction, true): return "Чек \(key.text) от \(time): чек коррекции, баллы не двигались\n"
        case (.correction, false): return "Receipt \(key.text) of \(time): correction, no points moved\n"
        case (_, true):
            return "Чек \(key.text) от \(time): возврат по чеку \(original ?? "неизвестному")\n"
        case (_, false): return "Receipt \(key.text) of \(time): return to \(original ?? "an unknown receipt")\n"
        }
    }

    private func movements() throws -> String {
        guard let customer = stored.customer else { return "" }
        let movements = try view.movements(
            causedBy: stored.sequence, customers: try view.lineage(of: customer))
        let text = movements.text(style) { [calendar] in calendar.date(at: $0.adding(milliseconds: -1)) }
        return text.isEmpty ? "" : "\n" + text
    }

    private var isRussian: Bool { language.rawValue == Language.russian.rawValue }

    /// Times as the store's clock shows them.
    private var style: TraceStyle {
        TraceStyle(language) { [calendar] instant in
            let offset = Int64(calendar.secondsFromUTC(at: instant)) * 1_000
            return String(instant.adding(milliseconds: offset).rfc3339.prefix(16).map { $0 == "T" ? " " : $0 })
        }
    }
}
