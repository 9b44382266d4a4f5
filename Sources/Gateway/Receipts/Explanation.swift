import Journal
import LineProtocol
import Loyalty
import ProgrammeFiles
import Retail

/// Why a stored receipt has the points that it has, worked out again from what the rules were told on its day.
enum Explanation {
    /// Answers EXPLAIN.
    ///
    /// - Throws: a ``Refusal`` when there is no such receipt.
    static func answer(_ key: ReceiptKey, _ language: Language, _ view: JournalView) throws -> [UInt8] {
        guard let stored = try view.receipt(key) else {
            throw Refusal(.notFound, "no receipt is stored under \(key.text)")
        }
        guard let bytes = stored.judgement else {
            return ExplainReply(
                key: key, receivedAt: stored.receivedAt, rules: nil, customer: stored.customer, agrees: true,
                text: unjudged(stored, language)
            ).text
        }
        let judgement = try Judgement(bytes, store: key.store)
        guard let record = try view.programme(hash: judgement.programme) else {
            throw Refusal(.internal, "the programme \(judgement.programme) is not kept any more")
        }
        let programme = try LoadedProgramme(record).programme
        let receipt = try stored.content(key)
        let (evaluation, trace) = try explainedEvaluation(
            receiptLines: receipt.lines, tenders: receipt.tenders, products: receipt.lines.map { BasketLine($0) },
            in: judgement.context, programme: programme)
        let agrees = stored.effects.flatMap { ReceiptEffects($0) }.map { effects in
            zip(effects.lines, evaluation.lines).allSatisfy { $0.earned == $1.earned && $0.spent == $1.spent }
        }
        return ExplainReply(
            key: key, receivedAt: stored.receivedAt, rules: RuleSetReference(programme.rules),
            customer: stored.customer, agrees: agrees ?? false,
            text: trace?.text(
                of: receipt, evaluation, shopper: judgement.context.shopper, style(language, judgement.context)) ?? ""
        ).text
    }

    /// Times as the store's clock showed them on that day.
    private static func style(_ language: Language, _ context: QuoteContext) -> TraceStyle {
        TraceStyle(language) { instant in
            let local = instant.adding(milliseconds: Int64(context.secondsFromUTC) * 1_000).rfc3339
            return String(local.prefix(16).map { $0 == "T" ? " " : $0 })
        }
    }

    private static func unjudged(_ stored: StoredReceipt, _ language: Language) -> String {
        language.rawValue == Language.russian.rawValue
            ? "\(stored.kind.rawValue): правила баллов к этому чеку не применялись\n"
            : "\(stored.kind.rawValue): no rules for points were applied to this receipt\n"
    }
}

extension StoredReceipt {
    /// What rules are applied to, read again from the till's text.
    func content(_ key: ReceiptKey) throws -> Receipt {
        try body.withUnsafeBytes { text in
            try withJSON(text) { value in
                try ReceiptRequest(FieldReader(value), kind: kind).receipt(store: key.store, till: key.till)
            }
        }
    }
}
