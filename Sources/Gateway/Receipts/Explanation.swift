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
    static func answer(_ request: ExplainRequest, _ view: JournalView) throws -> [UInt8] {
        guard let stored = try view.receipt(request.key) else {
            throw Refusal(.notFound, "no receipt is stored under \(request.key.text)")
        }
        let language = Language(request.language)
        guard let bytes = stored.judgement else {
            return ExplainReply(
                key: request.key, receivedAt: stored.receivedAt, rules: nil, customer: stored.customer, agrees: true,
                text: unjudged(stored, language)
            ).text
        }
        let judgement = try Judgement(bytes, store: request.key.store)
        guard let record = try view.programme(hash: judgement.programme) else {
            throw Refusal(.internal, "the programme \(judgement.programme) is not kept any more")
        }
        let programme = try LoadedProgramme(record).programme
        let receipt = try stored.content(request.key)
        let (evaluation, trace) = try explainedEvaluation(
            receiptLines: receipt.lines, tenders: receipt.tenders, products: receipt.lines.map { BasketLine($0) },
            in: judgement.context, programme: programme)
        let agrees = stored.effects.flatMap { ReceiptEffects($0) }.map { effects in
            zip(effects.lines, evaluation.lines).allSatisfy { $0.earned == $1.earned && $0.spent == $1.spent }
        }
        return ExplainReply(
            key: request.key, receivedAt: stored.receivedAt, rules: RuleSetReference(programme.rules),
            customer: stored.customer, agrees: agrees ?? false,
            text: trace?.text(of: receipt, evaluation, language) ?? ""
        ).text
    }

    private static func unjudged(_ stored: StoredReceipt, _ language: Language) -> String {
        language == .russian
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

extension Language {
    init(_ language: MessageLanguage?) {
        self = language.flatMap { Language(rawValue: $0.rawValue) } ?? .russian
    }
}
